"""How sure the difference of two predictions of the same rows is.

Every draw of the bootstrap measures both predictions on the same rows, so what makes a row hard cancels out in the
difference (Efron and Tibshirani, 1993, chapter 13).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from dltrain.config.sections.metrics import MetricName, Verdict, higher_is_better
from dltrain.scoring.intervals import Threshold, metric_intervals
from dltrain.scoring.metrics import compute_metrics


@dataclass(frozen=True)
class Difference:
    """A metric of one prediction less that of another, on the same rows.

    Attributes:
        value: On the rows as they are; nan where one of the two is undefined.
        low, high: Of the 95 % interval; nan where too many draws leave the metric undefined.
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
    thresholds: tuple[Threshold, Threshold] = (None, None),
    group: np.ndarray | None = None,
) -> dict[str, Difference]:
    """Compares two predictions; two equal ones differ by exactly 0.

    Args:
        names: Metrics that fit the task.
        truth: As `compute_metrics` takes it.
        first: Predictions, as `compute_metrics` takes them.
        other: Those to compare with them.
        sample_weight: `(n,)`, finite and >= 0; None weighs all rows alike.
        thresholds: Of `first` and of `other`, as in `predicted_codes`.
        group: As for `metric_intervals`.

    Returns:
        Metric → `other` less `first`.
    """
    before, after = (
        compute_metrics(names, truth, values, sample_weight=sample_weight, threshold=threshold)
        for values, threshold in zip((first, other), thresholds, strict=True)
    )
    intervals = metric_intervals(
        names,
        truth,
        other,
        other=first,
        sample_weight=sample_weight,
        thresholds=(thresholds[1], thresholds[0]),
        group=group,
    ).differences
    return {name: Difference(after[name] - before[name], *(intervals[name] or (np.nan, np.nan))) for name in names}


def to_dict(differences: Mapping[str, Difference]) -> dict[str, dict[str, float | None]]:
    """The differences as JSON content: an undefined number is null."""

    def defined(number: float) -> float | None:
        return number if np.isfinite(number) else None

    return {
        name: {"difference": defined(found.value), "low": defined(found.low), "high": defined(found.high)}
        for name, found in differences.items()
    }
