"""Did you mean …?"""

import re
from collections.abc import Collection, Iterable, Iterator
from difflib import get_close_matches
from itertools import pairwise
from typing import Final

from dltrain.config.yaml.document import shown_text
from dltrain.errors import quoted_list

_DIVIDERS: Final = (",", ";", "|", "\t", None)
"""What may stand between names; None for any space."""

_NUMBER: Final = re.compile(r"[+-]?\d*[.,]?\d+")
_NO_DIGIT: Final = re.compile(r"\D+")


def closest(name: str, choices: Iterable[str]) -> str | None:
    """The choice that a mistyped or shortened name most likely means, or None.

    >>> closest("rellu", ["relu", "tanh"]), closest("acc", ["accuracy", "f1"]), closest("x", ["relu"])
    ('relu', 'accuracy', None)
    >>> closest("y", ["x", " Y "]), closest("adma", ["adam", "adamax"])
    (' Y ', 'adam')
    """
    by_spelling = {choice.strip().lower(): choice for choice in reversed(list(choices))}
    # A name longer than any key is no typo, and comparing it would take long.
    wanted = name.strip().lower()[:100]
    likely = [wanted, *_with_swapped_letters(wanted)]
    found = [choice for choice in likely if choice in by_spelling] or get_close_matches(wanted, by_spelling, n=1)
    if found:
        return by_spelling[found[0]]
    containing = [choice for choice in by_spelling if len(wanted) > 2 and choice.startswith(wanted)]
    return by_spelling[containing[0]] if len(containing) == 1 else None


def _with_swapped_letters(name: str) -> Iterator[str]:
    """A name with two neighbouring letters in each other's place; digits are hardly mistyped so."""
    for at, (left, right) in enumerate(pairwise(name)):
        if left.isalpha() and right.isalpha():
            yield name[:at] + right + left + name[at + 2 :]


def did_you_mean(name: str, choices: Iterable[str]) -> str | None:
    """The hint for an unknown name, or None.

    >>> did_you_mean("epoch", ["epochs", "seed"])
    "did you mean 'epochs'?"
    """
    found = closest(name, choices)
    return None if found is None else f"did you mean '{shown_text(found)}'?"


def with_same_digits(text: str, choices: Iterable[str]) -> list[str]:
    """The choices that a text may be a slip for: another number is another value.

    >>> with_same_digits("<0.2", ["<0.5", "< 0.2"]), with_same_digits("hihg", ["high", "low"])
    (['< 0.2'], ['high', 'low'])
    """
    digits = _NO_DIGIT.sub("", text)
    return [choice for choice in choices if _NO_DIGIT.sub("", choice) == digits]


def _cells(header: str, divider: str | None) -> list[str]:
    """The names in a header; none where two words may be one name."""
    cells = [cell.strip().strip('"') for cell in header.split(divider)]
    return cells if len(cells) > (2 if divider is None else 1) else []


def column_hint(name: str, column_names: Collection[str]) -> str:
    """The hint for a column that is not in a table.

    >>> column_hint("kind", ["5.1", "setosa"])
    "columns of the table: '5.1', 'setosa'; if that is its first row: data.header=[...] names the columns"
    """
    if len(column_names) == 1:
        (whole,) = column_names
        if any(name.strip() in _cells(whole, divider) for divider in _DIVIDERS):
            return f"the header is one cell, '{shown_text(whole)}': look for what divides the cells, and for quotes"
    found = did_you_mean(name, column_names)
    has_number = any(_NUMBER.fullmatch(column.strip()) for column in column_names)
    if found is not None:
        return f"{found}; of a file without a header, data.header=[...] names the columns" if has_number else found
    listed = f"columns of the table: {quoted_list([shown_text(column) for column in column_names])}"
    return f"{listed}; if that is its first row: data.header=[...] names the columns" if has_number else listed
