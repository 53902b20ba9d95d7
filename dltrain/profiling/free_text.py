"""Columns of sentences and full names, of which a network of categories learns nothing."""

from typing import Final

MANY_VALUES: Final = 20
"""More different texts than this, in more than half of the rows, are hardly categories."""

_WORDS: Final = 3.5
"""Names of things have fewer words than that, sentences and full names with titles more."""


def hardly_repeats(n_distinct: int, n_known: int) -> bool:
    """Whether most of the cells that have a value have one of their own."""
    return n_distinct > max(MANY_VALUES, n_known / 2)


def is_free_text(*, n_distinct: int, n_known: int, words: float) -> bool:
    """Whether the texts of a column are sentences rather than categories.

    Args:
        n_distinct: Different texts.
        n_known: Cells with a value.
        words: Mean number of words in a different text.
    """
    return words >= _WORDS and hardly_repeats(n_distinct, n_known)
