from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from dltrain.features.date_parts import PARTS, PERIODS, on_circle, part_values, varying_parts

TIMES = st.lists(st.datetimes(), min_size=1, max_size=30).map(lambda times: np.array(times, "datetime64[us]"))


@given(TIMES)
def test_parts_are_those_of_pandas(times: np.ndarray) -> None:
    dates = pd.Series(times).dt
    hours = dates.hour + dates.minute / 60 + (dates.second + dates.microsecond / 1e6) / 3600
    expected: dict[str, Any] = {
        "year": dates.year,
        "month": dates.month,
        "day": dates.day,
        "weekday": dates.day_of_week,
        "hour": hours,
    }
    for part in PARTS:
        np.testing.assert_allclose(part_values(times, part), expected[part], rtol=1e-12, err_msg=part)


@given(TIMES)
def test_points_lie_on_the_unit_circle_and_come_again_after_a_period(times: np.ndarray) -> None:
    for part, period in PERIODS.items():
        values = part_values(times, part)
        sine, cosine = on_circle(values, part)
        np.testing.assert_allclose(sine**2 + cosine**2, 1, atol=1e-12)
        np.testing.assert_allclose(on_circle(values + period, part), [sine, cosine], atol=1e-9)


def test_december_is_as_near_to_january_as_january_to_february() -> None:
    december, january, february = on_circle(np.array([12.0, 1.0, 2.0]), "month").T
    assert np.isclose(np.linalg.norm(december - january), np.linalg.norm(january - february))


def test_parts_that_do_not_vary_are_left_out() -> None:
    days = np.array([datetime(2024, 1, 1), datetime(2024, 3, 4), np.datetime64("NaT")], "datetime64[us]")
    assert varying_parts(days) == ("month", "day")
    assert varying_parts(days[:1]) == ("year",)
    assert varying_parts(days[2:]) == ("year",)
    assert varying_parts(np.array(["2024-01-01T10:00", "2024-01-01T10:30"], "datetime64[us]")) == ("hour",)
