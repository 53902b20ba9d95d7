"""Dropout's random numbers."""

import numpy as np
import pytest

pytestmark = pytest.mark.slow


def numpy_hash(words: np.ndarray) -> np.ndarray:
    """lowbias32, written again with NumPy."""
    words = words.astype(np.uint32)
    words = words ^ (words >> np.uint32(16))
    words = words * np.uint32(0x7FEB352D)
    words = words ^ (words >> np.uint32(15))
    words = words * np.uint32(0x846CA68B)
    mixed: np.ndarray = words ^ (words >> np.uint32(16))
    return mixed


def numpy_mask(shape: tuple[int, int], *, rate: float, seed: int, step: int) -> np.ndarray:
    """True where dropout keeps an element."""
    first = numpy_hash(numpy_hash(np.array([step])) ^ np.uint32(seed))
    second = numpy_hash(first)
    positions = np.arange(shape[0] * shape[1], dtype=np.uint32).reshape(shape)
    is_kept: np.ndarray = numpy_hash(numpy_hash(positions ^ first) + second) >= np.uint32(round(rate * 2**32))
    return is_kept


def kept(step: int, *, shape: tuple[int, int] = (64, 100), rate: float = 0.3, seed: int = 5) -> np.ndarray:
    import tensorflow as tf

    from dltrain.training.forward import dropout

    outputs = dropout(tf.ones(shape), rate=rate, seed=seed, step=tf.constant(step, tf.int64))
    mask: np.ndarray = np.asarray(outputs) != 0
    np.testing.assert_allclose(np.asarray(outputs)[mask], 1 / (1 - rate), rtol=1e-6)
    return mask


@pytest.mark.parametrize(("rate", "seed", "step"), [(0.3, 5, 0), (0.5, 2**32 - 1, 7), (0.05, 0, 123_456)])
def test_mask_equals_the_numpy_reference(rate: float, seed: int, step: int) -> None:
    np.testing.assert_array_equal(
        kept(step, rate=rate, seed=seed), numpy_mask((64, 100), rate=rate, seed=seed, step=step)
    )


def test_a_rate_next_to_1_drops_all_it_can() -> None:
    import tensorflow as tf

    from dltrain.training.forward import dropout

    outputs = dropout(tf.ones((64, 100)), rate=1 - 1e-12, seed=5, step=tf.constant(1, tf.int64))
    assert np.count_nonzero(outputs) <= 1


@pytest.mark.parametrize("rate", [0.05, 0.3, 0.5, 0.9])
def test_share_of_dropped_elements_is_the_rate(rate: float) -> None:
    n_elements, steps = 6400, 100
    dropped = sum((~kept(step, rate=rate)).sum() for step in range(steps))
    deviation = np.sqrt(n_elements * steps * rate * (1 - rate))
    assert abs(dropped - n_elements * steps * rate) < 4 * deviation


def test_masks_of_steps_layers_rows_and_units_are_uncorrelated() -> None:
    masks = np.array([kept(step, rate=0.5).ravel() for step in range(60)] + [kept(0, rate=0.5, seed=6).ravel()])
    correlation = np.corrcoef(masks.astype(float))
    np.fill_diagonal(correlation, 0)
    assert np.abs(correlation).max() < 5 / np.sqrt(masks.shape[1])
    for lag in (1, 2, 64, 100):
        shifted = np.corrcoef(masks[:, lag:].ravel(), masks[:, :-lag].ravel())[0, 1]
        assert abs(shifted) < 4 / np.sqrt(masks.size)


def test_counts_of_kept_units_vary_as_a_binomial_does() -> None:
    counts = np.concatenate([kept(step, rate=0.3).sum(axis=1) for step in range(100)])
    assert counts.var() == pytest.approx(100 * 0.3 * 0.7, rel=0.06)


def test_rate_zero_keeps_everything() -> None:
    assert kept(0, rate=0.0).all()


@pytest.mark.parametrize("stddev", [0.1, 2.0])
def test_noise_is_normal_with_the_given_deviation(stddev: float) -> None:
    import tensorflow as tf
    from scipy import stats

    from dltrain.training.forward import gaussian_noise

    draws = [
        np.asarray(gaussian_noise(tf.zeros((100, 64)), stddev=stddev, seed=9, step=tf.constant(step, tf.int64)))
        for step in range(40)
    ]
    assert stats.kstest(np.ravel(draws) / stddev, "norm").pvalue > 0.01
    assert np.abs(np.corrcoef([draw.ravel() for draw in draws]) - np.eye(40)).max() < 5 / np.sqrt(6400)
