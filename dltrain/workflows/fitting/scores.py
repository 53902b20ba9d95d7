"""Metrics of labelled rows beside the trivial baseline."""

import numpy as np

from dltrain.config import Config
from dltrain.run import Scores
from dltrain.run.metrics_file import defined
from dltrain.scoring import Baseline, compute_metrics
from dltrain.workflows.rows.dataset import LabelledRows


def score_rows(
    labelled: LabelledRows,
    predicted: np.ndarray,
    *,
    config: Config,
    baseline: Baseline,
    threshold: float | None = None,
) -> Scores:
    """Measures predictions.

    Args:
        labelled: The rows.
        predicted: As in `Predictions.values`.
        config: Resolved: names the metrics, and whether there are class weights.
        baseline: The trivial prediction.
        threshold: As in `predicted_codes`. The baseline always predicts the most frequent label.
    """
    class_weight = config.training.class_weight
    unweighted = baseline.without_class_weights(class_weight) if isinstance(class_weight, dict) else None
    return score_beside(
        labelled,
        predicted,
        baseline.predict(labelled.n_rows),
        config=config,
        threshold=threshold,
        unweighted_trivial=None if unweighted is None else unweighted.predict(labelled.n_rows),
    )


def score_beside(
    labelled: LabelledRows,
    predicted: np.ndarray,
    trivial: np.ndarray,
    *,
    config: Config,
    threshold: float | np.ndarray | None = None,
    unweighted_trivial: np.ndarray | None = None,
) -> Scores:
    """As `score_rows`, beside trivial predictions of the same shape that need not be the same for all rows.

    Args:
        labelled: The rows.
        predicted: As in `Predictions.values`.
        trivial: Likewise.
        config: Resolved.
        threshold: As in `predicted_codes`, not for the trivial predictions.
        unweighted_trivial: Trivial predictions that know of no class weights; None where they are not known.
    """
    names = config.metrics or ()

    def metrics(
        values: np.ndarray, weight: np.ndarray | None, limit: float | np.ndarray | None = None
    ) -> dict[str, float | None]:
        return defined(compute_metrics(names, labelled.truth, values, sample_weight=weight, threshold=limit))

    has_class_weights = config.training.class_weight is not None
    return Scores(
        rows=labelled.n_rows,
        metrics=metrics(predicted, labelled.weight, threshold),
        baseline=metrics(trivial, labelled.weight),
        unweighted=metrics(predicted, labelled.sample_weight, threshold) if has_class_weights else None,
        unweighted_baseline=metrics(unweighted_trivial, labelled.sample_weight)
        if unweighted_trivial is not None
        else None,
    )
