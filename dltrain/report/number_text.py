"""Numbers as a reader wants them."""

import math
from collections.abc import Sequence
from typing import Final

from dltrain.config.sections.metrics import higher_is_better

UNDEFINED: Final = "–"


def number(value: float | None, *, digits: int = 4) -> str:
    """A number in about four digits.

    >>> number(0.85312), number(48123.4), number(-2.0), number(None)
    ('0.8531', '48,123', '\u22122.000', '–')
    """
    if value is None or math.isnan(value):
        return UNDEFINED
    if math.isinf(value):
        return "\u2212∞" if value < 0 else "∞"
    size = abs(value)
    if 10**digits <= size < 1e9:
        text = f"{size:,.0f}"
    elif value == 0:
        text = "0"
    elif 1e-4 <= size < 10**digits:
        text = f"{size:.{max(0, digits - 1 - max(0, math.floor(math.log10(size))))}f}"
        text = f"{size:.{digits}f}" if size < 1 else text
    else:
        text = f"{size:.{digits - 1}g}"
    return f"\u2212{text}" if value < 0 else text


def exact(value: float | None) -> str:
    """A number that stands in a config or a table, without digits that say nothing.

    >>> exact(3.0), exact(0.25), exact(-1234567.0)
    ('3', '0.25', '\u22121,234,567')
    """
    if value is None or not math.isfinite(value):
        return number(value)
    text = f"{value:,.0f}" if value == round(value) and abs(value) < 1e12 else f"{value:.6g}"
    return text.replace("-", "\u2212")


def percent(share: float) -> str:
    """A share as a percentage.

    >>> percent(0.4567), percent(0.00012), percent(1.0)
    ('45.7 %', '0.012 %', '100 %')
    """
    if share in (0.0, 1.0):
        return f"{share * 100:.0f} %"
    return f"{share * 100:.1f} %" if share >= 0.001 else f"{share * 100:.2g} %"


def interval(bounds: Sequence[float] | None) -> str:
    """An interval.

    >>> interval((0.5, 0.625)), interval(None)
    ('0.5000 to 0.6250', '–')
    """
    return UNDEFINED if bounds is None else f"{number(bounds[0])} to {number(bounds[1])}"


def better_text(metric: str) -> str:
    """Which values of a metric are better.

    >>> better_text("accuracy"), better_text("val_loss")
    ('higher is better', 'lower is better')
    """
    return "higher is better" if higher_is_better(metric) else "lower is better"


def shortened(text: str, length: int) -> str:
    """A text of at most `length` characters.

    >>> shortened("occupation", 6), shortened("age", 6)
    ('occup…', 'age')
    """
    return text if len(text) <= length else text[: length - 1] + "…"


def shortened_middle(text: str, length: int) -> str:
    """A text of at most `length` characters that keeps its end, where names of runs differ.

    >>> shortened_middle("early_stopping-12", 12), shortened_middle("wine-1", 12)
    ('early…ing-12', 'wine-1')
    """
    if len(text) <= length:
        return text
    n_last = length // 2
    return f"{text[: length - 1 - n_last]}…{text[-n_last:]}"


def signed(value: float | None) -> str:
    """A difference, with its sign.

    >>> signed(0.021), signed(-0.021), signed(0.0)
    ('+0.0210', '\u22120.0210', '0')
    """
    return f"+{number(value)}" if value is not None and value > 0 else number(value)


def listed(names: Sequence[str]) -> str:
    """Names as a sentence has them.

    >>> listed(["a"]), listed(["a", "b"]), listed(["a", "b", "c"])
    ('a', 'a and b', 'a, b and c')
    """
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
