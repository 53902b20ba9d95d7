"""Labels that say yes and no."""

from collections.abc import Sequence
from typing import Final

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


def label_for_yes(labels: Sequence[str]) -> str | None:
    """The label that says yes where the last one in sorted order says no.

    Args:
        labels: Of a target, in any order.

    >>> label_for_yes(["Ja", "Nein"]), label_for_yes(["no", "yes"])
    ('Ja', None)
    """
    plain = sorted((label.strip().lower(), label) for label in labels)
    return plain[0][1] if tuple(word for word, _ in plain) in _YES_AND_NO else None
