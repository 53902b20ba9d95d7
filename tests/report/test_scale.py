"""Places and round numbers."""

import math

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dltrain.report.charts.axes import tick_text
from dltrain.report.charts.scale import Scale, scale_for

NUMBERS = st.floats(-1e300, 1e300, allow_nan=False)


def test_the_ends_lie_at_their_places() -> None:
    scale = Scale(10.0, 20.0, 100.0, 0.0)
    assert scale([10.0, 15.0, 20.0]).tolist() == [100, 50, 0]  # type: ignore[arg-type]


def test_equal_ratios_are_equal_distances_on_a_logarithmic_scale() -> None:
    scale = Scale(1.0, 100.0, 0.0, 2.0, is_log=True)
    np.testing.assert_allclose(scale(np.array([1.0, 10.0, 100.0])), [0, 1, 2])


@given(st.lists(NUMBERS, min_size=1, max_size=5), st.booleans(), st.booleans())
def test_all_numbers_have_room_and_there_are_a_few_ticks(
    values: list[float], from_zero: bool, may_be_log: bool
) -> None:
    scale = scale_for([np.array(values)], 0.0, 100.0, from_zero=from_zero, may_be_log=may_be_log)
    assert all(-0.01 <= place <= 100.01 for place in scale(np.array(values)))
    ticks = scale.ticks()
    assert 1 <= len(ticks) <= 12
    assert all(map(math.isfinite, ticks))
    assert ticks == sorted(set(ticks))


@pytest.mark.parametrize("value", [4e307, 5e307, 1.7e308])
def test_the_largest_numbers_have_places(value: float) -> None:
    scale = scale_for([np.array([value, 1.0, -value])], 0.0, 100.0)
    assert np.isfinite(scale(np.array([value, -value]))).all()
    assert all(map(math.isfinite, scale_for([np.array([value])], 0.0, 1.0).ticks()))


@given(st.floats(1e-9, 1e9), st.floats(0, 1e-2))
@example(-0.0337007, 1e-7)
def test_ticks_of_nearly_equal_numbers_can_be_told_apart(value: float, difference: float) -> None:
    texts = [tick_text(tick) for tick in scale_for([np.array([value, value * (1 + difference)])], 0.0, 100.0).ticks()]
    assert len(set(texts)) == len(texts)


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [(0.0, 1.0, [0, 0.2, 0.4, 0.6, 0.8, 1]), (-3.0, 12.0, [0, 5, 10]), (0.031, 0.044, [0.035, 0.04])],
)
def test_ticks_are_round_numbers(low: float, high: float, expected: list[float]) -> None:
    assert Scale(low, high, 0.0, 1.0).ticks() == expected


def test_losses_of_very_different_size_get_a_logarithmic_scale() -> None:
    values = [np.array([1000.0, 1.0])]
    assert scale_for(values, 0, 1, may_be_log=True).is_log
    assert not scale_for(values, 0, 1).is_log
    assert not scale_for([np.array([1000.0, 0.0])], 0, 1, may_be_log=True).is_log
