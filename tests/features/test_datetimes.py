from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from sklearn.preprocessing import StandardScaler

from dltrain.config.sections.preprocessing import ColumnSection, DatetimeSection, PreprocessingSection
from dltrain.errors import DataError
from dltrain.features import ClassTarget, FittedFeatures, Preprocessing, fit_features
from dltrain.features.datetimes import DatetimeFeature
from dltrain.table import Table
from tests.features.tables import table_of

TARGET = ClassTarget(task="binary", name="y", labels=("no", "yes"))
DAYS = ["2024-01-31", "2023-12-24", "2022-07-01", None, "2024-02-29"]


def fitted(table: Table, n_train: int | None = None, **options: Any) -> FittedFeatures:
    section = PreprocessingSection(columns={"when": ColumnSection(**options)})
    return fit_features(table, np.arange(n_train or table.n_rows), kinds={"when": "datetime"}, section=section)


def test_the_year_is_scaled_and_the_other_parts_are_points_on_circles() -> None:
    table = table_of(when=[day for day in DAYS if day])
    fit = fitted(table)
    assert fit.features[0].feature_names == (
        *("when.year", "when.month_sin", "when.month_cos", "when.day_sin", "when.day_cos"),
        *("when.weekday_sin", "when.weekday_cos"),
    )
    dates = pd.to_datetime(pd.Series([day for day in DAYS if day])).dt
    columns = [StandardScaler().fit_transform(dates.year.to_numpy()[:, np.newaxis])[:, 0]]
    for values, period in ((dates.month, 12), (dates.day, 31), (dates.day_of_week, 7)):
        columns += [np.sin(2 * np.pi * values / period), np.cos(2 * np.pi * values / period)]
    np.testing.assert_allclose(fit.encoded.numbers, np.stack(columns, axis=1), atol=1e-6)


def test_without_circles_every_part_is_a_scaled_number() -> None:
    table = table_of(when=["2024-01-31 06:30", "2024-01-31T18:00:00"])
    fit = fitted(table, parts=("hour", "day"), cyclic=False, scale="min_max")
    assert fit.features[0].feature_names == ("when.hour", "when.day")
    assert fit.encoded.numbers.tolist() == [[0.0, 0.0], [1.0, 0.0]]


def test_missing_dates_become_the_middle_one_of_the_training_rows() -> None:
    table = table_of(when=DAYS)
    fit = fitted(table)
    feature = fit.features[0]
    assert isinstance(feature, DatetimeFeature)
    assert feature.fill_value == "2023-12-24T00:00:00.000000"
    np.testing.assert_array_equal(fit.encoded.numbers[3], fit.encoded.numbers[1])
    assert fit.encoded.counts["when"].missing == 1


def test_a_constant_date_may_have_an_offset() -> None:
    fit = fitted(table_of(when=DAYS), impute="constant", fill_value="2024-01-31T01:00+01:00")
    np.testing.assert_array_equal(fit.encoded.numbers[3], fit.encoded.numbers[0])


def test_times_of_day_become_the_hour() -> None:
    table = table_of(when=["06:00", "18:30", None, "12:15"])
    fit = fitted(table, format="%H:%M")
    feature = fit.features[0]
    assert isinstance(feature, DatetimeFeature)
    assert (feature.first_year, feature.last_year) == (None, None)
    assert feature.feature_names == ("when.hour_sin", "when.hour_cos")
    assert feature.fill_value == "12:15:00"
    angles = np.array([6, 18.5, 12.25, 12.25]) * np.pi / 12
    np.testing.assert_allclose(fit.encoded.numbers, np.stack([np.sin(angles), np.cos(angles)], axis=1), atol=1e-6)
    again = Preprocessing.model_validate_json(Preprocessing(features=(feature,), target=TARGET).model_dump_json())
    np.testing.assert_array_equal(again.features[0].encode(table).values.T, fit.encoded.numbers)


def test_a_constant_time_of_day_fills_and_equal_times_are_hours_too() -> None:
    fit = fitted(table_of(when=["08:00 PM", None]), format="%I:%M %p", impute="constant", fill_value="20:00")
    np.testing.assert_array_equal(fit.encoded.numbers[0], fit.encoded.numbers[1])
    assert fit.features[0].feature_names == ("when.hour_sin", "when.hour_cos")


def test_a_missing_date_may_be_an_error() -> None:
    with pytest.raises(
        DataError, match=r"^table: row 4: column 'when': expected a value \(impute: error\), got an empty cell"
    ):
        fitted(table_of(when=DAYS), impute="error")
    fit = fitted(table_of(when=DAYS[:3]), impute="error")
    with pytest.raises(DataError, match="row 4"):
        fit.features[0].encode(table_of(when=DAYS))


def test_years_beyond_the_training_rows_are_out_of_range() -> None:
    feature = fitted(table_of(when=DAYS[:3])).features[0]
    encoded = feature.encode(table_of(when=["2021-12-31", "2022-01-01", None, "2024-12-31", "2025-01-01"]))
    counts = encoded.remarks.counts
    assert (counts.out_of_range, counts.missing) == (2, 1)
    without_years = fitted(table_of(when=DAYS[:3]), parts=("month",)).features[0]
    assert without_years.encode(table_of(when=["1999-01-01"])).remarks.counts.out_of_range == 0


def test_parts_are_those_that_vary_in_the_training_rows() -> None:
    table = table_of(when=["2024-01-05", "2024-02-05", "2023-03-07"])
    assert fitted(table, 2).features[0].feature_names[::2] == ("when.month_sin", "when.weekday_sin")


@pytest.mark.parametrize(
    ("date_format", "months", "expected"),
    [
        ("%Y-%m", ["2018-05", "2018-06", "2020-05"], ["when.year", "when.month_sin", "when.month_cos"]),
        ("%b %Y", ["May 2018", "Aug 2018"], ["when.month_sin", "when.month_cos"]),
        ("%Y-%m", ["2018-05", "2018-05"], ["when.year"]),
    ],
)
def test_months_have_no_weekday_unless_the_config_names_it(
    date_format: str, months: list[str], expected: list[str]
) -> None:
    table = table_of(when=months)
    assert list(fitted(table, format=date_format).features[0].feature_names) == expected
    named = fitted(table, format=date_format, parts=("weekday",)).features[0].feature_names
    assert named == ("when.weekday_sin", "when.weekday_cos")


@given(st.lists(st.datetimes() | st.none(), min_size=2, max_size=20).filter(lambda times: times[0] is not None))
def test_what_was_fitted_survives_json_and_encodes_the_same(times: list[Any]) -> None:
    table = table_of(when=[None if time is None else time.isoformat() for time in times])
    fit = fitted(table)
    preprocessing = Preprocessing(features=fit.features, target=TARGET)
    again = Preprocessing.model_validate_json(preprocessing.model_dump_json())
    assert again == preprocessing
    np.testing.assert_array_equal(again.encode(table).numbers, fit.encoded.numbers)
    assert again.n_features == fit.encoded.n_features == len(again.feature_names)


def test_a_column_without_dates_is_refused() -> None:
    with pytest.raises(DataError, match="impute: median needs a value in a training row"):
        fitted(table_of(when=[None, "2024-01-31"]), 1)


def test_bad_dates_are_told_with_what_is_wrong_with_other_columns() -> None:
    table = table_of(when=["2024-01-31", "x"], n=["1", "y"])
    with pytest.raises(DataError, match=r"column 'when': expected a date .*\n.*column 'n': expected a number"):
        fit_features(table, np.arange(2), kinds={"when": "datetime", "n": "numeric"}, section=PreprocessingSection())


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"parts": ()}, "at least 1"),
        ({"parts": ({"part": "day", "scaler": None}, {"part": "day", "scaler": None})}, "expected different parts"),
        ({"parts": ({"part": "year", "scaler": None},)}, "expected a scaler for the year"),
        ({"format": "%Q"}, "expected a format of strptime"),
        ({"fill_value": None}, "expected a fill_value unless"),
        ({"fill_value": "soon"}, "expected an ISO date"),
    ],
)
def test_damaged_state_is_refused(change: dict[str, Any], message: str) -> None:
    state = fitted(table_of(when=DAYS)).features[0].model_dump()
    with pytest.raises(ValidationError, match=message):
        DatetimeFeature.model_validate(state | change)


def test_defaults_of_the_section_hold_for_all_columns() -> None:
    section = PreprocessingSection(datetime=DatetimeSection(format="%d.%m.%Y", parts=("month",)))
    fit = fit_features(table_of(when=["31.1.2024"]), np.arange(1), kinds={"when": "datetime"}, section=section)
    assert fit.features[0].width == 2


LOCAL = ["2024-01-31T12:00:00", "2024-02-28T23:30:00", None, "2024-03-01"]
ZONED = ["2024-01-31T12:00:00+01:00", "2024-02-28T23:30:00Z", None, "2024-03-01T00:00:00-0500"]


def stored(cells: list[str | None], zone: str | None) -> pa.Array:
    times = pd.to_datetime(pd.Series(cells[:2]))
    return pa.Array.from_pandas(times if zone is None else times.dt.tz_localize(zone))


def test_times_with_and_without_an_offset_do_not_mix_in_a_column() -> None:
    with pytest.raises(DataError) as caught:
        fitted(table_of(when=[*LOCAL, ZONED[1]]))
    assert caught.value.message == (
        "table: row 5: column 'when': expected a time without an offset from UTC, as all others have, got "
        "'2024-02-28T23:30:00Z'"
    )
    with pytest.raises(DataError, match="row 2: column 'when': expected a time with an offset such as"):
        fitted(table_of(when=[ZONED[0], LOCAL[1]]))


@pytest.mark.parametrize(("trained", "others", "has_offset"), [(LOCAL, ZONED, False), (ZONED, LOCAL, True)])
def test_later_times_have_an_offset_where_those_of_training_had_one(
    trained: list[str | None], others: list[str | None], has_offset: bool
) -> None:
    feature = fitted(table_of(when=trained)).features[0]
    assert isinstance(feature, DatetimeFeature)
    assert feature.has_offset is has_offset
    feature.encode(table_of(when=trained[1:]))
    feature.encode(table_of(when=[None, None]))
    zone = "Europe/Vienna" if has_offset else None
    feature.encode(Table(pa.table({"when": stored(LOCAL, zone)}), "test"))
    wrong_zone = None if has_offset else "Europe/Vienna"
    for table in (table_of(when=others), Table(pa.table({"when": stored(LOCAL, wrong_zone)}), "test")):
        with pytest.raises(
            DataError, match=f"a time with{'' if has_offset else 'out'} an offset .*as in training, got"
        ):
            feature.encode(table)
    # Runs made before do not know.
    feature.model_copy(update={"has_offset": None, "has_time": False}).encode(table_of(when=others))


def test_later_dates_have_a_time_where_all_of_training_had_one() -> None:
    days = pd.date_range("2024-01-01", periods=60, freq="29h")
    texts = [str(day) for day in days]
    feature = fitted(table_of(when=[*texts, None])).features[0]
    assert isinstance(feature, DatetimeFeature)
    assert feature.has_time
    feature.encode(table_of(when=[texts[0], "2025-01-31T08:30", None]))
    feature.encode(Table(pa.table({"when": pa.array(days[:3].to_pydatetime())}), "test"))
    with pytest.raises(
        DataError, match="row 2: column 'when': expected a date with a time of day, as in training"
    ) as caught:
        feature.encode(table_of(when=[texts[0], "2025-01-31"]))
    assert caught.value.hint == "a date alone would be taken for midnight"
    with pytest.raises(DataError, match="expected a date with a time of day"):
        feature.encode(Table(pa.table({"when": pa.array([days[0].date()])}), "test"))
    # Where some of training had none, or hours are not seen, a date alone means what it meant there.
    for trained, parts in (([*texts, "2024-05-01"], None), (texts, ("month",))):
        other = fitted(table_of(when=trained), parts=parts).features[0]
        assert isinstance(other, DatetimeFeature)
        assert not other.has_time
        other.encode(table_of(when=["2025-01-31"]))


def test_a_format_without_an_offset_has_none() -> None:
    feature = fitted(table_of(when=["31.01.2024", None]), format="%d.%m.%Y").features[0]
    assert isinstance(feature, DatetimeFeature)
    assert feature.has_offset is False
