from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from dltrain.config.sections.data import NumberFormat, TextFormat
from dltrain.profiling import Finding, profile_column
from dltrain.profiling.findings_text import text_finding
from dltrain.profiling.text_forms import DECIMAL_POINT, cells_with
from tests.features.tables import table_of
from tests.profiling.configs import config_of


def found(cells: list[Any], **data: Any) -> Finding | None:
    return text_finding(profile_column(table_of(x=cells), "x"), config_of(data=data))


def topic(cells: list[Any]) -> str | None:
    finding = found(cells)
    return None if finding is None else finding.topic


def test_rare_values_that_the_config_deals_with_are_no_news() -> None:
    profile = profile_column(table_of(x=[f"Rome-{n % 400}" for n in range(2_000)]), "x")
    for options in ({"min_count": 10}, {"encode": "target"}, {"max_categories": 20}):
        assert text_finding(profile, config_of(preprocessing={"columns": {"x": options}})) is None
    assert text_finding(profile, config_of(preprocessing={"columns": {"x": {"impute": "error"}}})) is not None


def test_a_word_among_few_numbers_is_told_until_the_config_says_what_they_are() -> None:
    cells = ["1", "2", "3"] * 20 + ["five", "five", "n/a"]
    profile = profile_column(table_of(x=cells), "x")
    first = text_finding(profile, config_of())
    assert first is not None
    assert first.change == ("data.missing_values=[n/a]",)
    second = text_finding(
        profile_column(table_of(x=[None if cell == "n/a" else cell for cell in cells]), "x"), config_of()
    )
    assert second is not None
    assert second.message.startswith("60 of 62 cells are numbers, and 2 say 'five', which makes the column text")
    assert second.change == ("preprocessing.columns.x.kind=categorical",)
    decided = config_of(preprocessing={"columns": {"x": {"kind": "categorical"}}})
    assert text_finding(profile, decided) is None


def test_words_beside_many_different_numbers_mean_missing() -> None:
    numbers = [str(n % 30 / 4) for n in range(60)]
    finding = found([*numbers, *["unknown", "refused"] * 20])
    assert finding is not None
    assert finding.message == (
        "60 of 100 cells are numbers, and 40 say 'unknown', 'refused', which makes the column text"
    )
    assert (finding.grade, finding.change) == ("warning", ("data.missing_values=[unknown, refused]",))
    money = found([*(f"${n},{n + 100}" for n in range(100, 160)), *["unknown"] * 20])
    assert money is not None
    assert (money.topic, money.change) == ("united", ('data.unit_of={x: "$"}',))


def test_a_row_of_totals_below_dates_is_to_be_removed() -> None:
    finding = found([*(f"{n % 28 + 1:02d}.0{n % 9 + 1}.2024" for n in range(60)), "Total"])
    assert finding is not None
    assert (finding.topic, finding.change) == ("dates_as_text", ("data.drop=[x]",))
    assert finding.message.endswith("'Total' is none: remove the row of totals from the table")


@pytest.mark.parametrize("form", ["{}-{:02d}", "{}/{}"])
def test_numbers_of_documents_are_no_months(form: str) -> None:
    assert topic([form.format(7_000 + n % 40, n % 12 + 1) for n in range(120)]) != "dates_as_text"


@pytest.mark.parametrize(
    "cells",
    [
        [str(n % 10) for n in range(60)] + ["unknown"] * 20,
        [str(n % 30) for n in range(60)] + ["unknown"] * 60,
        [str(n % 30) for n in range(60)] + ["S", "M", "L", "XL", "XXL", "XS"] * 4,
        [str(n % 30) for n in range(60)] + ["C85"] * 20,
        [str(n % 39) for n in range(78)] + ["A", "B", "C"] * 9,
        [f"{n % 30:03d}" for n in range(60)] + ["unknown"] * 20,
    ],
)
def test_words_beside_few_numbers_or_codes_are_categories_like_them(cells: list[str]) -> None:
    assert topic(cells) not in ("numbers_as_text", "united")


PLACES = ["Rome", "Oslo", "Bern", "Riga", "Kyiv", "Lima", "Bonn"]
WORDS = ["the room was clean", "we did not like the food", "friendly staff and a good view", "never again in my life"]

SEEDED = [
    ([str(n) for n in range(60)] + [" "], "numbers_as_text"),
    ([str(n / 4) for n in range(60)] + ["NA", "?"], "numbers_as_text"),
    ([str(n / 4) for n in range(60)] + ["broken", "k.A."], "numbers_as_text"),
    ([str(n / 4) for n in range(60)] + ["n/a", "broken"], "numbers_as_text"),
    ([f"2024-{n % 12 + 1:02d}-{n % 28 + 1:02d}" for n in range(60)] + ["soon"], "dates_as_text"),
    (["1", "2", "3"] * 20 + ["n/a"], "numbers_as_text"),
    (["0", "1"] * 30 + ["?"] * 40, "numbers_as_text"),
    (["1", "2", "3"] * 20 + ["five"], "words_among_numbers"),
    (["0", "1", "2"] * 20 + ["3+"] * 6, "words_among_numbers"),
    ([f"0,{n:03d}" for n in range(100, 160)], "decimal_comma"),
    ([f"{n},{n % 1000:03d}" for n in range(1, 60)], "thousands"),
    ([f"({n},{n % 1000:03d})" if n % 2 else f"{n},500" for n in range(1, 60)], "bracketed"),
    ([f"(${n}.50)" if n % 2 else f"{n}.25" for n in range(1, 60)], "bracketed"),
    ([f"{n}'000'{n:03d}" for n in range(100, 160)], "thousands"),
    ([f"{n},{n % 10}" for n in range(60)], "decimal_comma"),
    ([f"{n}.{n:03d},5" for n in range(100, 160)], "decimal_comma"),
    ([f"1,{n:03d}" if n % 3 == 0 else str(n) for n in range(100, 200)], "thousands"),
    ([f"(USD {n}.50)" if n % 2 else f"USD {n}.25" for n in range(1, 60)], "bracketed"),
    ([f"({n} EUR)" if n % 2 else f"{n} EUR" for n in range(1, 60)], "bracketed"),
    ([f"EUR\u00a0{n}.25" for n in range(1, 60)], "united"),
    ([f"{sign}{n}.25" for n in range(1, 60) for sign in ("$", "€", "£", "CHF ", "EUR ")], "united"),
    ([f"{n / 10} L" for n in range(60)], "united"),
    ([f"{n} %" for n in range(60)], "united"),
    ([f"${n}.99" for n in range(60)], "united"),
    ([*map(str, range(10)), "10 - extremely likely"] * 6, "scale_labels"),
    ([*map(str, range(18, 80)), "80+", "80+", "?"], "scale_labels"),
    ([f"{n / 10}{('', '*', '†')[n % 3]}" for n in range(60)], "marked"),
    ([f"{n / 10}{'' if n % 3 else ' [a]'}" for n in range(60)], "marked"),
    ([f"{n} (b)" for n in range(60)], "marked"),
    ([f"≈ {n}" if n % 2 else "unknown" if n % 10 == 0 else str(n) for n in range(60)], "marked"),
    ([f"2024-{n % 12 + 1:02d}-{n % 28 + 1:02d}" for n in range(60)], "dates_as_text"),
    ([f"{n % 28 + 1}/{n % 12 + 1}/2024" for n in range(60)], "dates_as_text"),
    ([f"{n % 24:02d}:{n:02d}" for n in range(60)], "times_as_text"),
    ([f"{n % 12 + 1}:{n:02d} {'ap'[n % 2]}m" for n in range(60)], "times_as_text"),
    ([f"{110 + n}/{60 + n % 30}" for n in range(60)], "two_numbers"),
    ([f"{110 + n % 20}/{60 + n % 20}" for n in range(90)], "two_numbers"),
    ([f"48.{n:04d}, 15.{n * 7:04d}" for n in range(60)] + ["NA"], "two_numbers"),
    ([f"{n % 9}:{n:02d}" for n in range(60)], "duration"),
    ([f"{n}h" if n % 5 == 0 else f"{n}h {n % 60}m" for n in range(1, 60)], "duration"),
    ([f"{n} {WORDS[n % 4]}" for n in range(60)], "free_text"),
    ([f"{PLACES[n % 7]}-{n}" for n in range(60)], "id_like"),
    ([f"Rome-{n % 50}" for n in range(90)], "many_values"),
    ([f"Rome-{n % 400}" for n in range(2_000)], "many_values"),
    (["Rome", "rome", "Oslo"] * 20, "spelling"),
    ([*PLACES, "Oslo "] * 20, "spelling"),
    (["0", "1", "true", "FALSE"] * 20, "spelling"),
    (["yes", "no", "Y"] * 20, "spelling"),
    (["paid", "Paid", "True", "true"] * 20, "spelling"),
]


@pytest.mark.parametrize(("cells", "expected"), SEEDED)
def test_a_seeded_trouble_is_found(cells: list[str], expected: str) -> None:
    assert topic(cells) == expected


@pytest.mark.parametrize(
    "cells",
    [
        PLACES * 20,
        ["True", "true", "FALSE", "false", "perhaps"] * 20,
        ["yes", "no", "1.10"] * 20,
        ["2 doors", "4 doors", "5 doors"] * 20,
        ["C85", "B 12", "E 9", "A 1", "C 3", "D 44", "F 2"] * 20,
        ["7b", "12c", "3d", "9e", "10f", "11g"] * 20,
        ["7d4", "12h3", "3d1", "9m5", "10s1", "11h2"] * 20,
        ["1", "2", "3", "4", "5", "5+"] * 20,
        ["1", "1+", "2", "2+", "3", "3+", "4", "4+", "5", "5+", "6", "6+"] * 20,
        ["1.10", "1.2.3", "2.0.1", "2.0.2", "3.1.4", "10.2.3"] * 20,
        ["NA", *PLACES] * 20,
        ["2024-01-31", "2024-02-29"] * 20,
        ["09:00", "12:00", "18:30"] * 20,
        ["007", "008", "009"] * 20 + ["n/a"],
        ["007", "8", "9"] * 20 + ["X12"],
        ["1"] * 60 + ["yes"],
        ["0", "1", "2"] * 20 + ["3+"] * 7,
        ["2*", "3*", "4*", "5*"] * 20,
        ["C85*", "E46", "B96 †", "D33", "C123*", "G6"] * 20,
        [f"{place} on the big and blue sea" for place in PLACES] * 20,
        [f"Rome-{n % 60}" for n in range(300)],
        [f"Rome-{n % 400}" for n in range(8_000)],
        ["a", "b", "c", "d", "e", "f", "g", "h"],
    ],
)
def test_its_innocent_twin_is_not(cells: list[str]) -> None:
    assert topic(cells) is None


def test_the_blank_among_numbers_is_told_with_what_reads_it_as_missing() -> None:
    finding = found([str(n) for n in range(60)] + [" ", " "], missing_values=["?"])
    assert finding is not None
    assert finding.message.startswith("60 of 62 cells are numbers, and 2 say ' '")
    assert finding.change == ('data.missing_values=["?", " "]',)


def test_iso_dates_among_words_for_missing_are_read_without_them() -> None:
    finding = found([*("n/a", "?") * 9, *(f"2024-{n % 12 + 1:02d}-{n % 28 + 1:02d}" for n in range(60))])
    assert finding is not None
    assert (finding.topic, finding.change) == ("dates_as_text", ('data.missing_values=[n/a, "?"]',))


def test_numbers_that_begin_like_a_year_and_a_month_are_no_dates() -> None:
    finding = found([*(f"{1000 + n}.{n % 12}" for n in range(60)), "---hPa"])
    assert finding is not None
    assert (finding.topic, finding.change) == ("numbers_as_text", ('data.missing_values=["---hPa"]',))


def test_months_are_said_to_become_year_and_month_only() -> None:
    finding = found([f"{2000 + n // 12}-{n % 12 + 1:02d}" for n in range(60)])
    assert finding is not None
    assert finding.message.endswith("as '%Y-%m' says they become year, month")


def test_every_word_for_missing_is_told() -> None:
    words = ["n/a", "?", "-", "NA", "null", "none", "NaN"]
    finding = found([*words, *(f"{n % 24:02d}:{n:02d}" for n in range(60))])
    assert finding is not None
    assert finding.change == (
        'preprocessing.columns.x.format="%H:%M"',
        'data.missing_values=[n/a, "?", "-", NA, "null", none, NaN]',
    )
    assert "'n/a', '?', '-', 'NA', 'null' and 2 more missing" in finding.message


@pytest.mark.parametrize(
    ("name", "hours", "is_clock"), [("x", 12, False), ("x", 13, True), ("lap", 24, False), ("at", 24, True)]
)
def test_how_long_something_took_is_not_taken_for_a_time_of_day(name: str, hours: int, is_clock: bool) -> None:
    cells = [f"{n % hours:02d}:{n:02d}" for n in range(60)]
    finding = text_finding(profile_column(table_of(**{name: cells}), name), config_of())
    assert finding is not None
    asks = f'preprocessing.columns.{name}.format="%H:%M"'
    assert finding.change == ((asks,) if is_clock else (f'data.unit_of={{{name}: "h:m"}}',))
    assert asks in " ".join([finding.message, *finding.change])


def test_what_is_no_time_of_day_is_counted() -> None:
    finding = found([*(f"{n % 24:02d}:{n:02d}" for n in range(60)), "24:00", "24:00", "?"])
    assert finding is not None
    assert "2 cells are none: mend or empty them" in finding.message
    both = found([*(f"{n % 24:02d}:{n:02d}" for n in range(60)), "08:30:15"])
    assert both is not None
    assert "write all of them in one way" in both.message


def test_a_form_is_counted_in_all_cells_of_a_long_column() -> None:
    finding = found([f"{n // 1000 + 1},{n % 1000:03d}" for n in range(5_000)] + ["12"])
    assert finding is not None
    assert finding.message.startswith("5,000 of 5,001 cells are numbers with thousands separators, such as '1,000'")


def test_a_comma_before_one_digit_shows_that_no_comma_is_for_thousands() -> None:
    assert topic([f"{n},125" for n in range(57)] + [f"{n},5" for n in range(3)]) == "decimal_comma"


def test_ways_of_writing_are_named_with_their_numbers() -> None:
    finding = found(["Yes", "yes ", "YES", "Yes", "no", "No", "maybe"] * 9)
    assert finding is not None
    assert (finding.grade, finding.change) == ("note", ())
    assert finding.message.startswith(
        "5 categories are 2 if upper and lower case and surrounding spaces do not count: "
        "'Yes', 'yes ', 'YES'; 'no', 'No'; where these mean the same"
    )


def test_a_number_that_is_written_otherwise_than_the_config_says_is_no_way_of_writing() -> None:
    cells = [*(f"{n},{n % 1000:03d}" for n in range(1, 400)), "1 234"]
    profile = profile_column(replace(table_of(x=cells), texts=TextFormat(numbers=NumberFormat(thousands=","))), "x")
    finding = text_finding(profile, config_of(data={"thousands": ","}))
    assert finding is None or "thousands" not in finding.message


@pytest.mark.parametrize("odd", [[], ["0%"], ["0.3%"], ["-4%", "250%"]])
def test_shares_beside_percents_have_no_unit_in_common(odd: list[str]) -> None:
    shares = [f"{n}%" if n % 2 else f"{n / 100}" for n in range(1, 100)]
    assert profile_column(table_of(x=[*shares, *odd]), "x").unit is None
    percents = [f"{n}%" if n % 2 else f"{n}" for n in range(1, 100)]
    assert profile_column(table_of(x=[*percents, *odd]), "x").unit == "%"


def test_one_other_unit_among_many_numbers_is_a_mistake() -> None:
    finding = found([f"{1 + n % 30} kg" for n in range(599)] + ["12 lb"])
    assert finding is not None
    assert finding.change == ("data.unit_of={x: kg}",)


def test_all_texts_are_counted_once_one_of_the_first_is_found() -> None:
    texts = pa.array([f"{n}.5" for n in range(5_000)])
    assert cells_with(texts, np.full(5_000, 3), DECIMAL_POINT) == 15_000
    assert cells_with(pa.array([f"{n}" for n in range(5_000)] + ["1.5"]), np.ones(5_001, int), DECIMAL_POINT) == 0
