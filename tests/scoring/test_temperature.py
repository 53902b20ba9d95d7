import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax, softmax

from dltrain.scoring.metrics import compute_metrics
from dltrain.scoring.row_values import predicted_codes
from dltrain.scoring.temperature import fit_temperature, tempered


def drawn(n_classes: int, *, sharpness: float, n_rows: int = 800) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Logits, the classes that were drawn from them, and the float32 probabilities of logits that are sharper."""
    rng = np.random.default_rng(n_classes)
    logits = rng.normal(size=(n_rows, n_classes)) * 2
    codes = np.array([rng.choice(n_classes, p=row) for row in softmax(logits, axis=1)])
    shown = softmax((logits * sharpness).astype(np.float32), axis=1).astype(np.float64)
    if n_classes == 2:
        shown[:, 0] = 1 - shown[:, 1]
    return logits, codes, shown


@pytest.mark.parametrize("n_classes", [2, 3, 7])
@pytest.mark.parametrize("sharpness", [0.3, 1.0, 2.5])
def test_it_is_the_temperature_that_scipy_finds_from_the_logits(n_classes: int, sharpness: float) -> None:
    logits, codes, probabilities = drawn(n_classes, sharpness=sharpness)
    weight = np.random.default_rng(0).random(len(codes))

    def log_loss(log_temperature: float) -> float:
        logs = log_softmax(logits * sharpness / np.exp(log_temperature), axis=1)
        return float(np.average(-logs[np.arange(len(codes)), codes], weights=weight))

    best = minimize_scalar(log_loss, bounds=(np.log(0.05), np.log(20)), method="bounded", options={"xatol": 1e-9})
    assert fit_temperature(probabilities, codes, weight) == pytest.approx(np.exp(best.x), rel=1e-4)


@pytest.mark.parametrize("n_classes", [2, 4])
def test_probabilities_are_those_of_divided_logits(n_classes: int) -> None:
    logits, _, probabilities = drawn(n_classes, sharpness=1.0)
    np.testing.assert_allclose(tempered(probabilities, 1.7), softmax(logits / 1.7, axis=1), atol=1e-5)
    np.testing.assert_allclose(tempered(probabilities, 1 + 1e-9), probabilities, atol=1e-7)
    np.testing.assert_array_equal(tempered(probabilities, 1.0), probabilities)


PROBABILITIES = st.floats(0, 1, width=32)


@given(arrays(np.float64, st.integers(1, 20), elements=PROBABILITIES), st.floats(0.05, 20))
def test_labels_of_two_classes_stay_and_no_order_is_reversed(p: np.ndarray, temperature: float) -> None:
    both = np.stack([1 - p, p], axis=1)
    after = tempered(both, temperature)
    assert predicted_codes(after).tolist() == predicted_codes(both).tolist()
    assert (np.diff(after[np.argsort(p), 1]) >= 0).all()
    assert ((after >= 0) & (after <= 1)).all()


@given(arrays(np.float32, (6, 3), elements=st.floats(-200, 200, width=32)), st.floats(0.05, 20))
def test_labels_of_several_classes_stay(logits: np.ndarray, temperature: float) -> None:
    before = softmax(logits, axis=1).astype(np.float64)
    after = tempered(before, temperature)
    chosen = np.take_along_axis(after, predicted_codes(before)[:, np.newaxis], axis=1)[:, 0]
    assert (chosen >= after.max(axis=1)).all()
    np.testing.assert_allclose(after.sum(axis=1), 1)


@settings(max_examples=50)
@given(
    st.lists(st.tuples(st.booleans(), PROBABILITIES, st.sampled_from([0.0, 0.5, 2.0])), min_size=1, max_size=20).filter(
        lambda rows: any(weight for _, _, weight in rows)
    )
)
def test_a_temperature_is_in_its_range(rows: list[tuple[bool, float, float]]) -> None:
    truth, p, weight = (np.array(column) for column in zip(*rows, strict=True))
    temperature = fit_temperature(np.stack([1 - p, p], axis=1), truth.astype(int), weight)
    assert 0.05 <= temperature <= 20


def test_a_network_that_is_always_right_is_made_as_sharp_as_may_be() -> None:
    p = np.array([0.3, 0.6])
    assert fit_temperature(np.stack([1 - p, p], axis=1), np.array([0, 1])) == pytest.approx(0.05)
    assert fit_temperature(np.stack([1 - p, p], axis=1), np.array([1, 0])) == pytest.approx(20)


def test_a_saturated_mistake_stays_finite() -> None:
    p = np.array([0.0, 1.0, 0.5])
    both = np.stack([1 - p, p], axis=1)
    temperature = fit_temperature(both, np.array([1, 0, 1]))
    assert np.isfinite(compute_metrics(["log_loss"], np.array([1, 0, 1]), tempered(both, temperature))["log_loss"])
