"""Which of two labels is the one that somebody asks for."""

import re
from collections.abc import Sequence
from typing import Final

from dltrain.table.number_text import NUMBER

_YES_AND_NO: Final = frozenset(
    {
        ("ja", "nein"),
        ("j", "n"),
        ("ja", "nee"),
        ("ja", "nej"),
        ("ja", "nei"),
        ("igen", "nem"),
        ("ano", "ne"),
        ("evet", "hayır"),
    }
)
"""Pairs in the order of the alphabet whose first is what one asks for. Others, such as no and yes, have it last."""


_SAY_NO: Final = frozenset({"no", "n", "false", "f"})
_MOST: Final = 0.75
"""Share of the rows from which a label is the usual case, and the other one what is looked for: fraud, failures."""


def label_asked_for(labels: Sequence[str], *, frequent: str | None, share: float) -> str | None:
    """The label that says yes where the last one in sorted order says no, or is rare where neither says so.

    Args:
        labels: Of a target, in any order.
        frequent: The one of the most rows.
        share: Of its rows.

    >>> label_asked_for(["Ja", "Nein"], frequent="Ja", share=0.9)
    'Ja'
    >>> label_asked_for(["fraud", "ok"], frequent="ok", share=0.9)
    'fraud'
    >>> label_asked_for(["no", "yes"], frequent="yes", share=0.9), label_asked_for(["a", "b"], frequent="b", share=0.6)
    (None, None)
    """
    plain = sorted((label.strip().lower(), label) for label in labels)
    words = tuple(word for word, _ in plain)
    if words in _YES_AND_NO:
        return plain[0][1]
    says_no = not _SAY_NO.isdisjoint(words) or all(re.fullmatch(NUMBER, word) for word in words)
    if says_no or share < _MOST or frequent not in labels:
        return None
    return next(label for label in labels if label != frequent)
