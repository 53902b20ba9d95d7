"""The format in which all numbers of a table can be read."""

import pytest

from dltrain.config.sections.data import NumberFormat
from dltrain.profiling import changes, profile_column
from dltrain.profiling.findings_text import text_finding
from dltrain.profiling.number_format import doubtful_commas, doubtful_points, find_number_format
from tests.features.tables import table_of
from tests.profiling.configs import config_of

COMMAS = [f"{n},{n % 7}5" for n in range(60)]
GROUPED_COMMAS = [f"{n + 1}.{n:03d},5" for n in range(60)]
POINTS = [f"{n}.{n % 7}5" for n in range(60)]
GROUPED_POINTS = [f"{n + 1}.{n:03d}" for n in range(60)]
GROUPED = [f"{n + 1},{n:03d}" for n in range(60)]
SPACED = [f"{n + 1}\u00a0{n:03d}" for n in range(60)]
SPACED_COMMAS = [*COMMAS[:10], *(f"{n + 1}\u202f{n:03d},{n % 7}5" for n in range(60))]
QUOTED_COMMAS = [f"{n + 1}'{n:03d},{n % 7}5" for n in range(70)]
WHOLE = [str(n) for n in range(60)]
WORDS = ["Rome", "Oslo, N", "Bern 1,5"] * 20


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        ([COMMAS, WHOLE, WORDS], NumberFormat(",", None)),
        ([GROUPED_COMMAS, WHOLE], NumberFormat(",", ".")),
        ([COMMAS, GROUPED_POINTS], NumberFormat(",", ".")),
        ([COMMAS, SPACED], NumberFormat(",", " ")),
        ([SPACED_COMMAS], NumberFormat(",", " ")),
        ([QUOTED_COMMAS], NumberFormat(",", "'")),
        ([SPACED_COMMAS, QUOTED_COMMAS], None),
        ([GROUPED, POINTS], NumberFormat(".", ",")),
        ([SPACED, WHOLE], NumberFormat(".", " ")),
        ([COMMAS, POINTS], None),
        ([[*GROUPED, "1 234"]], NumberFormat(".", ",")),
        ([["1 234", *GROUPED]], NumberFormat(".", ",")),
        ([[*GROUPED_COMMAS, "1 234,50"]], NumberFormat(",", ".")),
        ([COMMAS, GROUPED_POINTS, SPACED], None),
        ([GROUPED, SPACED], None),
        ([POINTS, GROUPED_POINTS, WORDS], None),
    ],
)
def test_the_columns_decide_together(columns: list[list[str]], expected: NumberFormat | None) -> None:
    table = table_of(**{f"x{place}": cells for place, cells in enumerate(columns)})
    profiles = [profile_column(table, name) for name in table.column_names]
    assert find_number_format(profiles, config_of()) == expected


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        ({"a": COMMAS, "b": GROUPED_POINTS}, {"b": "1.000"}),
        ({"a": GROUPED_COMMAS, "b": GROUPED_POINTS}, {}),
        ({"a": COMMAS, "b": ["1.000.000", *GROUPED_POINTS[1:]]}, {}),
        ({"a": COMMAS, "b": WHOLE}, {}),
    ],
)
def test_a_point_that_may_stand_before_a_fraction_is_doubtful(
    columns: dict[str, list[str]], expected: dict[str, str]
) -> None:
    table = table_of(**columns)
    profiles = [profile_column(table, name) for name in table.column_names]
    assert doubtful_points(profiles, config_of(data={"decimal": ",", "thousands": "."})) == expected
    assert doubtful_points(profiles, config_of(data={"decimal": ","})) == {}


@pytest.mark.parametrize(
    ("separator", "columns", "expected"),
    [
        (";", [GROUPED, WHOLE], NumberFormat(",", None)),
        ("tab", [GROUPED, WHOLE], NumberFormat(".", ",")),
        (";", [GROUPED, POINTS], NumberFormat(".", ",")),
        (";", [GROUPED, ["1,234,567", *GROUPED[1:]]], NumberFormat(".", ",")),
        (";", [GROUPED, ["1,234.5", *GROUPED[1:]]], NumberFormat(".", ",")),
        (";", [GROUPED, SPACED], NumberFormat(",", " ")),
        (";", [GROUPED, GROUPED_POINTS], NumberFormat(",", ".")),
    ],
)
def test_semicolons_divide_cells_where_numbers_have_decimal_commas(
    separator: str, columns: list[list[str]], expected: NumberFormat
) -> None:
    table = table_of(**{f"x{place}": cells for place, cells in enumerate(columns)})
    profiles = [profile_column(table, name) for name in table.column_names]
    assert find_number_format(profiles, config_of(data={"separator": separator})) == expected


@pytest.mark.parametrize(
    ("data", "columns", "expected"),
    [
        ({"separator": ";", "decimal": ","}, {"a": GROUPED, "b": WHOLE}, {"a": "1,000"}),
        ({"separator": ";", "decimal": ","}, {"a": GROUPED, "b": COMMAS}, {}),
        ({"separator": ";", "decimal": ",", "thousands": "."}, {"a": GROUPED, "b": GROUPED_COMMAS}, {}),
        ({"separator": "tab", "decimal": ","}, {"a": GROUPED}, {}),
        ({"separator": "tab", "thousands": ","}, {"a": GROUPED}, {"a": "1,000"}),
        ({"separator": "tab", "thousands": ","}, {"a": GROUPED, "b": POINTS}, {}),
        ({"separator": ",", "thousands": ","}, {"a": GROUPED}, {}),
        ({"separator": ";"}, {"a": GROUPED}, {}),
    ],
)
def test_a_comma_that_may_mean_something_else_is_doubtful(
    data: dict[str, str], columns: dict[str, list[str]], expected: dict[str, str]
) -> None:
    table = table_of(**columns)
    profiles = [profile_column(table, name) for name in table.column_names]
    assert doubtful_commas(profiles, config_of(data=data)) == expected


def test_a_format_that_the_config_has_stays() -> None:
    profile = profile_column(table_of(x=COMMAS), "x")
    assert find_number_format([profile], config_of(data={"thousands": "'"})) is None


def test_the_change_is_what_a_shell_can_take() -> None:
    profile = profile_column(table_of(x=GROUPED_COMMAS), "x")
    finding = text_finding(profile, config_of(), NumberFormat(",", "."))
    assert finding is not None
    assert finding.change == changes.write_numbers(NumberFormat(",", ".")) == ('data.decimal=","', 'data.thousands="."')
