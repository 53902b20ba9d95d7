"""What has changed most in a column that has drifted, in words."""

import numpy as np

from dltrain.errors import escaped
from dltrain.features import Feature
from dltrain.features.boolean import BooleanFeature
from dltrain.features.categorical import CategoricalFeature
from dltrain.features.numeric import NumericFeature
from dltrain.features.scaling import QuantileNormalScaler
from dltrain.scoring import ColumnDrift
from dltrain.scoring.drift import PartDrift

_LONGEST_CATEGORY = 40


def drift_fact(feature: Feature, drift: ColumnDrift) -> str:
    """The bin that adds most to the index, or where the numbers have moved, beside the same share of training.

    Returns:
        For example "62% are above 38, in training 50%".
    """
    part = drift.part
    largest, missing = int(np.argmax(part.terms)), len(part.terms) - 1
    if largest == missing:
        words, shares = "missing", (part.actual[missing], part.expected[missing])
    elif part.bins.edges is None:
        words, shares = _bin_words(feature, largest), (part.actual[largest], part.expected[largest])
    else:
        words, shares = _moved(feature, part)
    actual, expected = map(_percent, shares)
    return f"{actual} are {words}, in training {expected}"


def _bin_words(feature: Feature, number: int) -> str:
    """A bin of a one-hot block: all zeros, the categories, missing, other."""
    if number == 0 or not isinstance(feature, CategoricalFeature):
        return "unseen"
    if number > len(feature.categories):
        return "unseen or rare"
    category = escaped(feature.categories[number - 1])
    return f"'{category}'" if len(category) <= _LONGEST_CATEGORY else f"'{category[: _LONGEST_CATEGORY - 1]}…'"


def _moved(feature: Feature, part: PartDrift) -> tuple[str, tuple[float, float]]:
    """The edge on whose sides the shares differ most, and the share of the side that has grown, here and there."""
    if not part.bins.edges:
        return "not missing", (part.actual[0], part.expected[0])
    actual, expected = (np.cumsum(shares[:-1]) for shares in (part.actual, part.expected))
    number = int(np.argmax(np.abs(actual - expected)[:-1]))
    is_lower = actual[number] > expected[number]
    if is_lower:
        shares = actual[number], expected[number]
    else:
        shares = actual[-1] - actual[number], expected[-1] - expected[number]
    if isinstance(feature, BooleanFeature):
        return "false" if is_lower else "true", shares
    value = _shown(feature, part.bins.edges[number])
    if value is None:
        return f"in the {'lower' if is_lower else 'upper'} {_percent(shares[1])} of training", shares
    return f"{'at most' if is_lower else 'above'} {value}", shares


def _shown(feature: Feature, encoded: float) -> str | None:
    """A number as it stood in the table, as far as that can be told."""
    if not isinstance(feature, NumericFeature) or isinstance(feature.scaler, QuantileNormalScaler):
        return None
    return f"{float(feature.scaler.inverse(np.array(encoded))):.6g}"


def _percent(share: float) -> str:
    return f"{share:.0%}" if share >= 0.1 or share == 0 else f"{share:.1%}"
