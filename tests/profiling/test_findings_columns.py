from collections.abc import Iterable
from typing import Any

import numpy as np
import pytest

from dltrain.profiling import profile_column
from dltrain.profiling.findings_columns import column_findings, duplicate_findings
from tests.features.tables import table_of
from tests.profiling.configs import config_of


def topics(cells: list[Any], name: str = "x") -> list[str]:
    profile = profile_column(table_of(**{name: cells}), name)
    return [finding.topic for finding in column_findings(profile, config_of())]


def shuffled(values: Iterable[int]) -> list[str]:
    return [str(value) for value in np.random.default_rng(0).permutation(list(values))]


SEEDED = [
    ("x", ["7"] * 30, "constant"),
    ("x", ["7", None] * 30, "constant"),
    ("x", ["red"] * 30, "constant"),
    ("x", [None] * 95 + ["a", "b", "a", "b", "a"], "nearly_empty"),
    ("x", ["a", *([None] * 3), "b", *([None] * 9), "c", None] * 3, "merged_cells"),
    ("x", [str(n / 8) if n % 5 == 0 else None for n in range(150)], "merged_cells"),
    ("x", ["a", *([None] * 49), "b", *([None] * 49)], "merged_cells"),
    ("x", [str(n) for n in range(1, 101)], "id_like"),
    ("x", shuffled(range(1, 101)), "id_like"),
    ("x", shuffled(range(10_000_000, 10_000_900, 3)), "id_like"),
    ("x", ["1", *(str(n) for n in range(1, 100))], "id_like"),
    ("x", shuffled([*range(500_000, 500_980), *range(500_000, 500_020)]), "id_like"),
    ("client id", shuffled([*range(500_000, 500_800), *range(500_000, 500_200)]), "id_like"),
    ("customerID", shuffled(range(0, 10**9, 10**7)), "id_like"),
    ("account", shuffled(range(0, 10**9, 10**7)), "id_like"),
    ("region_code", [str(n % 9) for n in range(90)], "numeric_codes"),
    ("day", [f"2024{1 + n % 12:02}{1 + n % 28:02}" for n in range(90)], "dates_as_numbers"),
    ("x", ["-999", *(str(n / 8) for n in range(99))], "far_number"),
    ("x", [f"{n}.{n * 7 % 1000:03}" for n in range(1, 80)] + ["979", "12"], "thousands_points"),
    ("x", ["999", *(str(20 + n % 50) for n in range(99))], "nines"),
    ("AgentID", [str(n % 9) for n in range(90)], "numeric_codes"),
]


def test_categories_that_are_missing_everywhere_say_nothing() -> None:
    profile = profile_column(table_of(x=[None] * 30), "x")
    (finding,) = column_findings(profile, config_of(), "categorical")
    assert (finding.grade, finding.topic, finding.change) == ("warning", "constant", ("data.drop=[x]",))
    assert column_findings(profile, config_of(), None) == []


def test_points_before_thousands_are_likely_sooner_beside_semicolons() -> None:
    profile = profile_column(table_of(x=["979", *(f"{n}.{n * 7 % 1000:03}" for n in range(1, 20))]), "x")
    (finding,) = column_findings(profile, config_of(data={"separator": ";"}))
    assert finding.change == ('data.decimal=","', 'data.thousands="."')
    assert column_findings(profile, config_of()) == []


def test_texts_that_mean_missing_are_never_read() -> None:
    profile = profile_column(table_of(x=[str(n % 7) for n in range(90)]), "x")
    columns = {"x": {"map": {"none": 0, "few": 1, "": 2}}}
    (finding,) = column_findings(
        profile, config_of(data={"missing_values": ["none", "NA"]}, preprocessing={"columns": columns})
    )
    assert finding.topic == "never_read"
    assert finding.message == ("'none', '' in its 'map' are never read: they mean missing, as data.missing_values says")
    assert column_findings(profile, config_of(preprocessing={"columns": {"x": {"order": ["none", "few"]}}})) == []


@pytest.mark.parametrize(("name", "cells", "topic"), SEEDED)
def test_a_seeded_trouble_is_found(name: str, cells: list[Any], topic: str) -> None:
    assert topics(cells, name) == [topic]


@pytest.mark.parametrize(
    ("name", "cells"),
    [
        ("x", ["7", "8"] * 30),
        ("x", ["red", None] * 30),
        ("x", ["-99", *(str(n - 50.5) for n in range(99))]),
        ("x", ["-998", *(str(n / 8) for n in range(99))]),
        ("x", [None] * 80 + ["a", "b"] * 10),
        ("x", [None, "a", *[None] * 3, "b", *[None] * 5]),
        ("x", ["a", *[None] * 4] * 9 + ["b"]),
        ("x", ["a", None, "b", None] * 20),
        ("x", ["a", "b", *([None] * 9)]),
        ("x", ["1.5", *([None] * 5), "2.5", *([None] * 3), "3.5", *([None] * 7)]),
        ("x", shuffled(range(0, 10**9, 10**7))),
        ("x", [str(value / 8) for value in range(100)]),
        ("x", [str(n) for n in range(10)]),
        ("x", [str(n) for n in np.random.default_rng(0).integers(0, 1_000, 800)]),
        ("x", [str(n) for n in np.random.default_rng(0).integers(0, 100_000, 800)]),
        ("x", shuffled([*range(400), *range(200)])),
        ("x", [str(n) for n in np.random.default_rng(0).integers(1, 1_430, 1_000)]),
        ("x", [str(n) for n in np.random.default_rng(0).integers(0, 100_000, 20_000)]),
        ("week", [str(1 + n % 520) for n in range(600)]),
        ("day", [str(n) for n in [*range(1, 366), *range(1, 101)]]),
        ("customerID", ["0", *shuffled(range(0, 10**9, 10**7))]),
        ("age", [str(n % 9) for n in range(90)]),
        # Decimal points: of too few numbers, of all of them, with two digits behind, of numbers below 1, beside 1,000.
        ("x", [f"{n}.{n * 7 % 1000:03}" for n in range(1, 50)] + ["979", "12"]),
        ("x", [f"{n}.{n * 7 % 1000:03}" for n in range(1, 80)]),
        ("x", [f"{n}.{n * 7 % 1000:03}" for n in range(1, 80)] + ["979", "12.5"]),
        ("x", [f"{n}.{n * 7 % 1000:03}" for n in range(1, 80)] + ["979", "0.125"]),
        ("x", [f"{n}.{n * 7 % 1000:03}" for n in range(1, 80)] + ["979", "1200"]),
        ("LotArea", [str(n % 40 * 7) for n in range(90)]),
        ("region_code", ["0", "1"] * 45),
        ("region_code", [str(n % 9 + 0.5) for n in range(90)]),
        ("region_code", [str(n % 9 - 1) for n in range(90)]),
        ("code_length", [str(n % 9) for n in range(90)]),
        ("region_code", ["north", "south", "west"] * 30),
    ],
)
def test_its_innocent_twin_is_not(name: str, cells: list[Any]) -> None:
    assert topics(cells, name) == []


def duplicates(**columns: list[Any]) -> list[tuple[str | None, str]]:
    table = table_of(**columns)
    profiles = [profile_column(table, name) for name in columns]
    return [(finding.column, finding.topic) for finding in duplicate_findings(profiles, config_of())]


def test_a_repeated_column_is_found_once_for_each_repetition() -> None:
    cells = ["a", "b", "a", "c"] * 5
    assert duplicates(x=cells, y=cells, z=cells) == [("y", "duplicate"), ("z", "duplicate")]


def test_a_renamed_column_is_found() -> None:
    assert duplicates(x=["a", "b", "a", "c"] * 5, y=["10", "20", "10", "5"] * 5) == [("y", "same_as")]


@pytest.mark.parametrize("sign", ["-999", "9999"])
def test_a_far_number_that_is_mapped_is_known(sign: str) -> None:
    profile = profile_column(table_of(x=[sign, *(str(20 + n % 50) for n in range(99))]), "x")
    mapped = {sign: 0.0, **{str(n): float(n) for n in range(20, 70)}}
    assert column_findings(profile, config_of(preprocessing={"columns": {"x": {"map": mapped}}})) == []


def test_columns_that_differ_in_one_cell_are_no_duplicates() -> None:
    cells = ["a", "b", "a", "c"] * 5
    assert duplicates(x=cells, y=[*cells[:-1], "b"]) == []


def test_ids_and_constants_are_no_duplicates_of_each_other() -> None:
    ids = [str(n) for n in range(30)]
    assert duplicates(x=ids, y=[f"p{n}" for n in ids], a=["1"] * 30, b=["1"] * 30) == []


def test_a_number_that_means_missing_can_be_read_as_such() -> None:
    profile = profile_column(table_of(x=["-999", "-999.0", "-999", *(str(n / 8) for n in range(97))]), "x")
    found = column_findings(profile, config_of())
    assert [finding.change for finding in found] == [('data.missing_values=["-999", "-999.0"]',)]
    assert found[0].message.startswith("3 of 100 cells are '-999', '-999.0', far below all others")
