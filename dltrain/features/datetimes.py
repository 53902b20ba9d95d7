"""Datetime features: the parts of a date become numbers, those that come again as points on a circle."""

from typing import Literal

import numpy as np
from pydantic import Field, model_validator

from dltrain.config.sections.date_formats import format_problem, is_instant, is_time_of_day, iso_instant, says_day
from dltrain.config.sections.preprocessing import MAX_FORMAT, DatetimeImpute, DatetimePart, DatetimeSection
from dltrain.config.sections.section import Section
from dltrain.features.date_parts import OF_DAYS, PARTS, PERIODS, on_circle, part_values, varying_parts
from dltrain.features.encoded import CellRemarks, EncodedColumn, FittedColumn, found
from dltrain.features.missing_cells import (
    NEVER_FILLED,
    check_complete,
    indicator_names,
    no_values_error,
    with_indicator,
)
from dltrain.features.precision import compute_float32
from dltrain.features.scaling import Scaler, fit_scaler
from dltrain.table import Table, datetime_values, have_offsets, have_times


class FittedPart(Section):
    """One part of a date.

    Attributes:
        part: Which one.
        scaler: Fitted on the filled column; None for a part that becomes sine and cosine.
    """

    part: DatetimePart
    scaler: Scaler | None

    @model_validator(mode="after")
    def _year_is_scaled(self) -> "FittedPart":
        if self.scaler is None and self.part not in PERIODS:
            raise ValueError("expected a scaler for the year, which does not come again")
        return self

    @property
    def names(self) -> tuple[str, ...]:
        """The names of its numbers."""
        return (f"{self.part}_sin", f"{self.part}_cos") if self.scaler is None else (self.part,)

    def encode(self, times: np.ndarray, *, table: Table, name: str) -> np.ndarray:
        """Its numbers, float32 `(n_numbers, n_rows)`, for datetime64[us] `(n_rows,)` without NaT."""
        values = part_values(times, self.part)
        if self.scaler is None:
            return on_circle(values, self.part).astype(np.float32)
        return compute_float32(self.scaler.transform, values, table=table, name=name)[np.newaxis]


class DatetimeFeature(Section):
    """A fitted datetime column.

    Attributes:
        name: The column.
        format: What texts look like; None for ISO dates.
        impute: Where `fill_value` comes from.
        fill_value: Replaces a missing value; None for `impute: error` and `drop`.
        parts: What becomes numbers.
        first_year, last_year: Of the training rows; None where there are none.
        has_indicator: Whether a last number says that the value is missing.
        has_offset: Whether the times of training had an offset from UTC; None in runs that do not know.
        has_time: Whether hours are seen and all dates of training had one; runs that do not know say no.
    """

    kind: Literal["datetime"] = "datetime"
    name: str
    format: str | None = Field(max_length=MAX_FORMAT)
    impute: DatetimeImpute
    fill_value: str | None
    parts: tuple[FittedPart, ...] = Field(min_length=1, max_length=5)
    first_year: int | None
    last_year: int | None
    has_indicator: bool = False
    has_offset: bool | None = None
    has_time: bool = False

    @model_validator(mode="after")
    def _is_consistent(self) -> "DatetimeFeature":
        if len({part.part for part in self.parts}) < len(self.parts):
            raise ValueError("expected different parts")
        if self.format is not None and (problem := format_problem(self.format)) is not None:
            raise ValueError(problem)
        if (self.impute in NEVER_FILLED) != (self.fill_value is None):
            raise ValueError("expected a fill_value unless impute is error or drop")
        if self.fill_value is not None and not is_instant(self.fill_value, self.format):
            raise ValueError("expected an ISO date as fill_value, or a time of day where the format is one")
        return self

    @property
    def width(self) -> int:
        """Number of features that the column becomes."""
        return len(self.feature_names)

    @property
    def places_of_hours(self) -> tuple[int, ...]:
        """Which of the features tell the hour."""
        parts = [part.part for part in self.parts for _ in part.names]
        return tuple(place for place, part in enumerate(parts) if part == "hour")

    @property
    def feature_names(self) -> tuple[str, ...]:
        """Their names."""
        names = (f"{self.name}.{name}" for part in self.parts for name in part.names)
        return (*names, *indicator_names(self.name, self.has_indicator))

    def encode(self, table: Table) -> EncodedColumn:
        """Encodes the column of a table as float32 numbers `(width, n_rows)`.

        Raises:
            DataError: The column is missing, or has cells that are no dates, or have an offset where those of training
                had none, or no time where those of training had one.
        """
        if self.has_offset is not None:
            have_offsets(table, self.name, date_format=self.format, expected=self.has_offset)
        if self.has_time:
            have_times(table, self.name, date_format=self.format, expected=True)
        return self.encode_values(datetime_values(table, self.name, date_format=self.format), table)

    def encode_values(self, times: np.ndarray, table: Table) -> EncodedColumn:
        """Encodes what `datetime_values` gives for the column of a table, datetime64[us] `(n_rows,)`.

        Raises:
            DataError: Some cells are missing and nothing says what they mean.
        """
        is_missing = found(np.isnat(times))
        check_complete(table, self.name, is_missing, impute=self.impute)
        filled = _filled(times, self.fill_value)
        numbers = np.concatenate([part.encode(filled, table=table, name=self.name) for part in self.parts])
        numbers = with_indicator(numbers, is_missing, self.has_indicator)
        remarks = CellRemarks(missing=is_missing, out_of_range=self._out_of_range(filled, is_missing))
        return EncodedColumn(numbers, remarks)

    def _out_of_range(self, filled: np.ndarray, is_missing: np.ndarray | None) -> np.ndarray | None:
        """Years beyond those of the training rows, where the network sees years."""
        if self.first_year is None or self.last_year is None or all(part.part != "year" for part in self.parts):
            return None
        years = part_values(filled, "year")
        is_beyond = (years < self.first_year) | (years > self.last_year)
        return found(is_beyond if is_missing is None else is_beyond & ~is_missing)


def resolved_parts(table: Table, name: str, rows: np.ndarray, options: DatetimeSection) -> DatetimeSection:
    """The options with the parts that the format says and that vary in the training rows, unless the config names some.

    Args:
        table: All rows.
        name: The column.
        rows: int64 `(n,)`, the training rows.
        options: As configured.

    Raises:
        DataError: Some cells are no dates.
    """
    if options.parts is not None:
        return options
    if is_time_of_day(options.format):
        return options.model_copy(update={"parts": ("hour",)})
    times = datetime_values(table, name, date_format=options.format)
    known = tuple(part for part in PARTS if part not in OF_DAYS or says_day(options.format))
    return options.model_copy(update={"parts": varying_parts(times[rows], known)})


def fit_datetime(table: Table, name: str, rows: np.ndarray, options: DatetimeSection) -> FittedColumn[DatetimeFeature]:
    """Fits a datetime column and encodes it.

    Args:
        table: Holds the column.
        name: The column.
        rows: int64 `(n,)`, n >= 1, the training rows.
        options: What to do with the column; `parts` are set, and `fill_value` for `impute: constant`.

    Raises:
        DataError: A cell is no date, only some have an offset from UTC, or every training row lacks the value to fill
            with.
    """
    times = datetime_values(table, name, date_format=options.format)
    has_offset = have_offsets(table, name, date_format=options.format)
    known = times[rows]
    known = known[~np.isnat(known)]
    fill_value = options.fill_value
    if known.size == 0 and options.impute != "constant":
        raise no_values_error(table, name, options.impute)
    if options.impute == "median":
        # Of two in the middle the earlier one: between them lies a day that nobody wrote down.
        fill_value = _instant_text(np.sort(known)[(known.size - 1) // 2], options.format)
    filled = _filled(times[rows], fill_value)
    years = part_values(known[:0] if is_time_of_day(options.format) else known, "year")
    feature = DatetimeFeature(
        name=name,
        format=options.format,
        impute=options.impute,
        fill_value=fill_value,
        parts=tuple(_fit_part(part, filled, options) for part in options.parts or ()),
        first_year=int(years.min()) if years.size else None,
        last_year=int(years.max()) if years.size else None,
        has_indicator=options.indicator,
        has_offset=has_offset,
        has_time="hour" in (options.parts or ()) and have_times(table, name, date_format=options.format),
    )
    return FittedColumn(feature, feature.encode_values(times, table))


def _fit_part(part: DatetimePart, times: np.ndarray, options: DatetimeSection) -> FittedPart:
    is_on_circle = options.cyclic and part in PERIODS
    return FittedPart(part=part, scaler=None if is_on_circle else fit_scaler(options.scale, part_values(times, part)))


def _instant_text(instant: np.datetime64, date_format: str | None) -> str:
    """An instant in ISO form: a time only, where the format is one of times of day.

    >>> _instant_text(np.datetime64("1900-01-01T08:30:00", "us"), "%H:%M")
    '08:30:00'
    """
    day, _, time = str(instant).partition("T")
    return time.removesuffix(".000000") if is_time_of_day(date_format) else f"{day}T{time}"


def _filled(times: np.ndarray, fill_value: str | None) -> np.ndarray:
    """The instants, or those that are not missing where nothing fills them."""
    is_missing = np.isnat(times)
    if not is_missing.any():
        return times
    return (
        times[~is_missing]
        if fill_value is None
        else np.where(is_missing, np.datetime64(iso_instant(fill_value), "us"), times)
    )
