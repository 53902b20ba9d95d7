from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from dltrain.profiling import profile_column
from dltrain.profiling.findings_groups import SharedGroups, group_findings, may_be_group, shared_groups
from tests.features.tables import table_of

N = 3_000
RNG = np.random.default_rng(0)
PERSON = RNG.integers(0, 500, N)
LEVEL = RNG.normal(size=500)
ORDER = RNG.permutation(N)


def measured(values: np.ndarray, *, by_person: bool = False, groups: np.ndarray = PERSON) -> SharedGroups:
    train, test = np.sort(ORDER[:2_400]), np.sort(ORDER[2_400:])
    if by_person:
        train, test = np.flatnonzero(PERSON < 400), np.flatnonzero(PERSON >= 400)
    return shared_groups("person", groups, values, train=train, test=test)


def topics(column: SharedGroups) -> list[str]:
    return [finding.topic for finding in group_findings([column], "y")]


def test_persons_on_both_sides_are_found() -> None:
    column = measured(LEVEL[PERSON] + 0.5 * RNG.normal(size=N))
    assert column.shared > 0.95
    assert column.alike > 0.6
    assert topics(column) == ["groups"]


def test_things_whose_rows_are_not_alike_are_no_trouble_and_people_are_noted() -> None:
    column = measured(RNG.normal(size=N))
    assert topics(replace(column, name="print")) == []
    (note,) = group_findings([column, replace(column, name="print", shared=1.0)], "y")
    assert (note.grade, note.column) == ("note", "person")
    assert note.change == ("split.strategy=group", "split.column=person")


def test_few_rows_of_people_are_noted_though_they_cannot_tell_whether_they_are_alike() -> None:
    """Twenty-five patients of three visits: too few test rows to learn anything of the target from."""
    patient = np.repeat(np.arange(25), 3)
    train, test = np.split(np.random.default_rng(0).permutation(75), [60])
    column = shared_groups("patient_id", patient, patient % 2.0, train=train, test=test)
    assert column.alike == 0
    assert [finding.grade for finding in group_findings([column], "y")] == ["note"]


def test_persons_on_one_side_each_are_no_trouble() -> None:
    column = measured(LEVEL[PERSON], by_person=True)
    assert column.shared == 0
    assert topics(column) == []


def test_missing_values_are_no_group() -> None:
    assert measured(LEVEL[PERSON], groups=np.where(PERSON < 250, -1, PERSON)).shared < 0.6


def test_the_coarsest_column_is_named_with_the_others() -> None:
    album, artist = SharedGroups("album", 0.4, 0.8, 100), SharedGroups("artist", 0.8, 0.3, 100)
    finding = group_findings([album, artist, SharedGroups("town", 1.0, 0.1, 100)], "y")[0]
    assert ": if new rows have new values, the score does not hold for them" in finding.message
    assert (finding.column, finding.change) == ("artist", ("split.strategy=group", "split.column=artist"))
    assert finding.message.endswith("likewise 'album'")


def test_amounts_are_no_groups_and_numbers_of_things_are() -> None:
    """A thing has six rows and a level of its own; an amount has the level of amounts beside it."""
    rng = np.random.default_rng(0)
    things = np.repeat(np.arange(200), 6)
    train, test = np.split(rng.permutation(len(things)), [900])
    for levels, expected in ((rng.normal(size=200), False), (np.linspace(-2, 2, 200), True)):
        values = levels[things] + rng.normal(size=len(things)) / 2
        for name in ("plot", "patient"):
            amounts = np.where(np.arange(200) < 190, np.arange(200.0), np.inf)
            found = shared_groups(name, things, values, train=train, test=test, amounts=amounts)
            assert found.alike > 0.5
            assert found.are_amounts == (expected and name == "plot")
            assert bool(group_findings([found], "y")) != found.are_amounts


def test_places_come_again_so_that_they_are_noted_only() -> None:
    city, store = SharedGroups("home_city", 0.9, 0.5, 100), SharedGroups("store", 0.4, 0.3, 100)
    (note,) = group_findings([city], "y")
    assert (note.grade, note.column, note.change) == (
        "note",
        "home_city",
        ("split.strategy=group", "split.column=home_city"),
    )
    for name in ("city_name", "CountryCode", "cities"):
        assert group_findings([SharedGroups(name, 0.9, 0.5, 100)], "y")[0].grade == "note"
    (warning,) = group_findings([city, store], "y")
    assert (warning.grade, warning.column) == ("warning", "store")
    assert warning.message.endswith("likewise 'home_city'")


@pytest.mark.parametrize(
    ("name", "cells", "expected"),
    [
        ("person", [f"p{n % 40}" for n in range(200)], True),
        ("patient_id", [str(n % 40) for n in range(200)], True),
        ("age", [str(n % 40) for n in range(200)], False),
        ("person", [f"p{n}" for n in range(200)], False),
        ("person", [f"{n % 40:03d}" for n in range(200)], True),
        ("price", [f"{n % 40},50" for n in range(200)], False),
        ("price", [f"{n % 40} kg" for n in range(200)], False),
        ("price", [*(str(n % 40) for n in range(195)), *["n/a"] * 5], False),
        ("country", [f"c{n % 30}" for n in range(3_000)], False),
        ("colour", [f"c{n % 5}" for n in range(200)], False),
        ("subject#", [str(n % 42) for n in range(4_200)], True),
        ("mrn", [str(n % 400) for n in range(4_200)], True),
        ("patient_age", [str(n % 80) for n in range(2_000)], False),
    ],
)
def test_which_columns_may_be_groups(name: str, cells: list[Any], expected: bool) -> None:
    assert may_be_group(profile_column(table_of(**{name: cells}), name)) is expected
