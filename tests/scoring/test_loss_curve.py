"""Noise, fall and trend of a curve of losses."""

import numpy as np
import pytest

from dltrain.scoring.loss_curve import FEWEST_EPOCHS, LossCurve


def decay(n_epochs: int, *, time: float, floor: float = 0.0) -> np.ndarray:
    return floor + np.exp(-np.arange(n_epochs) / time)


def noisy(curve: np.ndarray, noise: float, seed: int = 0) -> LossCurve:
    return LossCurve(curve + np.random.default_rng(seed).normal(0, noise, len(curve)))


@pytest.mark.parametrize("noise", [0.001, 0.05])
@pytest.mark.parametrize("time", [3.0, 100.0])
def test_noise_is_found_beside_a_steep_or_a_gentle_fall(noise: float, time: float) -> None:
    assert noisy(decay(400, time=time), noise).noise == pytest.approx(noise, rel=0.15)


@pytest.mark.parametrize(("n_epochs", "time"), [(9, 5.0), (20, 8.0), (101, 30.0), (400, 50.0)])
def test_the_later_share_of_an_exponential_follows_from_its_time(n_epochs: int, time: float) -> None:
    curve = LossCurve(decay(n_epochs, time=time, floor=3.0))
    distance = (n_epochs - curve.width) / 2
    assert curve.later_share == pytest.approx(np.exp(-distance / time), rel=0.05)


@pytest.mark.parametrize("n_epochs", [10, 12, 17, 24, 41])
def test_a_straight_line_falls_as_much_in_both_halves(n_epochs: int) -> None:
    assert LossCurve(np.linspace(5, 4, n_epochs)).later_share == pytest.approx(1)


def test_what_is_still_to_gain_of_an_exponential_is_what_it_does_gain() -> None:
    curve = LossCurve(decay(200, time=60))
    longer = LossCurve(decay(300, time=60))
    assert curve.still_to_gain == pytest.approx(curve.end - longer.end, rel=0.15)


@pytest.mark.parametrize("n_epochs", [18, 20, 23, 30])
def test_a_short_exponential_is_not_promised_more_than_it_gains(n_epochs: int) -> None:
    curve = LossCurve(decay(n_epochs, time=n_epochs / 4, floor=0.3))
    longer = LossCurve(decay(n_epochs + n_epochs // 2, time=n_epochs / 4, floor=0.3))
    assert 0 < curve.still_to_gain <= 1.1 * (curve.end - longer.end)


def test_nothing_is_to_gain_from_noise() -> None:
    gains = [noisy(np.full(50, 2.0), 0.1, seed).still_to_gain for seed in range(50)]
    assert np.count_nonzero(gains) <= 1


def test_the_lowest_epoch_is_where_the_curve_turns() -> None:
    epochs = np.arange(1, 81)
    curve = noisy((epochs - 30) ** 2 / 1000.0, 0.02)
    assert abs(curve.lowest_epoch - 30) <= 5
    assert curve.lowest == pytest.approx(0, abs=0.05)
    assert curve.end - curve.lowest > curve.least_difference


@pytest.mark.parametrize("values", [[1.0] * (FEWEST_EPOCHS - 1), [1.0] * 20 + [np.nan]])
def test_a_short_or_broken_curve_tells_nothing(values: list[float]) -> None:
    assert LossCurve.of(values) is None
