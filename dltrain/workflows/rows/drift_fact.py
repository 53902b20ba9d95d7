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
    """Where the shares of the rows differ most from those of training.

    Returns:
        For example "62% are above 38, in training 50%"; of one of several numbers that a column becomes, such as the
        parts of a date, with its name.
    """
    part = drift.part
    shares = {"missing": (float(part.actual[-1]), float(part.expected[-1]))}
    if part.bins.edges is None:
        number = _largest(part.actual[:-1] - part.expected[:-1])
        words = "unseen or rare" if number == 0 and part.expected[0] else _bin_words(feature, number)
        shares[words] = float(part.actual[number]), float(part.expected[number])
    elif part.bins.edges:
        shares |= _moved(feature, part)
    words = max(shares, key=lambda words: abs(shares[words][0] - shares[words][1]))
    actual, expected = map(_percent, shares[words])
    of_part = "" if words == "missing" else _part_name(feature, drift)
    return f"{of_part}{actual} are {words}, in training {expected}"


def _part_name(feature: Feature, drift: ColumnDrift) -> str:
    """Which of the numbers of a column is meant; empty where it is the column itself, or a one-hot block."""
    if drift.part.bins.edges is None or feature.feature_names[drift.number] == feature.name:
        return ""
    return escaped(feature.feature_names[drift.number].removeprefix(f"{feature.name}.")) + ": "


def _largest(growth: np.ndarray) -> int:
    """Where shares have changed most; of two that have changed alike, the one that has grown."""
    return int(np.argmax(np.abs(growth) + 1e-9 * np.sign(growth)))


def _bin_words(feature: Feature, number: int) -> str:
    """A bin of a one-hot block: all zeros, the categories, missing, other."""
    if number == 0 or not isinstance(feature, CategoricalFeature):
        return "unseen"
    if number > len(feature.categories):
        return "unseen or rare"
    category = escaped(feature.categories[number - 1])
    return f"'{category}'" if len(category) <= _LONGEST_CATEGORY else f"'{category[: _LONGEST_CATEGORY - 1]}…'"


def _moved(feature: Feature, part: PartDrift) -> dict[str, tuple[float, float]]:
    """The edge on whose sides the shares differ most: the side that has grown, and its shares here and in training."""
    actual, expected = (np.cumsum(shares[:-1]) for shares in (part.actual, part.expected))
    number = int(np.argmax(np.abs(actual - expected)[:-1]))
    is_lower = actual[number] > expected[number]
    lower = float(actual[number]), float(expected[number])
    upper = float(actual[-1] - actual[number]), float(expected[-1] - expected[number])
    return {_side_words(feature, part, number, is_lower=is_lower): lower if is_lower else upper}


def _side_words(feature: Feature, part: PartDrift, number: int, *, is_lower: bool) -> str:
    """The numbers up to an edge, or above it."""
    assert part.bins.edges is not None  # noqa: S101 - whoever asks has found an edge
    if isinstance(feature, BooleanFeature):
        return "false" if is_lower else "true"
    value = _shown(feature, part.bins.edges[number])
    if value is not None:
        return f"at most {value}" if is_lower else f"above {value}"
    share = sum(part.bins.shares[: number + 1])
    return (
        f"in the lower {_percent(share)} of training" if is_lower else f"in the upper {_percent(1 - share)} of training"
    )


def _shown(feature: Feature, encoded: float) -> str | None:
    """A number as it stood in the table, as far as that can be told."""
    if not isinstance(feature, NumericFeature) or isinstance(feature.scaler, QuantileNormalScaler):
        return None
    return f"{float(feature.scaler.inverse(np.array(encoded))):.6g}"


def _percent(share: float) -> str:
    return f"{share:.0%}" if share >= 0.1 or share == 0 else f"{share:.1%}"
