"""Did you mean …?"""

from collections.abc import Iterable
from difflib import get_close_matches

from dltrain.config.document import shown_text


def closest(name: str, choices: Iterable[str]) -> str | None:
    """The choice that a mistyped or shortened name most likely means, or None.

    >>> closest("rellu", ["relu", "tanh"]), closest("acc", ["accuracy", "f1"]), closest("x", ["relu"])
    ('relu', 'accuracy', None)
    >>> closest("y", ["x", " Y "])
    ' Y '
    """
    by_spelling = {choice.strip().lower(): choice for choice in reversed(list(choices))}
    # A name longer than any key is no typo, and comparing it would take long.
    wanted = name.strip().lower()[:100]
    if found := get_close_matches(wanted, by_spelling, n=1):
        return by_spelling[found[0]]
    containing = [choice for choice in by_spelling if len(wanted) > 2 and choice.startswith(wanted)]
    return by_spelling[containing[0]] if len(containing) == 1 else None


def did_you_mean(name: str, choices: Iterable[str]) -> str | None:
    """The hint for an unknown name, or None.

    >>> did_you_mean("epoch", ["epochs", "seed"])
    "did you mean 'epochs'?"
    """
    found = closest(name, choices)
    return None if found is None else f"did you mean '{shown_text(found)}'?"
