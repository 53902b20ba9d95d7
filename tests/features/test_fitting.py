from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dltrain.config.sections.preprocessing import (
    CategoricalSection,
    ColumnSection,
    Encode,
    Kind,
    NumericSection,
    PreprocessingSection,
    Scale,
)
from dltrain.errors import ConfigError, DataError
from dltrain.features import ClassTarget, EncodedFeatures, Preprocessing, columns, feature_kinds, fit_features
from dltrain.table import Table, boolean_values, categorical_values, numeric_values, read_table
from tests.features.tables import people, table_of

ADULT = Path(__file__).parents[2] / "data" / "adult_train.csv.gz"
TARGET = ClassTarget(task="binary", name="y", labels=("no", "yes"))
KINDS: dict[str, Kind] = {"city": "categorical", "age": "numeric", "size": "categorical", "member": "boolean"}


def encoded_afterwards(features: tuple[Any, ...], table: Table) -> EncodedFeatures:
    """The reference: the fitted state alone, applied to the table as to any other."""
    return Preprocessing(features=features, target=TARGET).encode(table)


def assert_equal(features: EncodedFeatures, others: EncodedFeatures) -> None:
    np.testing.assert_array_equal(features.numbers, others.numbers)
    np.testing.assert_array_equal(features.codes, others.codes)
    assert (features.numbers.dtype, features.codes.dtype) == (others.numbers.dtype, others.codes.dtype)
    assert (features.widths, features.counts) == (others.widths, others.counts)


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 1_000),
    scale=st.sampled_from(["standard", "robust", "min_max", "quantile_normal", "none"]),
    encode=st.sampled_from(["one_hot", "ordinal"]),
    min_count=st.integers(1, 15),
)
def test_fitting_encodes_the_table_on_the_way(seed: int, scale: Scale, encode: Encode, min_count: int) -> None:
    table = people(40, seed)
    rows = np.random.default_rng(seed).permutation(40)[:25]
    section = PreprocessingSection(
        numeric=NumericSection(scale=scale),
        categorical=CategoricalSection(min_count=min_count),
        columns={"size": ColumnSection(encode=encode)},
    )

    fitted = fit_features(table, rows, kinds=KINDS, section=section)

    assert [feature.name for feature in fitted.features] == list(KINDS)
    assert_equal(fitted.encoded, encoded_afterwards(fitted.features, table))


@pytest.mark.parametrize("n_cores", [1, 3])
def test_threads_change_nothing(monkeypatch: pytest.MonkeyPatch, n_cores: int) -> None:
    monkeypatch.setattr(columns, "_ROWS_WORTH_THREADS", 1)
    monkeypatch.setattr(columns, "available_cores", lambda: n_cores)
    table = read_table(ADULT)
    names = [name for name in table.column_names if name != "income"]
    rows = np.arange(0, table.n_rows, 2)
    section = PreprocessingSection(numeric=NumericSection(scale="quantile_normal"))

    kinds = feature_kinds(table, rows, names, section)
    fitted = fit_features(table, rows, kinds=kinds, section=section)

    assert list(kinds) == names
    assert [feature.name for feature in fitted.features] == names
    monkeypatch.undo()
    assert_equal(fitted.encoded, encoded_afterwards(fitted.features, table))


def test_every_column_is_parsed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    parsed: list[str] = []

    def noting(parse: Any) -> Any:
        def noting_parse(table: Table, name: str, **options: Any) -> Any:
            parsed.append(name)
            return parse(table, name, **options)

        return noting_parse

    for kind, parse in {
        "numeric": numeric_values,
        "categorical": categorical_values,
        "boolean": boolean_values,
    }.items():
        monkeypatch.setattr(f"dltrain.features.{kind}.{kind}_values", noting(parse))

    fit_features(people(), np.arange(40), kinds=KINDS, section=PreprocessingSection())

    assert parsed == list(KINDS)


def test_different_texts_of_the_training_rows_are_counted() -> None:
    table = table_of(city=["Rome", None, "Rome", "Oslo", "Bonn"], age=["1", "2", "3", "4", "5"])

    fitted = fit_features(
        table, np.arange(4), kinds={"city": "categorical", "age": "numeric"}, section=PreprocessingSection()
    )

    assert fitted.categories == {"city": (2, 3)}


def test_misfitting_options_of_several_columns_are_reported_together() -> None:
    columns = {"age": ColumnSection(encode="ordinal"), "member": ColumnSection(scale="none")}

    with pytest.raises(ConfigError, match=r"columns\.age\.encode: .*\n.*columns\.member\.scale: "):
        fit_features(people(), np.arange(9), kinds=KINDS, section=PreprocessingSection(columns=columns))


def test_bad_cells_come_after_misfitting_options() -> None:
    table = table_of(age=["old"], city=["Rome"])
    section = PreprocessingSection(columns={"city": ColumnSection(scale="none")})

    with pytest.raises(ConfigError, match=r"columns\.city\.scale: "):
        fit_features(table, np.arange(1), kinds={"age": "numeric", "city": "categorical"}, section=section)


def test_problems_of_several_columns_are_reported_together() -> None:
    table = table_of(age=["1", "old"], debt=["1", "1e39"], member=[None, "true"], size=["1", "2"])
    section = PreprocessingSection(numeric=NumericSection(scale="none"))
    kinds: dict[str, Kind] = {"age": "numeric", "debt": "numeric", "member": "boolean", "size": "numeric"}

    with pytest.raises(DataError) as caught:
        fit_features(table, np.array([0]), kinds=kinds, section=section)

    assert [line.split(": expected")[0] for line in caught.value.message.splitlines()] == [
        "table: row 2: column 'age'",
        "table: row 2: column 'debt'",
        "table: column 'member': impute: most_frequent needs a value in a training row, all are missing",
    ]


def test_kinds_are_inferred_unless_the_config_states_them() -> None:
    section = PreprocessingSection(columns={"age": ColumnSection(kind="categorical"), "city": ColumnSection()})

    assert feature_kinds(people(), np.arange(people().n_rows), ["age", "city", "member"], section) == {
        "age": "categorical",
        "city": "categorical",
        "member": "boolean",
    }


def test_columns_whose_kind_is_unclear_are_refused_together() -> None:
    table = table_of(a=[None, None], b=["1", "2"], c=[None, None])

    with pytest.raises(DataError, match=r"column 'a': .*\ntable: column 'c': "):
        feature_kinds(table, np.arange(table.n_rows), table.column_names, PreprocessingSection())


@pytest.mark.parametrize("place", [0, 150])
def test_which_rows_train_does_not_change_what_kind_a_column_is(place: int) -> None:
    cells = ["1", "2", "3", "4"] * 50
    cells[place] = "3+"
    table = table_of(a=cells)
    assert feature_kinds(table, np.arange(100), ["a"], PreprocessingSection()) == {"a": "categorical"}


def test_bad_cells_of_other_rows_are_named_with_those_of_the_training_rows() -> None:
    cells = [str(number) for number in range(200)]
    cells[3] = cells[150] = "broken"
    table = table_of(a=cells)

    with pytest.raises(DataError) as caught:
        feature_kinds(table, np.arange(100), ["a"], PreprocessingSection())

    assert caught.value.message.count("got 'broken'") == 2
