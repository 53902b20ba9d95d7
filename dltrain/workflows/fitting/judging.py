"""How sure the test metrics are, and what a linear model of the same inputs reaches."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from dltrain.config import Config
from dltrain.config.sections.decision import DecisionSection
from dltrain.config.sections.metrics import MetricName
from dltrain.features import ClassTarget, EncodedFeatures, RegressionTarget
from dltrain.run import LinearScores, RunMetrics
from dltrain.run.decision import Decision
from dltrain.run.metrics_file import OF_POSITIVE_ROWS, Intervals, defined
from dltrain.scoring import Baseline, choose_decision, compute_metrics, decode_outputs, tempered
from dltrain.scoring.bounds import Interval
from dltrain.scoring.intervals import MetricIntervals, metric_intervals
from dltrain.scoring.linear import fit_linear
from dltrain.workflows.rows.dataset import LabelledRows
from dltrain.workflows.rows.encoded_rows import EncodedRows

_DIGITS = 6
"""Significant digits of the linear model's metrics: the search for it ends before further ones are found."""


@dataclass(frozen=True)
class LinearPrediction:
    """What a linear model predicts for the test rows.

    Attributes:
        values: As `Predictions.values`.
        threshold: As in `predicted_codes`.
    """

    values: np.ndarray
    threshold: float | None = None


def predict_linear(
    section: DecisionSection | None,
    target: ClassTarget | RegressionTarget,
    *,
    train: EncodedRows,
    validation: EncodedRows,
    test: EncodedFeatures,
) -> LinearPrediction | None:
    """What a linear model of the same inputs predicts.

    Its threshold and temperature are its own, settled as those of the network: with others, the two could not be
    compared.

    Args:
        section: How probabilities become labels.
        target: Fitted.
        train: The rows to fit it to.
        validation: The rows to settle its decision on.
        test: The inputs of the test rows.

    Returns:
        None when there is nothing to fit.
    """
    is_regression = isinstance(target, RegressionTarget)
    model = fit_linear(
        train.features, train.answers, train.labelled.weight, n_outputs=target.n_outputs, is_regression=is_regression
    )
    if model is None:
        return None
    values = decode_outputs(model.outputs(test), target)
    if section is None:
        return LinearPrediction(values)
    rows = validation.labelled
    judged_by = decode_outputs(model.outputs(validation.features), target)
    decision = choose_decision(section, judged_by, rows.truth, rows.sample_weight) or Decision()
    return LinearPrediction(tempered(values, decision.temperature), decision.threshold)


def judged(
    metrics: RunMetrics, config: Config, test: LabelledRows, predicted: np.ndarray, linear: LinearPrediction | None
) -> RunMetrics:
    """The metrics with intervals, and with those of a linear model.

    Args:
        metrics: Of the fit, with its decision.
        config: Resolved.
        test: The test rows.
        predicted: What the network predicts for them, as `Predictions.values`.
        linear: What a linear model predicts; None when there is none.
    """
    names = config.metrics or ()
    other, threshold = (None, None) if linear is None else (linear.values, linear.threshold)
    thresholds = metrics.threshold, threshold
    found = metric_intervals(
        names,
        test.truth,
        predicted,
        other=other,
        sample_weight=test.weight,
        thresholds=thresholds,
        group=test.group,
    )
    scores = None if linear is None else _linear_scores(names, test, linear, found)
    judged_by = {
        "test_intervals": _plain(found.metrics),
        "baseline_difference": _above_trivial(metrics, names[:1], test, predicted),
        "linear": scores,
    }
    return metrics.model_copy(update=judged_by)


def _above_trivial(
    metrics: RunMetrics, names: tuple[MetricName, ...], test: LabelledRows, predicted: np.ndarray
) -> tuple[float, float] | None:
    """The interval of the main metric less that of a prediction which is the same for every row."""
    trivial = Baseline(prediction=metrics.trivial_prediction).predict(test.n_rows)
    if names and names[0] in OF_POSITIVE_ROWS:
        # Class shares hardly ever say so, and 0 is soon surpassed.
        trivial = np.broadcast_to([0.0, 1.0], trivial.shape)
    differences = metric_intervals(
        names,
        test.truth,
        predicted,
        other=trivial,
        sample_weight=test.weight,
        thresholds=(metrics.threshold, None),
        group=test.group,
    ).differences
    return next(iter(_plain(differences).values()), None)


def _linear_scores(
    names: tuple[MetricName, ...], test: LabelledRows, linear: LinearPrediction, found: MetricIntervals
) -> LinearScores:
    values = compute_metrics(names, test.truth, linear.values, sample_weight=test.weight, threshold=linear.threshold)
    rounded = {name: float(f"{value:.{_DIGITS}g}") for name, value in values.items()}
    return LinearScores(metrics=defined(rounded), differences=_plain(found.differences))


def _plain(intervals: Mapping[MetricName, Interval | None]) -> Intervals:
    return {name: None if bounds is None else (bounds.low, bounds.high) for name, bounds in intervals.items()}
