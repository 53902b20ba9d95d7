"""Metrics over several runs: mean and standard deviation."""

import math
from collections.abc import Sequence

import numpy as np

from dltrain.run import Scores
from dltrain.run.members import Spread


def metric_spreads(runs: Sequence[Scores]) -> dict[str, Spread]:
    """Metric → its mean and spread over the runs; undefined values are left out.

    Args:
        runs: The scores of each run, with the same metrics; at least one.
    """
    return {
        name: _spread([scores.metrics[name] for scores in runs], [scores.baseline[name] for scores in runs])
        for name in runs[0].metrics
    }


def _spread(values: Sequence[float | None], baselines: Sequence[float | None]) -> Spread:
    known = [value for value in values if value is not None]
    trivial = [value for value in baselines if value is not None]
    return Spread(
        mean=_mean(known),
        sd=_finite(np.std(known, ddof=1)) if len(known) > 1 else None,
        values=tuple(values),
        baseline=_mean(trivial),
    )


def _mean(values: Sequence[float]) -> float | None:
    return _finite(np.mean(values)) if values else None


def _finite(value: np.floating) -> float | None:
    return float(value) if math.isfinite(value) else None
