"""Targets that are numbers but for some words, or for marks beside them: hardly the names of classes."""

from typing import Final

from dltrain.profiling.column_profile import ColumnProfile
from dltrain.profiling.text_forms import NO_CELLS, FormCount

_NEARLY_ALL: Final = 0.9
MOST_LABELS: Final = 20
"""Up to so many different texts of a target are classes, whatever they look like."""


def words_among_targets(profile: ColumnProfile) -> FormCount:
    """A few words and markers beside many different numbers, in more than a few cells.

    Args:
        profile: Of the target.
    """
    words, markers = (profile.forms.get(form, NO_CELLS) for form in ("word", "marker"))
    texts = FormCount(markers.cells + words.cells, markers.examples + words.examples)
    are_many = profile.n_distinct - len(texts.examples) > MOST_LABELS or profile.is_nearly_numeric
    return texts if are_many and profile.has_many_numbers and not profile.has_rare_words else NO_CELLS


def marked_targets(profile: ColumnProfile) -> FormCount:
    """Cells such as 18* or 12/8, where nearly all cells are many different ones of them, numbers and a few words.

    Args:
        profile: Of the target.
    """
    if profile.looks != "text" or profile.cells("code") or profile.n_distinct <= MOST_LABELS:
        return NO_CELLS
    marked, pairs = profile.forms.get("marked", NO_CELLS), profile.forms.get("pair", NO_CELLS)
    if pairs.cells > marked.cells and all("/" in text for text in pairs.examples):  # 20-24 is a class of ages
        marked = pairs
    n_others = profile.n_known - profile.cells("marker") - profile.cells("word")
    n_numbers = profile.cells("number") + marked.cells
    are_most = n_numbers >= _NEARLY_ALL * n_others and n_numbers > profile.n_known / 2
    return marked if are_most and not profile.is_nearly_numeric else NO_CELLS
