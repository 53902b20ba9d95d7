"""Numbers that mean missing."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dltrain.profiling.far_numbers import far_above, far_below


@given(st.lists(st.floats(0, 400), min_size=2, max_size=9), st.sampled_from([-999.0, -9999.0]))
def test_a_sign_for_missing_is_found_wherever_it_stands(others: list[float], sign: float) -> None:
    numbers = np.array([*others, sign])
    assert far_below(numbers).tolist() == [False] * len(others) + [True]
    assert far_below(numbers[::-1]).tolist() == [True] + [False] * len(others)


@pytest.mark.parametrize(
    "numbers", [[], [-999.0], [-999.0, np.nan, 3.0], [-999.0, 0.0, 1000.0], [-998.0, 0.0], [np.inf]]
)
def test_other_numbers_are_not(numbers: list[float]) -> None:
    assert not far_below(np.array(numbers)).any()


@given(st.lists(st.floats(0, 200), min_size=2, max_size=9, unique=True), st.sampled_from([999.0, 9999.0]))
def test_nines_far_above_are_found_wherever_they_stand(others: list[float], sign: float) -> None:
    numbers = np.array([*others, sign])
    assert far_above(numbers).tolist() == [False] * len(others) + [True]
    assert far_above(numbers[::-1]).tolist() == [True] + [False] * len(others)


@pytest.mark.parametrize(
    "numbers", [[], [999.0], [1.0, 999.0], [np.nan, 3.0, 999.0], [10.0, 400.0, 999.0], [1.0, 2.0, 998.0], [np.inf]]
)
def test_other_high_numbers_are_not(numbers: list[float]) -> None:
    assert not far_above(np.array(numbers)).any()
