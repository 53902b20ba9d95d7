from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from dltrain.config import config_from_dict
from dltrain.config.architecture import describe_network
from dltrain.profiling import profile_column
from dltrain.profiling.findings_rows import (
    class_size_findings,
    decision_finding,
    linear_finding,
    network_findings,
    repeated_row_findings,
    size_findings,
    time_findings,
    total_findings,
)
from dltrain.table import Table
from tests.features.tables import table_of
from tests.profiling.configs import config_of

LAST = "the last row holds the sum of all above it"


@pytest.mark.parametrize(
    ("cells", "where"),
    [
        ([1.25, 2.5, 3.1, 4.0, 5.25, 16.1], LAST),
        (["1.25", "2.5", "3.1", "4", "5.25", None, "16.1"], LAST),
        ([1.25, 2.5, 3.1, 4.0, 5.25, 16.2], None),
        ([1.25, 2.5, 3.1, 4.0, 5.25, 16.0], LAST),
        ([1.25, 2.5, 3.1, 4.0, 5.25, 17.0], None),
        ([16.1, 1.25, 2.5, 3.1, 4.0, 5.25], None),
        ([1.25, 2.5, 3.1, 4.0, 5.25, 16.1, None], "row 6 holds the sum of all above it"),
        ([1.25, 2.5, 3.1, 4.0, 5.25, 16.1, 3.22], "row 6 holds the sum of all above it"),
        ([1.25, 2.5, 3.1, 4.0, 5.25, 16.1, None, 3.22, None, None], "row 6 holds the sum of all above it"),
        ([1.25, 2.5, 3.1, 4.0, 5.25, 16.1, 3.22, 3.1, 3.0, 1.0, 1.0], None),
        ([-1.25, 2.5, 3.1, 4.0, 5.25, 13.6], LAST),
        # A difference, and sums that come by chance.
        ([9.0, -2.0, -1.0, -3.0, -2.5, 0.5], None),
        ([0.0, 1.0, 0.0, 0.0, 1.0], None),
        ([1.0, 2.0, 3.0], None),
        ([1e308, 1.5e308, 1.2e308, 3.0, 1.7e308], None),
    ],
)
def test_a_row_of_totals_is_no_example(cells: list[Any], where: str | None) -> None:
    ids = [str(n) for n in range(len(cells))]
    profiles = [profile_column(table_of(x=cells), "x"), profile_column(table_of(y=ids), "y")]
    expected = (
        [] if where is None else [f"{where} in 'x': totals and averages are no examples, remove them from the table"]
    )
    assert [finding.message for finding in total_findings(profiles)] == expected


@pytest.mark.parametrize(
    ("text", "n_rows", "is_total"),
    [
        *((text, 1, True) for text in ("Total", "Summe", "Gesamtsumme 2024", "Grand Total:", " sub-total ", "TOTALS")),
        *(
            (text, 1, False)
            for text in (
                "Totally",
                "Sumatra",
                "Totalschaden",
                "in total",
                "Sum 41",
                "Gesamtschule",
                "Total Eclipse",
                "Meaney",
            )
        ),
        *((text, 1, True) for text in ("Mean", "median:", "Std", "STD. DEV.", "Standardabweichung")),
        ("Subtotal", 10, True),
        ("total", 30, False),
        ("Mean", 3, False),
    ],
)
def test_rows_that_are_called_totals_are_no_examples(text: str, n_rows: int, is_total: bool) -> None:
    regions = ["north", "south", "east"] * 33 + [text] * n_rows
    profile = profile_column(table_of(region=regions), "region")
    messages = [finding.message for finding in total_findings([], [profile])]
    rows = "1 row is" if n_rows == 1 else f"{n_rows} rows are"
    expected = f"{rows} called '{text}': totals and averages are no examples, remove them from the table"
    assert messages == ([expected] if is_total else [])


@pytest.mark.parametrize(
    ("names", "numbers", "told"),
    [
        (["Total"], [16.1], [f"{LAST} in 'x'"]),
        (["Total", "Average"], [16.1, 3.22], ["row 6 holds the sum of all above it in 'x'", "'Total', 'Average'"]),
        (["", "Average"], [16.1, 3.22], ["row 6 holds the sum of all above it in 'x'", "1 row is called 'Average'"]),
        (["Average", "Total"], [None, 16.1], [f"{LAST} in 'x'", "2 rows are called 'Average', 'Total'"]),
    ],
)
def test_averages_beside_a_row_of_sums_are_told_too(
    names: list[str], numbers: list[float | None], told: list[str]
) -> None:
    x = [1.25, 2.5, 3.1, 4.0, 5.25, *numbers]
    ids = ["a", "b", "c", "d", "e", *names]
    profiles = [profile_column(table_of(x=x), "x"), profile_column(table_of(id=ids), "id")]
    # Ids of a table long enough for two of its rows to be few.
    found = total_findings(profiles[:1], [replace(profiles[1], n_rows=50)])
    assert len(found) == len(told)
    assert all(text in finding.message for text, finding in zip(told, found, strict=True))


def test_a_total_above_the_end_is_the_name_of_a_thing() -> None:
    profile = profile_column(table_of(artist=["Total", "Subtotal", *("Sun", "Moon", "Stars") * 10]), "artist")
    assert profile.total_words == (1, ("Subtotal",))


STORES = [f"Store {n}" for n in (1, 2, 3)]


@pytest.mark.parametrize(
    "form",
    [
        "Total {}",
        "{} Total",
        "TOTAL {}",
        "Gesamt {}",
        "Summe {}",
        "{} Ergebnis",
        "Total for {}",
        " {} - Summe ",
        "Suma: {}",
    ],
)
def test_totals_of_the_values_of_a_column_are_no_examples(form: str) -> None:
    names = [form.format(store) for store in STORES]
    blocks = [text for store, name in zip(STORES, names, strict=True) for text in (*[store] * 12, name)]
    assert profile_column(table_of(store=blocks), "store").total_words == (3, tuple(names))
    # A pivot table may name each store once.
    (blank,) = total_findings([profile_column(table_of(store=[text or None for text in once(blocks)]), "store")])
    assert "3 rows are called" in blank.message
    at_the_end = profile_column(table_of(store=[*STORES * 9, names[2]]), "store")
    assert at_the_end.total_words == (1, (names[2],))


def test_of_many_names_of_totals_some_are_told() -> None:
    stores = [f"Store {n}" for n in range(9)]
    profile = profile_column(table_of(store=[*stores * 12, *(f"{store} Total" for store in stores)]), "store")
    (finding,) = total_findings([profile])
    told = "9 rows are called 'Store 0 Total', 'Store 1 Total', 'Store 2 Total' and others: "
    assert finding.message.startswith(told)


def once(texts: list[str]) -> list[str]:
    """Empty cells where a text stands above already."""
    return [text if n == texts.index(text) else "" for n, text in enumerate(texts)]


@pytest.mark.parametrize("form", ["TOTAL {}", "{} Summe"])
def test_totals_of_years_are_no_examples(form: str) -> None:
    months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun"]
    years = [form.format(year) for year in (2022, 2023)]
    assert profile_column(table_of(month=[*months, years[0], *months, years[1]]), "month").total_words == (
        2,
        tuple(years),
    )


def test_a_grand_total_has_a_name_in_german() -> None:
    assert profile_column(table_of(x=[*STORES, "Gesamtergebnis"]), "x").total_words == (1, ("Gesamtergebnis",))


@pytest.mark.parametrize(
    "names",
    [
        ["Total War", "Totally", "Sum 41", "War", "41 days", "Doom"],
        ["Total War", "Total Recall", "Doom", "Quake"],
        ["Total 2000", "Sum 41", "Sum 42", "Doom"],
        ["Total protein", "Protein", "Bilirubin total", "Bilirubin", "Zinc", "Iron", "Lead", "Tin"],
        ["Ergebnis 2022", "Ergebnis 2023", "Umsatz 2022"],
        ["Subtle", "Result", "Grand Total", "Doom"],
    ],
)
def test_things_whose_names_have_a_word_for_totals_are_examples(names: list[str]) -> None:
    assert profile_column(table_of(name=[*names, *"uvwxyz"]), "name").total_words == (0, ())


def test_a_thing_at_the_end_that_is_there_more_than_once_is_an_example() -> None:
    games = ["War", "Doom", "Quake", "Myst"] * 9
    assert profile_column(table_of(game=[*games, "Total War", "Total War"]), "game").total_words == (0, ())


@pytest.mark.parametrize(("n_test", "grades"), [(29, ["warning"]), (30, ["note"]), (99, ["note"]), (100, [])])
def test_few_test_rows(n_test: int, grades: list[str]) -> None:
    assert [finding.grade for finding in size_findings(config_of(), n_test=n_test)] == grades


@pytest.mark.parametrize(
    ("split", "change"),
    [
        ({}, ("split.folds=5",)),
        ({"test": 0.1}, ("split.folds=10",)),
        ({"test": 0.15}, ("split.folds=5",)),
        ({"test": 0.001}, ("split.folds=5",)),
        ({"strategy": "group", "column": "a"}, ("split.folds=5",)),
        ({"strategy": "time", "column": "a"}, ("split.test=0.3",)),
        ({"strategy": "time", "column": "a", "test": 0.3}, ()),
        ({"strategy": "column", "column": "a"}, ()),
        ({"test": "test.csv"}, ()),
    ],
)
def test_few_test_rows_become_more(split: dict[str, Any], change: tuple[str, ...]) -> None:
    (finding,) = size_findings(config_of(split=split), n_test=20)
    assert finding.change == change
    assert ("every row is a test row once" in finding.message) == ("folds" in str(change))
    content = {"data": {"path": "t.csv", "target": "y"}, "model": {"layers": []}, "split": split}
    mended = config_from_dict(content, change).config
    assert size_findings(mended, n_test=20) == [] or mended.split.folds is None


@pytest.mark.parametrize(
    ("counts", "told"),
    [
        (
            [594, 6],
            "1 of 2 classes has fewer than 10 of the 600 test rows: 'b' 6; how well it is found is hardly known",
        ),
        ([590, 10], None),
        # So few test rows are a finding of their own.
        ([93, 6], None),
        (
            [594, 0, 1, 2, 3],
            "4 of 5 classes have fewer than 10 of the 600 test rows: 'b' 0, 'c' 1, 'd' 2 and 1 more; how well they are "
            "found is hardly known",
        ),
    ],
)
def test_few_test_rows_of_a_class(counts: list[int], told: str | None) -> None:
    findings = class_size_findings("abcde"[: len(counts)], np.array(counts), config_of())
    assert [finding.message for finding in findings] == ([told] if told else [])
    assert all(finding.change == ("split.folds=5",) for finding in findings)


def test_test_rows_of_a_class_are_counted_over_all_folds() -> None:
    config = config_of(split={"folds": 2})
    assert class_size_findings("ab", np.array([594, 6]), config) == []
    assert [finding.change for finding in class_size_findings("ab", np.array([594, 4]), config)] == [()]


def test_all_folds_together_may_have_enough_rows() -> None:
    assert size_findings(config_of(split={"folds": 5}), n_test=20) == []
    assert [finding.change for finding in size_findings(config_of(split={"folds": 4}), n_test=20)] == [()]


def test_few_rows_of_all_folds_are_counted_together() -> None:
    (finding,) = size_findings(config_of(split={"folds": 5}), n_test=16)
    assert (finding.grade, finding.change) == ("note", ())
    assert finding.message == "about 80 test rows in all folds: accuracy is known to ±11% at worst"


@pytest.mark.parametrize(
    ("decision", "told"),
    [
        ({"threshold": {"maximize": "f1"}}, "the threshold that is settled on them hangs on chance"),
        ({"calibrate": "temperature"}, "the temperature that is settled on them hangs on chance"),
        (
            {"threshold": {"min_recall": 0.9}, "calibrate": "temperature"},
            "the threshold and the temperature that are settled on them hang on chance",
        ),
        ({"threshold": 0.3}, None),
        ({}, None),
    ],
)
def test_few_validation_rows_of_a_class_settle_nothing(decision: dict[str, Any], told: str | None) -> None:
    config = config_of(decision=decision)
    found = decision_finding(("no", "yes"), np.array([58, 2]), config)
    if told is None:
        assert found is None
        return
    assert found is not None
    assert found.message == f"2 of 60 validation rows have the label 'yes': {told}"
    assert (found.grade, found.change) == ("warning", ("split.validation=0.3",))
    assert decision_finding(("no", "yes"), np.array([50, 10]), config) is None
    much = decision_finding(("no", "yes"), np.array([58, 2]), config_of(decision=decision, split={"test": 0.6}))
    assert much == replace(found, change=())
    given = decision_finding(
        ("no", "yes"), np.array([58, 1]), config_of(decision=decision, split={"validation": "v.csv"})
    )
    assert given is not None
    assert (given.message.partition(":")[0], given.change) == ("1 of 59 validation rows has the label 'yes'", ())


def test_rows_of_other_classes_tell_a_temperature_together() -> None:
    config = config_of(decision={"calibrate": "temperature"})
    assert decision_finding(tuple("abcd"), np.array([50, 4, 4, 2]), config) is None
    found = decision_finding(tuple("abcd"), np.array([50, 4, 1, 0]), config)
    assert found is not None
    assert found.message.startswith("5 of 55 validation rows have another label than 'a': the temperature that is")


def test_a_narrow_network_is_not_advised_to_be_as_narrow_as_it_is() -> None:
    config = config_of(model={"layers": [{"type": "dense", "units": 8, "activation": "relu"}]})
    layers = describe_network(config.model, n_features=500, n_outputs=1)
    (finding,) = network_findings(config, layers, n_train=20)
    assert (finding.topic, finding.change) == ("large_network", ())


@pytest.mark.parametrize(("n_train", "n_found"), [(11, 1), (13, 0)])
def test_a_network_with_a_hundred_parameters_for_each_row(n_train: int, n_found: int) -> None:
    config = config_of(model={"layers": [{"type": "dense", "units": 100, "activation": "relu"}]})
    layers = describe_network(config.model, n_features=10, n_outputs=1)
    findings = network_findings(config, layers, n_train=n_train)
    assert len(findings) == n_found
    assert all(finding.change == ("model.layers.0.units=12",) for finding in findings)


@pytest.mark.parametrize(
    ("last", "n_outputs", "is_told"),
    [
        ({"units": 1, "activation": "sigmoid"}, 1, True),
        ({"units": 1}, 1, True),
        ({"units": 3, "activation": "softmax"}, 3, True),
        ({"units": 3, "activation": "relu"}, 3, False),
        ({"units": 8, "activation": "sigmoid"}, 1, False),
    ],
)
def test_an_output_that_the_config_has_among_the_layers_is_told(
    last: dict[str, Any], n_outputs: int, is_told: bool
) -> None:
    hidden = {"type": "dense", "units": 8, "activation": "relu"}
    config = config_of(model={"layers": [hidden, {"type": "dense", **last}]})
    layers = describe_network(config.model, n_features=2, n_outputs=n_outputs)
    topics = [finding.topic for finding in network_findings(config, layers, n_train=1_000)]
    assert topics == ["repeated_output"] * is_told


DENSE = {"type": "dense", "units": 8}
RELU = {**DENSE, "activation": "relu"}


@pytest.mark.parametrize(
    ("layers", "grade", "positions"),
    [
        ([DENSE, DENSE], "warning", [0, 1]),
        ([DENSE, {"type": "dropout", "rate": 0.5}, {"type": "batch_normalization"}, DENSE], "warning", [0, 3]),
        ([DENSE, RELU], "note", [0]),
        ([RELU, DENSE], "note", [1]),
        ([DENSE, {"type": "activation", "activation": "relu"}], None, []),
        ([DENSE, {"type": "batch_normalization"}, {"type": "activation", "activation": "tanh"}, RELU], None, []),
        ([DENSE, {"type": "layer_normalization"}, RELU], None, []),
        ([RELU, RELU], None, []),
        ([RELU, {**DENSE, "units": 1}], None, []),
        ([], None, []),
    ],
)
def test_layers_that_are_one_linear_layer_are_told(
    layers: list[dict[str, Any]], grade: str | None, positions: list[int]
) -> None:
    finding = linear_finding(config_of(model={"layers": layers}))
    if grade is None:
        assert finding is None
        return
    assert finding is not None
    assert finding.grade == grade
    assert finding.change == tuple(f"model.layers.{position}.activation=relu" for position in positions)


TRAIN = np.arange(1_000, dtype=np.uint64)


@pytest.mark.parametrize(
    ("n_known", "is_file", "expected"),
    [
        (0, False, []),
        (1, False, []),
        (20, False, [("note", "repeated_rows")]),
        (60, False, [("warning", "repeated_rows")]),
        (2, True, [("note", "known_rows")]),
        (20, True, [("warning", "known_rows")]),
        (1, True, []),
    ],
)
def test_test_rows_that_were_trained_on(n_known: int, is_file: bool, expected: list[tuple[str, str]]) -> None:
    test = np.concatenate([TRAIN[:n_known], 5_000 + TRAIN[: 200 - n_known]])
    found = repeated_row_findings(TRAIN, test, n_different=1e6, is_file=is_file)
    assert [(finding.grade, finding.topic) for finding in found] == expected
    assert all(f"{n_known:,} of 200 test rows" in finding.message for finding in found)


def test_rows_of_a_few_coarse_columns_are_equal_by_chance() -> None:
    assert repeated_row_findings(TRAIN, TRAIN[:200], n_different=9_999, is_file=False) == []
    assert len(repeated_row_findings(TRAIN, TRAIN[:200], n_different=10_000, is_file=False)) == 1


DAYS = [f"2024-01-{n + 1:02d}" for n in range(30)]


def time_changes(cells: list[Any], **split: Any) -> list[tuple[str, ...]]:
    config = config_of(split={"strategy": "random", **split})
    return [finding.change for finding in time_findings([profile_column(table_of(day=cells), "day")], config)]


def test_rows_with_dates_that_are_divided_by_chance_are_noted() -> None:
    for offset in ("", "Z"):
        assert time_changes([f"{day}T10:00:00{offset}" for day in DAYS]) == [
            ("split.strategy=time", "split.column=day")
        ]
    assert time_changes(DAYS) == [("split.strategy=time", "split.column=day")]


@pytest.mark.parametrize(
    "cells",
    [
        [*DAYS, None],
        ["31.1.2024", "1/2/2024"] * 9,
        [*DAYS, "2024"],
        ["n/a", *["31.1.2024", "1.2.2024"] * 9],
        [*DAYS, "2024-01-31T10:00:00Z"],
    ],
)
def test_no_split_by_time_is_proposed_that_would_fail(cells: list[Any]) -> None:
    assert time_changes(cells) == [()]


def test_dates_of_one_other_format_are_proposed_with_it() -> None:
    assert time_changes(["31.1.2024", "1.2.2024"] * 9) == [
        ('preprocessing.columns.day.format="%d.%m.%Y"', "split.strategy=time", "split.column=day")
    ]


def test_dates_of_parquet_are_sorted_when_none_is_missing() -> None:
    days = [date(2024, 1, n) for n in range(1, 31)]
    for cells, change in ((days, ("split.strategy=time", "split.column=day")), ([*days, None], ())):
        profile = profile_column(Table(pa.table({"day": cells}), "table"), "day")
        assert time_findings([profile], config_of(split={"strategy": "random"}))[0].change == change


def test_rows_without_dates_or_divided_by_time_are_not() -> None:
    assert time_changes(["Rome", "Oslo"] * 9) == []
    assert time_changes(["2024-01-01"] * 9) == []
    assert time_changes(DAYS, strategy="time", column="day") == []
    assert time_changes(DAYS, test="test.csv") == []


@pytest.mark.parametrize(
    ("n_equal", "expected"),
    [
        (60, "learned by heart; remove repeated rows from the table"),
        (0, "; they differ in 'id': remove them where the same thing is there twice"),
        (45, "; 15 of them differ in 'id': remove them where the same thing is there twice"),
    ],
)
def test_rows_that_only_ids_tell_apart_are_told_as_such(n_equal: int, expected: str) -> None:
    test = np.concatenate([TRAIN[:60], 5_000 + TRAIN[:140]])
    (finding,) = repeated_row_findings(
        TRAIN, test, n_different=1e6, is_file=False, others=["id"], n_with_others=n_equal
    )
    assert finding.message.endswith(expected)


def test_dates_of_birth_are_no_times_of_rows() -> None:
    days = table_of(
        date_of_birth=[f"19{n + 40}-02-03" for n in range(40)], seen=[f"2020-01-{n + 1:02}" for n in range(20)] * 2
    )
    birth, seen = profile_column(days, "date_of_birth"), profile_column(days, "seen")
    config = config_of(split={"strategy": "random"})
    assert time_findings([birth], config) == []
    (finding,) = time_findings([birth, seen], config)
    assert (finding.column, finding.change) == ("seen", ("split.strategy=time", "split.column=seen"))
