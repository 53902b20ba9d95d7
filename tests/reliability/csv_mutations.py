"""Tables, damaged as accidents, programs of other countries and mischief damage them."""

import gzip
import random
from collections.abc import Callable
from pathlib import Path
from typing import Final

from tests.conftest import PROJECT

HEAD_BYTES: Final = 500
"""So much of a shipped table is damaged."""

_PIECES: Final[tuple[bytes, ...]] = tuple(
    piece.encode() if isinstance(piece, str) else piece
    for piece in (
        *('"', '""', '"""', '","', '"\n', '\n"', "'", "\\", '\\"'),
        *("\n", "\r", "\r\n", "\n\n", "\r\r\n", "\n\r"),
        *(",", ",,", ";", "\t", "|", " ", "\v", "\f", "#"),
        *("\0", "\ufeff", "\x1a", "\x1b[31m", "\u0085", "\u2028", "\u00a0", "é", "😀"),
        # Latin-1, half a character, a surrogate, UTF-16.
        *(b"\xe9", b"\xc3", b"\xed\xa0\x80", b"\xff\xfe", b"\xff", b"\x1f\x8b", b"PAR1", b"PK\x03\x04"),
        *(
            "0x10",
            "007",
            "1_000",
            "1,5",
            "1e5",
            "1e999",
            "-",
            "+",
            ".",
            "NA",
            "nan",
            "inf",
            "true",
            "9" * 70,
            "x" * 200,
        ),
        *("a,b\n", '"p\nq",r\r\n', "1,2,3\n"),
    )
)

WRITTEN: Final[tuple[bytes, ...]] = (
    b'age,city,"n\nx"\n1,Paris,2\n"2","a ""b"", c",3.5\n3,"x\ny",NA\n007,,0x10\n,\xc3\xa9,\n',
    b'\xef\xbb\xbfa,b\r\n1,"x\r\ny"\r\n\r\n"",z\r\n',
    b'a\n1\n""\n3\n',
    b'a\n"1\n2"\n-3.5\n+1e5\n',
    b'a,b\n1,2\n3 4,5"6\n',
    b'"a","b"\n"1","2"\n"3","4"\n"5","6"\n',
    b"a,b,c\r1,2,3\r4,5,6\r",
    b"a,b,c,,\n1,2,9,,\n3,,,,\n4,5,6,,\na;b,,,,\n",
    b'a,b\n1,"x, 5"\n2,5" pipe\n3,"q\n\n""w"\n4,""\n',
    "ä,b\né,1\nü,2\n".encode(),
    b"number,text\n" + b"".join(b'%d.%d,"line %d\nof ""%d"""\n' % (n, n, n, n) for n in range(30)),
)
"""Tables with all that quotes allow."""


def damaged_tables() -> dict[str, bytes]:
    """Name → the first lines of every shipped table, and the tables written for this."""
    tables = {path.name: _head(path) for path in sorted((PROJECT / "data").glob("*.csv*"))}
    return tables | {f"written {number}": data for number, data in enumerate(WRITTEN, start=1)}


def _head(path: Path) -> bytes:
    data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    return data[: data.rindex(b"\n", 0, HEAD_BYTES) + 1]


def mutated(data: bytes, rng: random.Random) -> bytes:
    """The table with one to four damages."""
    for _ in range(rng.choice((1, 1, 2, 3, 4))):
        data = rng.choice(_DAMAGES)(data, rng)
    return data


def _flip_a_bit(data: bytes, rng: random.Random) -> bytes:
    if not data:
        return data
    at = rng.randrange(len(data))
    return data[:at] + bytes([data[at] ^ 1 << rng.randrange(8)]) + data[at + 1 :]


def _insert(data: bytes, rng: random.Random) -> bytes:
    at = rng.randint(0, len(data))
    return data[:at] + rng.choice(_PIECES) + data[at:]


def _replace(data: bytes, rng: random.Random) -> bytes:
    at = rng.randint(0, len(data))
    return data[:at] + rng.choice(_PIECES) + data[at + rng.randint(1, 4) :]


def _delete(data: bytes, rng: random.Random) -> bytes:
    at = rng.randint(0, len(data))
    return data[:at] + data[at + rng.choice((1, 1, 2, 5, 50)) :]


def _repeat(data: bytes, rng: random.Random) -> bytes:
    start = rng.randint(0, len(data))
    end = start + rng.choice((1, 2, 5, 50, 500))
    return data[:end] + data[start:end] + data[end:]


def _truncate(data: bytes, rng: random.Random) -> bytes:
    return data[: rng.randint(0, len(data))]


def _move_a_line(data: bytes, rng: random.Random) -> bytes:
    lines = data.splitlines(keepends=True)
    if lines:
        lines.insert(rng.randrange(len(lines)), lines.pop(rng.randrange(len(lines))))
    return b"".join(lines)


def _quote_a_cell(data: bytes, rng: random.Random) -> bytes:
    """Keeps most tables sound."""
    lines = data.split(b"\n")
    number = rng.randrange(len(lines))
    cells = lines[number].split(b",")
    place = rng.randrange(len(cells))
    cells[place] = b'"' + cells[place].replace(b'"', b'""') + rng.choice((b"", b"\n", b",", b'""', b"\r\n")) + b'"'
    lines[number] = b",".join(cells)
    return b"\n".join(lines)


def _end_lines_otherwise(data: bytes, rng: random.Random) -> bytes:
    return data.replace(b"\n", rng.choice((b"\r\n", b"\r")))


_DAMAGES: Final[tuple[Callable[[bytes, random.Random], bytes], ...]] = (
    *(_flip_a_bit, _insert, _insert, _replace, _delete, _repeat, _truncate),
    *(_move_a_line, _move_a_line, _quote_a_cell, _quote_a_cell, _end_lines_otherwise),
)
