"""The page of a run: what it draws, measured on the test rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from dltrain.config import Config
from dltrain.features import ClassTarget, ColumnCounts, EncodedFeatures, Preprocessing
from dltrain.report import (
    BinaryResult,
    Mistake,
    MulticlassResult,
    RegressionResult,
    ReportFacts,
    Result,
    report_page,
)
from dltrain.report.number_text import exact, number
from dltrain.run import ColumnImportance, DataFile, RunMetrics
from dltrain.run.writing import config_text
from dltrain.scoring import Predictor, predicted_codes
from dltrain.scoring.curves import calibration, confusion_matrix, precision_recall_curve, roc_curve
from dltrain.scoring.importance import permutation_importance
from dltrain.table import arrow_from_numpy
from dltrain.workflows.rows.dataset import LabelledRows

N_MISTAKES = 10
N_SCORE_BINS = 20
LARGEST_DRAWN = 1e150
"""The squares of larger numbers are beyond float64."""
MAX_CURVE_POINTS = 300
"""More are closer to one another than the pixels of a picture."""


@dataclass(frozen=True)
class TestRows:
    """The test rows with everything a page says of them.

    Attributes:
        labelled: The rows; of their table only the places where rows stood are looked at.
        features: What the network sees of them.
        predicted: What it predicts, as `Predictions.values`.
        threshold: How probabilities become labels, as in `predicted_codes`.
        ids: The id columns of the rows.
    """

    # pytest takes every class of this name for tests.
    __test__ = False

    labelled: LabelledRows
    features: EncodedFeatures
    predicted: np.ndarray
    threshold: float | None
    ids: pa.Table

    @property
    def codes(self) -> np.ndarray:
        """The predicted classes, int64 `(n,)`."""
        return predicted_codes(self.predicted, self.threshold)


def with_importance(metrics: RunMetrics, test: TestRows, predictor: Predictor) -> RunMetrics:
    """Metrics that say which columns the predictions rest on.

    Args:
        metrics: The result.
        test: The test rows.
        predictor: The network.
    """
    found = permutation_importance(
        predictor.predict_encoded,
        predictor.preprocessing,
        test.features,
        test.labelled.truth,
        sample_weight=test.labelled.weight,
        n_parameters=metrics.parameters,
    )
    of_columns = None if found is None else tuple(ColumnImportance(**one._asdict()) for one in found)
    return metrics.model_copy(update={"importance": of_columns})


def make_page(
    test: TestRows,
    predictor: Predictor,
    *,
    config: Config,
    metrics: RunMetrics,
    counts: Mapping[str, ColumnCounts],
    n_cells: int,
    name: str,
    created: str,
    history: Sequence[Mapping[str, float]],
    versions: Mapping[str, str],
    data: Mapping[str, DataFile],
) -> str:
    """The page of a run.

    Args:
        test: The test rows.
        predictor: The network.
        config: Resolved.
        metrics: The result, with intervals and the importance of columns.
        counts: Column → remarkable cells of the table.
        n_cells: Rows of that table.
        name: Of the run.
        created: When it was made, ISO 8601.
        history: One row per epoch, as in history.csv; none for an average.
        versions: Of the libraries that made it.
        data: The tables it was made from.
    """
    preprocessing = predictor.preprocessing
    return report_page(
        ReportFacts(
            name=name,
            created=created,
            config=config,
            config_text=config_text(config, metrics),
            preprocessing=preprocessing,
            metrics=metrics,
            history=history,
            versions=versions,
            data=data,
            n_cells=n_cells,
            counts=counts,
            result=_result(test, preprocessing),
            mistakes=_mistakes(test, preprocessing),
            places=config.data.id or ("row",),
            is_weighted=test.labelled.weight is not None,
        )
    )


def _result(test: TestRows, preprocessing: Preprocessing) -> Result | None:
    """What there is to draw of the test rows."""
    truth, predicted = test.labelled.truth, test.predicted
    if not max(np.max(np.abs(predicted)), np.max(np.abs(truth))) <= LARGEST_DRAWN:
        return None
    match preprocessing.target.task:
        case "regression":
            return RegressionResult(truth, predicted)
        case "multiclass":
            return MulticlassResult(confusion_matrix(truth, test.codes, n_classes=predicted.shape[1]))
        case "binary":
            return _binary_result(test)


def _binary_result(test: TestRows) -> BinaryResult:
    truth, predicted = test.labelled.truth, test.predicted
    weight = np.ones(len(truth)) if test.labelled.weight is None else test.labelled.weight
    is_positive, probability = truth == 1, np.clip(predicted[:, 1], 0.0, 1.0)
    edges = np.linspace(0.0, 1.0, N_SCORE_BINS + 1)
    counts = [np.histogram(probability[truth == code], edges)[0] for code in (0, 1)]
    roc = precision_recall = None
    if np.any(weight[is_positive] > 0) and np.any(weight[~is_positive] > 0):
        roc = roc_curve(is_positive, probability, weight).thinned(MAX_CURVE_POINTS)
        precision_recall = precision_recall_curve(is_positive, probability, weight).thinned(MAX_CURVE_POINTS)
    return BinaryResult(
        confusion=confusion_matrix(truth, test.codes, n_classes=2),
        threshold=test.threshold,
        roc=roc,
        precision_recall=precision_recall,
        calibration=calibration(is_positive, probability, weight),
        edges=edges,
        histogram=np.array(counts),
    )


def _mistakes(test: TestRows, preprocessing: Preprocessing) -> list[Mistake]:
    """The rows that are furthest off, the worst first."""
    truth, predicted, target = test.labelled.truth, test.predicted, preprocessing.target
    if not isinstance(target, ClassTarget):
        errors = predicted - truth
        worst = np.argsort(-np.abs(errors), kind="stable")[:N_MISTAKES]
        texts = [(exact(float(truth[row])), number(float(predicted[row])), float(errors[row])) for row in worst]
    else:
        codes = test.codes
        of_truth = predicted[np.arange(len(truth)), truth]
        wrong = np.flatnonzero(codes != truth)
        worst = wrong[np.argsort(of_truth[wrong], kind="stable")[:N_MISTAKES]]
        labels = target.labels
        texts = [(labels[truth[row]], labels[codes[row]], float(of_truth[row])) for row in worst]
    return [Mistake(place, *text) for place, text in zip(_places(test, worst), texts, strict=True)]


def _places(test: TestRows, positions: np.ndarray) -> list[tuple[str, ...]]:
    """What names rows: the cells of the id columns, or the number of the row in its file, counted from 1."""
    if not test.ids.num_columns:
        return [(str(row + 1),) for row in test.labelled.source_rows[positions].tolist()]
    chosen = test.ids.take(arrow_from_numpy(positions))
    columns = [["" if cell is None else str(cell) for cell in column.to_pylist()] for column in chosen.columns]
    return list(zip(*columns, strict=True))


def page_name(path: Path, metrics: RunMetrics) -> str:
    """What heads the page of a run: its directory; that of an average within the directory of its seeds.

    Args:
        path: The run directory.
        metrics: Its result.
    """
    path = path.resolve()
    return path.name if metrics.average is None else f"{path.parent.name}/{path.name}"
