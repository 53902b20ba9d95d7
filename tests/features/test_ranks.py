import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dltrain.features.ranks import Ranks

# The reference overflows between quantiles that are closer than the smallest normal number.
NUMBERS = st.integers(-9, 9).map(float) | st.floats(-1e300, 1e300).map(
    lambda value: value if abs(value) > 1e-290 else 0.0
)


def interpolated(quantiles: np.ndarray, values: np.ndarray) -> np.ndarray:
    """The reference: scikit-learn's way to the ranks."""
    ranks = np.linspace(0, 1, quantiles.size)
    upper = np.interp(values, quantiles, ranks)
    lower = -np.interp(-values, -quantiles[::-1], -ranks[::-1])
    return np.where(values <= quantiles[0], 0, np.where(values >= quantiles[-1], 1, (upper + lower) / 2))


@given(quantiles=st.lists(NUMBERS, min_size=1, max_size=40), others=st.lists(NUMBERS, max_size=40))
def test_ranks_are_the_mean_of_both_interpolations(quantiles: list[float], others: list[float]) -> None:
    ascending, values = np.sort(quantiles), np.array([*quantiles, *others])

    ranks = Ranks(ascending).of(values)

    np.testing.assert_array_equal(ranks, interpolated(ascending, values))


@pytest.mark.parametrize("n_quantiles", [2, 3, 255, 256, 257, 1_000])
def test_ranks_of_many_quantiles_are_exact_to_the_last_bit(n_quantiles: int) -> None:
    rng = np.random.default_rng(n_quantiles)
    quantiles = np.sort(np.round(rng.normal(size=n_quantiles), 2))
    values = np.concatenate([rng.normal(size=5_000), quantiles])

    np.testing.assert_array_equal(Ranks(quantiles).of(values), interpolated(quantiles, values))


@pytest.mark.parametrize("quantiles", [[0.0, 5e-324, 1e-323], [-1.7e308, 0.0, 1.7e308]])
def test_extreme_quantiles_give_ranks_without_a_warning(quantiles: list[float]) -> None:
    values = np.array([-1.7e308, *quantiles, 1.7e308])

    assert Ranks(np.array(quantiles)).of(values).tolist() == [0, 0, 0.5, 1, 1]


def test_values_far_beyond_quantiles_that_are_close_give_ranks_without_a_warning() -> None:
    assert Ranks(np.array([0.0, 2.2250738585e-313])).of(np.array([-1.0, 1.0])).tolist() == [0, 1]


def test_one_quantile_divides_in_two() -> None:
    assert Ranks(np.array([2.0])).of(np.array([1.0, 2.0, 3.0])).tolist() == [0, 0, 1]


def test_no_value_has_no_rank() -> None:
    assert Ranks(np.array([1.0, 2.0])).of(np.empty(0)).shape == (0,)
