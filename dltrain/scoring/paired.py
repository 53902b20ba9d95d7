"""How sure the difference of two predictions of the same rows is: the paired bootstrap.

The test rows are drawn with replacement, as many as there are, many times over. Every draw measures both predictions on
the same rows, so what makes a row hard cancels out in the difference (Efron and Tibshirani, 1993, chapter 13). A draw
is kept as how often each row came: metrics are then sums over rows, as a product of two matrices, or sums along an
order of the rows that is the same for all draws.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from dltrain.config.metrics import MetricName, higher_is_better
from dltrain.scoring.metrics import compute_metrics
from dltrain.scoring.reweighted import reweighted_metric

Verdict = Literal["better", "worse", "equal", "open", "undefined"]

CONFIDENCE: Final = 0.95
_DRAWS: Final = 1_000
_FEWEST_DRAWS: Final = 200
_MOST_COUNTS: Final = 200_000_000
"""Rows times draws: a few seconds. Beyond, there are fewer draws."""
_BLOCK_COUNTS: Final = 4_000_000
"""Counts in memory at once."""


@dataclass(frozen=True)
class Difference:
    """A metric of one prediction less that of another, on the same rows.

    Attributes:
        value: On the rows as they are; nan where one of the two is undefined.
        low, high: 95 % of the draws lie between; nan where too many of them leave the metric undefined.
    """

    value: float
    low: float
    high: float

    @property
    def is_sure(self) -> bool:
        """Whether the interval leaves out 0."""
        return self.low > 0 or self.high < 0

    def verdict(self, name: str) -> Verdict:
        """What the difference says of the prediction that is compared.

        Args:
            name: Of the metric.

        Returns:
            "open" where 0 lies in the interval, "undefined" where there is none.
        """
        if np.isnan(self.low):
            return "undefined"
        if self.value == self.low == self.high == 0:
            return "equal"
        if not self.is_sure:
            return "open"
        return "better" if (self.low > 0) == higher_is_better(name) else "worse"


def paired_differences(
    names: Sequence[MetricName],
    truth: np.ndarray,
    first: np.ndarray,
    other: np.ndarray,
    *,
    sample_weight: np.ndarray | None = None,
    thresholds: tuple[float | None, float | None] = (None, None),
    seed: int = 0,
) -> dict[str, Difference]:
    """Compares two predictions; two equal ones differ by exactly 0.

    Args:
        names: Metrics that fit the task.
        truth: As `compute_metrics` takes it.
        first: Predictions, as `compute_metrics` takes them.
        other: Those to compare with them.
        sample_weight: `(n,)`, finite and >= 0; None weighs all rows alike.
        thresholds: Of `first` and of `other`, as in `predicted_codes`.
        seed: Of the draws; every pair that is compared with one seed sees the same draws.

    Returns:
        Metric → `other` less `first`.
    """
    weight = np.ones(len(truth)) if sample_weight is None else np.asarray(sample_weight, np.float64)
    is_counted = weight > 0
    truth, first, other, weight = truth[is_counted], first[is_counted], other[is_counted], weight[is_counted]
    both = list(zip((first, other), thresholds, strict=True))
    before, after = (
        compute_metrics(names, truth, values, sample_weight=weight, threshold=threshold) for values, threshold in both
    )
    if not len(truth) or not (np.isfinite(first).all() and np.isfinite(other).all()):
        return {name: Difference(after[name] - before[name], np.nan, np.nan) for name in names}
    statistics = {
        name: [reweighted_metric(name, truth, values, threshold=threshold) for values, threshold in both]
        for name in names
    }
    drawn: dict[str, list[np.ndarray]] = {name: [] for name in names}
    with np.errstate(all="ignore"):
        for counts in _draws(len(truth), seed=seed):
            weights = counts * weight
            for name, (one, two) in statistics.items():
                drawn[name].append(two(weights) - one(weights))
    return {name: _difference(after[name] - before[name], drawn[name]) for name in names}


def _draws(n_rows: int, *, seed: int) -> Iterator[np.ndarray]:
    """How often each row was drawn, float64 `(n_draws in this block, n_rows)`."""
    rng = np.random.default_rng(seed)
    n_draws = int(np.clip(_MOST_COUNTS // max(n_rows, 1), _FEWEST_DRAWS, _DRAWS))
    n_block = max(1, _BLOCK_COUNTS // max(n_rows, 1))
    for start in range(0, n_draws, n_block):
        n_here = min(n_block, n_draws - start)
        counts = [np.bincount(rng.integers(n_rows, size=n_rows), minlength=n_rows) for _ in range(n_here)]
        yield np.array(counts, np.float64)


def _difference(value: float, blocks: list[np.ndarray]) -> Difference:
    drawn = np.concatenate(blocks)
    defined = drawn[np.isfinite(drawn)]
    if len(defined) < len(drawn) / 2 or not np.isfinite(value):
        return Difference(value, np.nan, np.nan)
    low, high = np.quantile(defined, [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2])
    return Difference(value, float(low), float(high))


def to_dict(differences: Mapping[str, Difference]) -> dict[str, dict[str, float | None]]:
    """The differences as JSON content: an undefined number is null."""

    def defined(number: float) -> float | None:
        return number if np.isfinite(number) else None

    return {
        name: {"difference": defined(found.value), "low": defined(found.low), "high": defined(found.high)}
        for name, found in differences.items()
    }
