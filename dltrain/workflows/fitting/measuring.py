"""Measuring a network whose weights are settled: its export, its metrics, its page; together the files of a run."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np

from dltrain.errors import TrainingError
from dltrain.features import ClassTarget, EncodedFeatures
from dltrain.run import RunFiles, RunMetrics
from dltrain.run.average import Average
from dltrain.run.decision import Decision
from dltrain.run.writing import now, recorded_versions
from dltrain.scoring import Predictor, choose_decision, fit_baseline, tempered
from dltrain.workflows.fitting.judging import judged
from dltrain.workflows.fitting.predicted_rows import PredictedRows
from dltrain.workflows.fitting.preparing import Prepared
from dltrain.workflows.fitting.run_page import make_page, with_importance
from dltrain.workflows.fitting.scores import score_rows

COMPARED_ROWS: Final = 1_000
"""Test rows on which the exported network is compared with Keras."""

EXPORT_TOLERANCE: Final = 1e-4
"""Allowed difference between the two, relative to the largest output: float32 sums in another order differ less."""


def export(network: Any, prepared: Prepared) -> tuple[bytes, Predictor]:
    """The network as ONNX, and what predicts with it.

    Args:
        network: The Keras network.
        prepared: The rows.

    Raises:
        TrainingError: On test rows the export gives other numbers than Keras.
    """
    from dltrain.network import onnx_bytes

    onnx = onnx_bytes(network, prepared.config.model)
    predictor = Predictor(prepared.preprocessing, onnx)
    check_export(network, predictor, prepared.test.features)
    return onnx, predictor


def check_export(network: Any, predictor: Predictor, features: EncodedFeatures) -> None:
    """Compares the exported network with Keras on real rows. Infinite outputs, and NaN, have to be the same.

    Args:
        network: The Keras network.
        predictor: Its export.
        features: The rows; a part of them is enough.

    Raises:
        TrainingError: They differ.
    """
    rows = features.take(slice(COMPARED_ROWS))
    expected = np.asarray(network(rows.dense(), training=False))
    difference = _largest_difference(predictor.outputs(rows), expected)
    limit = EXPORT_TOLERANCE * float(np.max(np.abs(expected), initial=1.0, where=np.isfinite(expected)))
    if not difference <= limit:
        raise TrainingError(
            f"model.onnx: expected the outputs of the Keras network, got a difference of {difference:.2g} "
            f"on {rows.n_rows} test rows (allowed: {limit:.2g})",
            hint="very large inputs lose precision: preprocessing.numeric.scale=standard",
        )


def _largest_difference(outputs: np.ndarray, expected: np.ndarray) -> float:
    is_same = (outputs == expected) | (np.isnan(outputs) & np.isnan(expected))
    return float(np.max(np.abs(np.subtract(outputs, expected, where=~is_same, out=np.zeros_like(expected)))))


def measure(
    prepared: Prepared,
    predictor: Predictor,
    *,
    n_parameters: int,
    epochs: int = 0,
    best_epoch: int = 0,
    average: Average | None = None,
) -> tuple[RunMetrics, np.ndarray]:
    """Settles how probabilities become labels; the metrics with that, and what is predicted for the test rows.

    Args:
        prepared: The rows.
        predictor: The network.
        n_parameters: Numbers in it.
        epochs: Trained.
        best_epoch: Whose weights it has.
        average: Which networks it is the average of; None: it was trained.
    """
    config, train, target = prepared.config, prepared.train.labelled, prepared.preprocessing.target
    n_classes = len(target.labels) if isinstance(target, ClassTarget) else None
    baseline = fit_baseline(train.truth, n_classes=n_classes, sample_weight=train.weight)
    predicted = [predictor.predict_encoded(part.features) for part in (prepared.validation, prepared.test)]
    judged_by = prepared.validation.labelled
    decision = choose_decision(config.decision, predicted[0], judged_by.truth, judged_by.sample_weight)
    settled = decision or Decision()
    predicted = [tempered(values, settled.temperature) for values in predicted]
    validation, test = (
        score_rows(part.labelled, values, config=config, baseline=baseline, threshold=settled.threshold)
        for part, values in zip((prepared.validation, prepared.test), predicted, strict=True)
    )
    metrics = RunMetrics(
        train_rows=train.n_rows,
        validation=validation,
        test=test,
        trivial_prediction=baseline.prediction,
        epochs=epochs,
        best_epoch=best_epoch,
        parameters=n_parameters,
        decision=decision,
        average=average,
    )
    return metrics, predicted[1]


def result_files(
    prepared: Prepared,
    network: Any,
    onnx: bytes,
    predictor: Predictor,
    metrics: RunMetrics,
    predicted: np.ndarray,
    *,
    history: Sequence[Mapping[str, float]],
    name: str,
) -> RunFiles:
    """What goes into the run directory: the metrics get all that is measured on test rows alone, and people a page.

    Args:
        prepared: The rows.
        network: The Keras network.
        onnx: Its export.
        predictor: Its export, which decides as it was settled.
        metrics: Measured.
        predicted: What it predicts for the test rows, as `Predictions.values`.
        history: One row per epoch; none for an average.
        name: Of the run.
    """
    config, test = prepared.config, prepared.test
    metrics = judged(metrics, config, test.labelled, predicted, prepared.linear)
    metrics = with_importance(metrics, test.labelled, test.features, predictor)
    page = make_page(
        PredictedRows(test.labelled, predicted, metrics.threshold, prepared.test_ids),
        prepared.preprocessing,
        config=config,
        metrics=metrics,
        counts=prepared.counts,
        n_cells=prepared.summary.rows,
        name=name,
        created=now(),
        history=history,
        versions=recorded_versions(),
        data=prepared.files,
    )
    return RunFiles(
        config=config,
        preprocessing=prepared.preprocessing,
        onnx=onnx,
        save_keras=network.save,
        history=history,
        metrics=metrics,
        data=prepared.files,
        report=page,
    )
