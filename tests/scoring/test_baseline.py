import numpy as np
import pytest

from dltrain.scoring.baseline import Baseline, fit_baseline
from dltrain.scoring.metrics import compute_metrics


def test_regression_predicts_the_weighted_mean_everywhere() -> None:
    baseline = fit_baseline(np.array([1.0, 2.0, 6.0]), sample_weight=np.array([1.0, 1.0, 2.0]))

    assert baseline.prediction == pytest.approx(3.75)
    assert baseline.predict(2).tolist() == [3.75, 3.75]


def test_classes_are_predicted_with_their_weighted_shares() -> None:
    y = np.array([0, 1, 1, 3])

    baseline = fit_baseline(y, n_classes=4, sample_weight=np.array([1.0, 1.0, 2.0, 4.0]))

    assert baseline.prediction == (0.125, 0.375, 0.0, 0.5)
    assert baseline.predict(2).tolist() == [[0.125, 0.375, 0.0, 0.5]] * 2


def test_of_classes_that_weigh_the_same_the_first_is_predicted() -> None:
    rng = np.random.default_rng(0)
    for _ in range(50):
        counts = rng.integers(1, 90, 3)
        y = rng.permutation(np.repeat(np.arange(3), counts))
        balanced = fit_baseline(y, n_classes=3, sample_weight=(y.size / (3 * counts))[y])
        assert np.unique(balanced.predict(1)).size == 1
        shares = fit_baseline(np.arange(3), n_classes=3, sample_weight=counts * (1 / counts))
        assert np.unique(shares.predict(1)).size == 1


def test_without_weights_all_rows_count_alike() -> None:
    assert fit_baseline(np.array([1.0, 2.0])).prediction == 1.5
    assert fit_baseline(np.array([0, 1, 1, 1]), n_classes=2).prediction == (0.25, 0.75)


def test_r2_of_the_training_mean_is_0() -> None:
    y = np.random.default_rng(0).normal(5, 2, 100)

    assert compute_metrics(["r2"], y, fit_baseline(y).predict(100))["r2"] == pytest.approx(0, abs=1e-12)


def test_accuracy_of_the_class_shares_is_the_share_of_the_majority() -> None:
    y = np.array([0, 1, 1, 2])

    values = compute_metrics(["accuracy", "roc_auc"], y, fit_baseline(y, n_classes=3).predict(4))

    assert values == {"accuracy": 0.5, "roc_auc": 0.5}


@pytest.mark.parametrize("baseline", [Baseline(prediction=1.5), Baseline(prediction=(0.25, 0.75))])
def test_a_baseline_survives_json(baseline: Baseline) -> None:
    assert Baseline.model_validate_json(baseline.model_dump_json()) == baseline


@pytest.mark.parametrize("weights", [[0.5, 2.0, 7.0], [1.0, 1.0, 1.0], [1e-300, 1.0, 1.0]])
def test_without_class_weights_the_shares_are_those_of_the_rows(weights: list[float]) -> None:
    y = np.array([0, 1, 1, 2, 2, 2])
    weighted = fit_baseline(y, n_classes=3, sample_weight=np.array(weights)[y])

    plain = weighted.without_class_weights(dict(zip("abc", weights, strict=True)))

    assert plain is not None
    assert plain.prediction == pytest.approx(fit_baseline(y, n_classes=3).prediction)


@pytest.mark.parametrize("weights", [{"a": 0.0, "b": 1.0}, {"a": 1.0}, {"a": 5e-324, "b": 1.0}])
def test_shares_that_weights_have_wiped_out_are_not_known(weights: dict[str, float]) -> None:
    assert Baseline(prediction=(0.5, 0.5)).without_class_weights(weights) is None
    assert Baseline(prediction=0.5).without_class_weights(weights) is None
