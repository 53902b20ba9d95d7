"""Which columns the predictions rest on: how much worse they get when a column's cells change places among the rows.

Permutation importance (Breiman 2001), of a column as it stands in the table: its numbers, or its category, move as one.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Final, NamedTuple

import numpy as np

from dltrain.features import EncodedFeatures, Preprocessing
from dltrain.features.preprocessing import is_one_hot
from dltrain.scoring.few_groups import Z, group_widening
from dltrain.scoring.row_values import absolute_errors, log_losses

MAX_ROWS: Final = 2_000
MIN_ROWS: Final = 100
N_REPEATS: Final = 5
MAX_PRODUCTS: Final = 50_000_000_000
"""Multiplications of the network for all columns together: a second or two on two cores."""
_ROW_COST: Final = 2_000
"""What encoding and everything else costs for a row, in multiplications."""
_FEATURE_COST: Final = 40
"""What it costs to write one input of the network to memory, in multiplications."""


class Importance(NamedTuple):
    """What a column contributes.

    Attributes:
        name: The column.
        increase: How much the mean loss of a row grows without the column's information.
        low, high: 95 % interval over the choice of the rows.
    """

    name: str
    increase: float
    low: float
    high: float


def permutation_importance(
    predict: Callable[[EncodedFeatures], np.ndarray],
    preprocessing: Preprocessing,
    features: EncodedFeatures,
    y_true: np.ndarray,
    *,
    sample_weight: np.ndarray | None = None,
    group: np.ndarray | None = None,
    n_parameters: int,
) -> tuple[Importance, ...] | None:
    """The importance of every column, the largest first, by the log loss of classes or the absolute error of numbers.

    Args:
        predict: From rows to predictions, as `compute_metrics` takes them.
        preprocessing: Says which columns the features come from.
        features: Rows that nothing was fitted on.
        y_true: As for `compute_metrics`.
        sample_weight: `(n,)`, >= 0 with a positive sum; None weighs all rows alike. Only rows that count are drawn.
        group: int64 `(n,)` >= 0; rows of one number belong together. None: every row is alone.
        n_parameters: Of the network, which decide how many rows can be afforded.

    Returns:
        None when the network is too large for it, or predicts numbers that are not finite.
    """
    affordable = MAX_PRODUCTS // ((n_parameters + _ROW_COST) * len(preprocessing.features))
    if affordable < MIN_ROWS:
        return None
    rng = np.random.default_rng(0)
    counted = np.arange(features.n_rows) if sample_weight is None else np.flatnonzero(sample_weight > 0)
    n_rows = min(len(counted), MAX_ROWS, affordable)
    rows = np.sort(rng.choice(counted, n_rows, replace=False))
    cost = n_parameters + _ROW_COST + _FEATURE_COST * features.n_features
    n_repeats = int(np.clip(MAX_PRODUCTS // (cost * len(preprocessing.features) * n_rows), 1, N_REPEATS))
    weight = np.ones(n_rows) if sample_weight is None else sample_weight[rows]
    group = None if group is None else group[rows]
    truth = np.tile(y_true[rows], (n_repeats, *[1] * (y_true.ndim - 1)))
    loss = absolute_errors if preprocessing.target.task == "regression" else log_losses

    def losses(some: EncodedFeatures) -> np.ndarray:
        return loss(truth[: some.n_rows], predict(some)).reshape(-1, n_rows)

    with np.errstate(all="ignore"):
        usual = losses(features.take(rows))
        repeated = features.take(np.tile(rows, n_repeats))
        found = [
            _importance(name, np.mean(losses(shuffled) - usual, axis=0), weight, group)
            for name, shuffled in _shuffled(preprocessing, repeated, rng, n_repeats)
        ]
    if not np.isfinite([(one.increase, one.low, one.high) for one in found]).all():
        return None
    return tuple(sorted(found, key=lambda importance: -importance.increase))


def _shuffled(
    preprocessing: Preprocessing, features: EncodedFeatures, rng: np.random.Generator, n_repeats: int
) -> Iterator[tuple[str, EncodedFeatures]]:
    """Every column with the rows, several times over, in which its cells changed places, each time in another way.

    They share memory: use one before the next.
    """
    # Row by row, as the network takes them: it does so once for every column.
    numbers, codes = np.array(features.numbers, order="C"), np.array(features.codes)
    changed = replace(features, numbers=numbers, codes=codes)
    n_placed = n_blocks = 0
    for feature in preprocessing.features:
        if is_one_hot(feature):
            cells, n_blocks = codes[:, n_blocks : n_blocks + 1], n_blocks + 1
        else:
            cells, n_placed = numbers[:, n_placed : n_placed + feature.width], n_placed + feature.width
        usual = cells.copy()
        for part, cells_of_part in zip(np.split(cells, n_repeats), np.split(usual, n_repeats), strict=True):
            part[:] = cells_of_part[rng.permutation(len(part))]
        yield feature.name, changed
        cells[:] = usual


def _importance(name: str, increase: np.ndarray, weight: np.ndarray, group: np.ndarray | None) -> Importance:
    """The weighted mean increase of the rows, and an interval by its standard error.

    One group alone says nothing of others: its interval begins or ends at 0.
    """
    total = np.sum(weight)
    mean = float(np.sum(weight * increase) / total)
    residuals: np.ndarray = weight * (increase - mean)
    widening = 1.0
    if group is not None and (n_groups := np.unique(group).size) < group.size:
        if n_groups == 1:
            return Importance(name, mean, min(0.0, 2 * mean), max(0.0, 2 * mean))
        widening = group_widening(n_groups)
        residuals = np.bincount(group, residuals)
    error = float(widening * Z * np.sqrt(np.sum(residuals**2)) / total)
    return Importance(name, mean, mean - error, mean + error)
