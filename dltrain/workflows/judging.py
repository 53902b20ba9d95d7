"""How sure the test metrics are, and what a linear model of the same inputs reaches."""

from collections.abc import Mapping

import numpy as np

from dltrain.config import Config
from dltrain.config.metrics import MetricName
from dltrain.features import ClassTarget, EncodedFeatures, RegressionTarget
from dltrain.run import LinearScores, RunMetrics
from dltrain.run.metrics_file import Intervals, defined
from dltrain.scoring import compute_metrics, decode_outputs
from dltrain.scoring.intervals import Comparison, Interval, metric_intervals
from dltrain.scoring.linear import fit_linear
from dltrain.workflows.dataset import LabelledRows

_DIGITS = 6
"""Significant digits of the linear model's metrics: the search for it ends before further ones are found."""


def predict_linear(
    target: ClassTarget | RegressionTarget,
    *,
    train: EncodedFeatures,
    answers: np.ndarray,
    weight: np.ndarray | None,
    test: EncodedFeatures,
) -> np.ndarray | None:
    """What a linear model of the same inputs predicts.

    Args:
        target: Fitted.
        train: The inputs of the training rows.
        answers: What the network should answer for them.
        weight: Of the training rows; None weighs all alike.
        test: The inputs of the test rows.

    Returns:
        As `Predictions.values`; None when there is nothing to fit.
    """
    is_regression = isinstance(target, RegressionTarget)
    model = fit_linear(train, answers, weight, n_outputs=target.n_outputs, is_regression=is_regression)
    return None if model is None else decode_outputs(model.outputs(test), target)


def judged(
    metrics: RunMetrics, config: Config, test: LabelledRows, predicted: np.ndarray, linear: np.ndarray | None
) -> RunMetrics:
    """The metrics with intervals, and with those of a linear model.

    Args:
        metrics: Of the fit.
        config: Resolved.
        test: The test rows.
        predicted: What the network predicts for them, as `Predictions.values`.
        linear: What a linear model predicts; None when there is none.
    """
    names = config.metrics or ()
    found = metric_intervals(names, test.truth, predicted, other=linear, sample_weight=test.weight)
    scores = None if linear is None else _linear_scores(names, test, linear, found)
    return metrics.model_copy(update={"test_intervals": _plain(found.metrics), "linear": scores})


def _linear_scores(
    names: tuple[MetricName, ...], test: LabelledRows, linear: np.ndarray, found: Comparison
) -> LinearScores:
    values = compute_metrics(names, test.truth, linear, sample_weight=test.weight)
    rounded = {name: float(f"{value:.{_DIGITS}g}") for name, value in values.items()}
    return LinearScores(metrics=defined(rounded), differences=_plain(found.differences))


def _plain(intervals: Mapping[MetricName, Interval | None]) -> Intervals:
    return {name: None if bounds is None else (bounds.low, bounds.high) for name, bounds in intervals.items()}
