"""Plain YAML scalars by the core schema of YAML 1.2: `no` is text, `1e-3` a number, `010` ten."""

import re
from collections.abc import Callable
from typing import Final

MAX_DIGITS: Final = 300
LARGEST: Final = 10**MAX_DIGITS
"""Whole numbers are below this, so that each of them fits a float."""

_WORDS: Final[dict[str, bool | None]] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_INTEGER: Final = re.compile(r"[-+]?[0-9]+")
_OCTAL: Final = re.compile(r"0o[0-7]+")
_HEXADECIMAL: Final = re.compile(r"0x[0-9a-fA-F]+")
_FLOAT: Final = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_NOT_FINITE: Final = re.compile(r"([-+]?)\.(inf|Inf|INF)|\.(nan|NaN|NAN)")

Scalar = str | int | float | bool | None


def read_scalar(text: str) -> Scalar:
    """The value of an unquoted scalar.

    >>> [read_scalar(text) for text in ("no", "1e-3", "010", "12:30:45", "0x1F", "~")]
    ['no', 0.001, 10, '12:30:45', 31, None]

    Raises:
        ValueError: A number with more than 300 digits.
    """
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in "+-.0123456789":
        return text
    read = _reader_of(text)
    if read is None:
        return text
    number = read(text) if len(text) <= MAX_DIGITS else None
    if number is None or (isinstance(number, int) and abs(number) >= LARGEST):
        raise ValueError(f"expected a number of at most {MAX_DIGITS} digits, got more")
    return number


def is_text(text: str) -> bool:
    """Whether an unquoted scalar is read as the text it shows.

    >>> is_text("age"), is_text("1e-3"), is_text("")
    (True, False, False)
    """
    return text not in _WORDS and (text[0] not in "+-.0123456789" or _reader_of(text) is None)


def _reader_of(text: str) -> Callable[[str], int | float] | None:
    """What turns the text into the number that it is; None if it is none."""
    if _INTEGER.fullmatch(text):
        return int
    if _OCTAL.fullmatch(text) or _HEXADECIMAL.fullmatch(text):
        return lambda digits: int(digits, 0)
    if _FLOAT.fullmatch(text):
        return float
    if _NOT_FINITE.fullmatch(text):
        return lambda name: float(name.replace(".", "", 1))
    return None
