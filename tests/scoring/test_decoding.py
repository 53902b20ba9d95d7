"""From outputs of a network to probabilities."""

import warnings

import numpy as np
from sklearn.metrics import log_loss

from dltrain.features import ClassTarget
from dltrain.scoring import decode_outputs

LABELS = tuple(f"label {code}" for code in range(26))


def softmax(logits: np.ndarray) -> np.ndarray:
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))


def test_probabilities_of_several_classes_add_up_to_1_and_are_those_of_the_network() -> None:
    logits = np.random.default_rng(0).normal(scale=3, size=(2_000, len(LABELS)))
    outputs = softmax(logits.astype(np.float32))
    assert np.abs(outputs.sum(axis=1, dtype=np.float64) - 1).max() > 2e-8
    probabilities = decode_outputs(outputs, ClassTarget(task="multiclass", name="y", labels=LABELS))
    assert np.abs(probabilities.sum(axis=1) - 1).max() < 1e-15
    np.testing.assert_allclose(probabilities, softmax(logits), rtol=1e-5)
    # Equal ones stay equal, and none changes places with another.
    order = np.argsort(outputs, axis=1, kind="stable")
    assert (np.diff(np.take_along_axis(probabilities, order, axis=1), axis=1) >= 0).all()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        codes = np.arange(2_000) % len(LABELS)
        assert log_loss(codes, probabilities) > 0


def test_a_probability_of_two_classes_stays_as_it_is() -> None:
    outputs = np.array([[0.1], [1.0], [0.0]], np.float32)
    probabilities = decode_outputs(outputs, ClassTarget(task="binary", name="y", labels=("no", "yes")))
    assert probabilities[:, 1].tolist() == outputs[:, 0].tolist()
    assert probabilities.sum(axis=1).tolist() == [1.0, 1.0, 1.0]


def test_probabilities_that_are_no_numbers_stay_so_without_a_warning() -> None:
    outputs = np.array([[np.nan, np.nan], [0.25, 0.75]], np.float32)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        probabilities = decode_outputs(outputs, ClassTarget(task="multiclass", name="y", labels=("a", "b")))
    assert np.isnan(probabilities[0]).all()
    assert probabilities[1].tolist() == [0.25, 0.75]
