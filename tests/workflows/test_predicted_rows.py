"""What a page draws of predicted rows."""

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest
from sklearn.calibration import calibration_curve

from dltrain.features import ClassTarget
from dltrain.report import BinaryResult
from dltrain.table import Table
from dltrain.workflows.fitting.predicted_rows import PredictedRows
from dltrain.workflows.rows.dataset import LabelledRows


def drawn(labelled: LabelledRows, positive: np.ndarray) -> BinaryResult:
    values = np.column_stack([1 - positive, positive])
    target = ClassTarget(task="binary", name="y", labels=("no", "yes"))
    result = PredictedRows(labelled, values, None, pa.table({})).result(target)
    assert isinstance(result, BinaryResult)
    return result


def test_class_weights_do_not_count_in_calibration_and_curves_and_sample_weights_do() -> None:
    rng = np.random.default_rng(0)
    positive = rng.random(2_000)
    truth = (rng.random(2_000) < positive).astype(np.int32)
    rows = LabelledRows(Table(pa.table({}), "t.csv"), np.arange(2_000), truth)
    plain = drawn(rows, positive)
    observed, predicted = calibration_curve(truth, positive, n_bins=10)
    np.testing.assert_allclose(plain.calibration[1], observed)
    np.testing.assert_allclose(plain.calibration[0], predicted)
    weighted = drawn(rows.weighted_by_class(np.array([0.6, 5.0])), positive)
    np.testing.assert_array_equal(weighted.calibration, plain.calibration)
    assert weighted.precision_recall is not None
    assert weighted.precision_recall[1][-1] == pytest.approx(truth.mean())
    twice = np.where(truth == 1, 2.0, 1.0)
    doubled = drawn(replace(rows, sample_weight=twice).weighted_by_class(np.array([0.6, 5.0])), positive)
    assert (doubled.calibration[1][1:-1] > plain.calibration[1][1:-1]).all()
