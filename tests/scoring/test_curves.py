"""Curves equal scikit-learn's."""

import numpy as np
import pytest
from sklearn import metrics as reference
from sklearn.calibration import calibration_curve

from dltrain.scoring.curves import Curve, calibration, confusion_matrix, precision_recall_curve, roc_curve


def rows(seed: int, n_rows: int = 200, digits: int = 2) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Truth, probabilities with ties, and weights, some of them 0."""
    rng = np.random.default_rng(seed)
    is_positive = rng.random(n_rows) < 0.3
    is_positive[:2] = False, True
    probability = np.round(np.clip(rng.normal(0.3 + 0.3 * is_positive, 0.2), 0, 1), digits)
    weight = rng.integers(0, 4, n_rows).astype(np.float64)
    weight[:2] = 1
    return is_positive, probability, weight


@pytest.mark.parametrize("seed", range(5))
def test_the_roc_curve_equals_scikit_learn(seed: int) -> None:
    is_positive, probability, weight = rows(seed)
    curve = roc_curve(is_positive, probability, weight)
    false, true, _ = reference.roc_curve(is_positive, probability, sample_weight=weight, drop_intermediate=False)
    np.testing.assert_allclose(np.unique(curve, axis=1), np.unique([false, true], axis=1), atol=1e-12)
    assert reference.auc(*curve) == pytest.approx(
        reference.roc_auc_score(is_positive, probability, sample_weight=weight)
    )


@pytest.mark.parametrize("seed", range(5))
def test_the_precision_recall_curve_equals_scikit_learn(seed: int) -> None:
    is_positive, probability, weight = rows(seed)
    curve = precision_recall_curve(is_positive, probability, weight)
    precision, recall, _ = reference.precision_recall_curve(
        is_positive[weight > 0], probability[weight > 0], sample_weight=weight[weight > 0]
    )
    assert curve.x[0] == 0
    assert curve.y[0] == 1
    expected = set(zip(recall.round(9).tolist(), precision.round(9).tolist(), strict=True))
    assert set(zip(curve.x.round(9).tolist(), curve.y.round(9).tolist(), strict=True)) == expected


@pytest.mark.parametrize("seed", range(5))
def test_calibration_equals_scikit_learn(seed: int) -> None:
    is_positive, probability, _ = rows(seed, digits=6)
    found = calibration(is_positive, probability, np.ones(len(probability)))
    observed, predicted = calibration_curve(is_positive, probability, n_bins=10)
    np.testing.assert_allclose(found.predicted, predicted)
    np.testing.assert_allclose(found.observed, observed)
    assert found.rows.sum() == len(probability)


def test_a_weight_counts_as_so_many_rows_in_the_calibration() -> None:
    is_positive, probability, weight = rows(0)
    repeated = np.repeat(np.arange(len(weight)), weight.astype(int))
    found = calibration(is_positive, probability, weight)
    expected = calibration(is_positive[repeated], probability[repeated], np.ones(len(repeated)))
    np.testing.assert_allclose(found.predicted, expected.predicted)
    np.testing.assert_allclose(found.observed, expected.observed)


def test_the_confusion_matrix_equals_scikit_learn() -> None:
    codes, predicted = np.random.default_rng(0).integers(0, 5, (2, 300))
    expected = reference.confusion_matrix(codes, predicted, labels=np.arange(6))
    assert confusion_matrix(codes.astype(np.int32), predicted, n_classes=6).tolist() == expected.tolist()


def test_a_thinned_curve_keeps_its_ends_and_its_area() -> None:
    is_positive, probability, weight = rows(0, n_rows=20_000, digits=9)
    curve = roc_curve(is_positive, probability, weight)
    thinned = curve.thinned(300)
    assert len(thinned.x) <= 302
    for whole, part in zip(curve, thinned, strict=True):
        assert (part[0], part[-1]) == (whole[0], whole[-1])
    assert reference.auc(*thinned) == pytest.approx(reference.auc(*curve), abs=2e-3)
    short = Curve(np.arange(3.0), np.arange(3.0))
    assert short.thinned(300) is short
