"""Rows whose truth is known beside what was predicted for them: what a page draws of them, and the worst of them."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from dltrain.features import ClassTarget
from dltrain.features.preprocessing import Target
from dltrain.report import BinaryResult, Mistake, MulticlassResult, RegressionResult, Result
from dltrain.report.number_text import exact, number
from dltrain.scoring import predicted_codes
from dltrain.scoring.curves import calibration, confusion_matrix, precision_recall_curve, roc_curve
from dltrain.table import arrow_from_numpy
from dltrain.workflows.rows.dataset import LabelledRows

N_MISTAKES = 10
N_SCORE_BINS = 20
LARGEST_DRAWN = 1e150
"""The squares of larger numbers are beyond float64."""
MAX_CURVE_POINTS = 300
"""More are closer to one another than the pixels of a picture."""


@dataclass(frozen=True)
class PredictedRows:
    """The rows.

    Attributes:
        labelled: The rows; of their table only the places where rows stood are looked at.
        values: What was predicted, as `Predictions.values`.
        threshold: How probabilities become labels, as in `predicted_codes`: one, or float64 `(n,)`, that of every row.
        ids: The id columns of the rows.
    """

    labelled: LabelledRows
    values: np.ndarray
    threshold: float | np.ndarray | None
    ids: pa.Table

    @property
    def codes(self) -> np.ndarray:
        """The predicted classes, int64 `(n,)`."""
        return predicted_codes(self.values, self.threshold)

    def result(self, target: Target) -> Result | None:
        """What there is to draw of them; None where numbers are too large for it, or not finite."""
        truth, values = self.labelled.truth, self.values
        if not max(np.max(np.abs(values)), np.max(np.abs(truth))) <= LARGEST_DRAWN:
            return None
        match target.task:
            case "regression":
                return RegressionResult(truth, values)
            case "multiclass":
                return MulticlassResult(confusion_matrix(truth, self.codes, n_classes=values.shape[1]))
            case "binary":
                return self._binary_result()

    def _binary_result(self) -> BinaryResult:
        # Without the weights of classes: 70 % should mean 70 of 100 rows as they come.
        truth, weight = self.labelled.truth, self.labelled.sample_weight
        weight = np.ones(len(truth)) if weight is None else weight
        is_positive, probability = truth == 1, np.clip(self.values[:, 1], 0.0, 1.0)
        edges = np.linspace(0.0, 1.0, N_SCORE_BINS + 1)
        counts = [np.histogram(probability[truth == code], edges)[0] for code in (0, 1)]
        roc = precision_recall = None
        if np.any(weight[is_positive] > 0) and np.any(weight[~is_positive] > 0):
            roc = roc_curve(is_positive, probability, weight).thinned(MAX_CURVE_POINTS)
            precision_recall = precision_recall_curve(is_positive, probability, weight).thinned(MAX_CURVE_POINTS)
        limits = None if self.threshold is None else (float(np.min(self.threshold)), float(np.max(self.threshold)))
        return BinaryResult(
            confusion=confusion_matrix(truth, self.codes, n_classes=2),
            thresholds=limits,
            roc=roc,
            precision_recall=precision_recall,
            calibration=calibration(is_positive, probability, weight),
            edges=edges,
            histogram=np.array(counts),
        )

    def mistakes(self, target: Target) -> list[Mistake]:
        """The rows that are furthest off, the worst first."""
        truth, values = self.labelled.truth, self.values
        if not isinstance(target, ClassTarget):
            errors = values - truth
            worst = np.argsort(-np.abs(errors), kind="stable")[:N_MISTAKES]
            texts = [(exact(float(truth[row])), number(float(values[row])), float(errors[row])) for row in worst]
        else:
            codes = self.codes
            of_truth = values[np.arange(len(truth)), truth]
            wrong = np.flatnonzero(codes != truth)
            worst = wrong[np.argsort(of_truth[wrong], kind="stable")[:N_MISTAKES]]
            labels = target.labels
            texts = [(labels[truth[row]], labels[codes[row]], float(of_truth[row])) for row in worst]
        return [Mistake(place, *text) for place, text in zip(self._places(worst), texts, strict=True)]

    def _places(self, positions: np.ndarray) -> list[tuple[str, ...]]:
        """What names rows: the cells of the id columns, or the number of the row in its file, counted from 1."""
        if not self.ids.num_columns:
            return [(str(row + 1),) for row in self.labelled.source_rows[positions].tolist()]
        chosen = self.ids.take(arrow_from_numpy(positions))
        columns = [["" if cell is None else str(cell) for cell in column.to_pylist()] for column in chosen.columns]
        return list(zip(*columns, strict=True))
