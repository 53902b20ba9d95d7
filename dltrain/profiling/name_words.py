"""What the names of columns are made of."""

import re
from collections.abc import Iterable
from typing import Final

_LEAST_LETTERS: Final = 3
_MOST_COLUMNS: Final = 3
"""A word in the names of more columns names what the table is about: `track` in a table of tracks."""


def name_words(name: str) -> list[str]:
    """The words of a name in lower case.

    >>> name_words("CustomerID"), name_words("region_code.2")
    (['customer', 'id'], ['region', 'code'])
    """
    return [word.lower() for word in re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", name)]


def belongs_to(name: str, other: str) -> bool:
    """Whether a name says more of what another one names.

    >>> belongs_to("reservation_status_date", "reservation_status"), belongs_to("marital_status", "status")
    (True, False)
    """
    words, first = name_words(name), name_words(other)
    return bool(first) and len(words) > len(first) and words[: len(first)] == first


def kindred_names(target: str, names: Iterable[str]) -> set[str]:
    """The columns that share a word with the target, which few others have.

    >>> sorted(kindred_names("arr_delay", ["dep_delay", "distance", "arr_gate"]))
    ['arr_gate', 'dep_delay']
    """
    names = list(names)
    kindred = set()
    for word in {word for word in name_words(target) if len(word) >= _LEAST_LETTERS}:
        having = [name for name in names if word in name_words(name)]
        kindred.update(having if len(having) <= _MOST_COLUMNS else [])
    return kindred
