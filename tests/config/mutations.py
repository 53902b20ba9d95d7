"""Texts of configs, damaged as accidents and mischief damage them."""

import random
import re
from collections.abc import Callable, Iterator
from typing import Final

_PIECES: Final[tuple[bytes, ...]] = tuple(
    piece.encode() if isinstance(piece, str) else piece
    for piece in (
        *("\n", "\r", "\r\n", "\t", "  ", ": ", "- ", ", ", "{", "}", "[", "]", "'", '"', "#", "\\"),
        *("&a ", "*a", "!t ", "!!int ", "<<: *a", "<<", "|", ">", "?", "? ", "%", "@", "`"),
        *("---\n", "...\n", "%YAML 1.1\n"),
        *("é", "😀", "\u0085", "\u2028", "\ufeff", "\u200b", "\u202e", "\x1b[31m"),
        # What is no character, or no UTF-8.
        *("\x00", b"\xff", b"\xc3", b"\xed\xa0\x80"),
    )
)
VALUES: Final[tuple[str, ...]] = (
    # What YAML 1.1 reads as something else.
    *("no", "yes", "on", "Off", "y", "~", "null", "Null", "TRUE", "=", "<<", "12:30", "12:30:45", "2001-01-01"),
    *("010", "0o17", "0x1F", "0b1", "1_000", "1e-3", "1e3", "+1", "-0", ".5", "5."),
    # Numbers at the limits.
    *("-1", "0", "1", "2", "1.0", "0.5", str(2**31), str(2**32), str(2**63), str(10**20), str(10**299)),
    *(".nan", ".inf", "-.inf", "1e300", "1e400", "-1e400", "1e-400", "5e-324", "1e999999999"),
    *("9" * 400, "0x" + "f" * 300),
    # Texts and their quoting.
    *('""', "''", '"1"', '"a\\nb"', '"\\x1b[31m"', '"\\0"', '"\\u0085"', '"\\ud800"', '"\\U00110000"'),
    *("'é'", "😀", "x" * 5_000),
    # Other shapes.
    *("[]", "{}", "[[]]", "[1]", "[a, b]", "{a: 1}", "{type: x}", "{type: dense}"),
    *("[" * 40 + "]" * 40, "{a: " * 40 + "}" * 40),
    # Words that are right elsewhere.
    *("adam", "huber", "dense", "val_loss", "validation_loss", "regression", "multiclass", "constant", "column"),
)


def mutations(text: bytes, n: int, *, seed: str) -> Iterator[bytes]:
    """Damages a text in one to four places, `n` times; the same seed gives the same texts."""
    rng = random.Random(seed)  # noqa: S311 - nobody must be unable to guess it
    for _ in range(n):
        yield mutated(text, rng)


def mutated(text: bytes, rng: random.Random) -> bytes:
    """The text with one to four damages."""
    for _ in range(rng.randint(1, 4)):
        text = rng.choice(_DAMAGES)(text, rng)
    return text


def _flip_a_bit(text: bytes, rng: random.Random) -> bytes:
    if not text:
        return text
    at = rng.randrange(len(text))
    return text[:at] + bytes([text[at] ^ 1 << rng.randrange(8)]) + text[at + 1 :]


def _cut_out(text: bytes, rng: random.Random) -> bytes:
    at = rng.randint(0, len(text))
    return text[:at] + text[at + rng.randint(1, 12) :]


def _truncate(text: bytes, rng: random.Random) -> bytes:
    return text[: rng.randint(0, len(text))]


def _insert(text: bytes, rng: random.Random) -> bytes:
    at = rng.randint(0, len(text))
    return text[:at] + rng.choice(_PIECES) + text[at:]


def _replace_a_word(text: bytes, rng: random.Random) -> bytes:
    """Puts a value, or another word of the text, in the place of a word."""
    words = list(re.finditer(rb"[\w./-]+", text))
    if not words:
        return text
    place = rng.choice(words)
    other = rng.choice([rng.choice(words)[0], rng.choice(VALUES).encode()])
    return text[: place.start()] + other + text[place.end() :]


def _move_lines(text: bytes, rng: random.Random) -> bytes:
    """Swaps, doubles, removes or indents a line."""
    lines = text.splitlines(keepends=True)
    if not lines:
        return text
    one, other = rng.randrange(len(lines)), rng.randrange(len(lines))
    match rng.randrange(4):
        case 0:
            lines[one], lines[other] = lines[other], lines[one]
        case 1:
            lines.insert(other, lines[one])
        case 2:
            del lines[one]
        case _:
            lines[one] = b" " * rng.randint(1, 4) + lines[one]
    return b"".join(lines)


# Words are replaced most often: those texts get past the syntax.
_DAMAGES: Final[tuple[Callable[[bytes, random.Random], bytes], ...]] = (
    *(_flip_a_bit, _cut_out, _truncate, _insert, _move_lines, _move_lines),
    *[_replace_a_word] * 6,
)
