"""The bins of the training rows."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from dltrain.config.sections.preprocessing import ColumnSection, NumericSection, PreprocessingSection
from dltrain.features import Bins, ClassTarget, Distribution, EncodedFeatures, Preprocessing, fit_features
from dltrain.features.distribution import N_BINS, fit_distribution
from dltrain.features.encoded import CellRemarks, EncodedColumn
from dltrain.table import Table
from tests.features.tables import people

TARGET = ClassTarget(task="binary", name="y", labels=("no", "yes"))
NUMBERS = st.integers(-3, 3).map(float) | st.floats(-1e6, 1e6, width=32)


def fitted(table: Table, rows: np.ndarray) -> Preprocessing:
    section = PreprocessingSection(numeric=NumericSection(), columns={"size": ColumnSection(encode="ordinal")})
    kinds = {"city": "categorical", "age": "numeric", "size": "categorical", "member": "boolean"}
    features = fit_features(table, rows, kinds=kinds, section=section)  # type: ignore[arg-type]
    return Preprocessing(features=features.features, target=TARGET, distribution=features.distribution)


def bins_of(values: list[float]) -> Bins:
    column = EncodedColumn(np.array(values, np.float32))
    return fit_distribution(column, np.arange(len(values)), width=1).parts[0]


@given(values=st.lists(NUMBERS, min_size=1, max_size=60))
def test_bins_of_numbers_are_counted_as_a_loop_would(values: list[float]) -> None:
    bins, numbers = bins_of(values), np.array(values, np.float32)
    assert bins.edges is not None
    limits = [-np.inf, *bins.edges, np.inf]
    expected = [sum(bool(low < number <= high) for number in numbers) for low, high in itertools.pairwise(limits)]
    assert bins.count(numbers, None).tolist() == [*expected, 0]
    assert bins.shares == tuple(n / len(values) for n in expected)
    assert all(bins.shares), "no bin is empty in training"
    assert (len(bins.shares) > 1) == (len(set(numbers.tolist())) > 1), "numbers that differ are told apart"


def test_numbers_that_differ_are_divided_into_tenths() -> None:
    values = np.random.default_rng(0).permutation(1_000).astype(float).tolist()
    bins = bins_of(values)
    assert bins.edges == tuple(float(99 + 100 * tenth) for tenth in range(N_BINS - 1))
    assert bins.shares == (0.1,) * N_BINS


def test_few_numbers_other_than_the_maximum_are_told_apart() -> None:
    assert bins_of([1.0] * 97 + [0.0] * 3) == Bins(edges=(0.0,), shares=(0.03, 0.97))
    assert bins_of([0.0] * 97 + [1.0] * 3) == Bins(edges=(0.0,), shares=(0.97, 0.03))
    assert bins_of([5.0] * 3) == Bins(edges=(), shares=(1.0,))


def test_missing_cells_are_in_no_bin() -> None:
    is_missing = np.array([False, True, False, True])
    column = EncodedColumn(np.array([1, 7, 2, 7], np.float32), CellRemarks(missing=is_missing))
    found = fit_distribution(column, np.arange(4), width=1)
    assert found.missing == 0.5
    assert found.parts == (Bins(edges=(1.0,), shares=(0.25, 0.25)),)
    assert found.parts[0].count(column.values, is_missing).tolist() == [1, 1, 2]


def test_positions_of_a_one_hot_block_are_its_bins() -> None:
    column = EncodedColumn(np.array([2, 0, 2, -1], np.int32))
    found = fit_distribution(column, np.array([0, 1, 2]), width=3)
    assert found.parts == (Bins(edges=None, shares=(0.0, 1 / 3, 0.0, 2 / 3)),)
    assert found.parts[0].count(column.values, None).tolist() == [1, 1, 0, 2, 0]


def test_a_column_of_several_numbers_has_bins_for_each() -> None:
    column = EncodedColumn(np.array([[1, 2, 3], [5, 5, 5]], np.float32), CellRemarks(missing=np.array([1, 0, 0], bool)))
    found = fit_distribution(column, np.arange(3), width=2)
    assert [bins.edges for bins in found.parts] == [(2.0,), ()]
    assert found.missing == 1 / 3


@given(seed=st.integers(0, 100), cut=st.integers(1, 29))
def test_counts_of_blocks_add_up_and_those_of_training_are_the_shares(seed: int, cut: int) -> None:
    table = people(30, seed)
    preprocessing = fitted(table, np.arange(30))
    distribution, names = preprocessing.distribution, preprocessing.column_names
    assert distribution is not None

    def count(part: Table) -> np.ndarray:
        return distribution.count(preprocessing.encode(part, with_remarks=True), names)

    whole = count(table)
    parts = [Table(table.columns.slice(start, n), "part") for start, n in ((0, cut), (cut, 30 - cut))]
    np.testing.assert_array_equal(count(parts[0]) + count(parts[1]), whole)
    for column, counts in zip(distribution.columns, distribution.divided(whole), strict=True):
        for bins, found in zip(column.parts, counts, strict=True):
            assert (found / 30).tolist() == [*bins.shares, column.missing]


def test_only_training_rows_count() -> None:
    table, rows = people(40), np.arange(0, 40, 3)
    some = Table(table.columns.take(rows), "some")
    assert fitted(table, rows).distribution == fitted(some, np.arange(len(rows))).distribution


def test_the_distribution_survives_json_and_holds_no_rows() -> None:
    small, large = (fitted(people(n_rows), np.arange(n_rows)) for n_rows in (300, 3_000))
    assert Preprocessing.model_validate_json(large.model_dump_json()) == large
    assert len(large.model_dump_json()) < len(small.model_dump_json()) + 200


@pytest.mark.parametrize(
    "update",
    [
        lambda columns: columns[:-1],
        lambda columns: columns[::-1],
        lambda columns: (columns[0].model_copy(update={"parts": columns[0].parts * 2}), *columns[1:]),
    ],
)
def test_a_distribution_of_other_columns_is_refused(update) -> None:  # type: ignore[no-untyped-def] # noqa: ANN001
    good = fitted(people(), np.arange(40))
    assert good.distribution is not None
    other = Distribution(rows=40, columns=update(good.distribution.columns))
    with pytest.raises(ValidationError, match="expected the bins of every feature"):
        Preprocessing(features=good.features, target=TARGET, distribution=other)


@pytest.mark.parametrize(
    "content", [{"edges": (1.0, 1.0), "shares": (0.5, 0.5, 0.0)}, {"edges": (1.0,), "shares": (1.0,)}]
)
def test_bins_that_contradict_themselves_are_refused(content: dict[str, tuple[float, ...]]) -> None:
    with pytest.raises(ValidationError):
        Bins(**content)


def test_no_rows_are_no_cells() -> None:
    preprocessing = fitted(people(), np.arange(40))
    assert preprocessing.distribution is not None
    empty = preprocessing.encode(Table(people().columns.slice(0, 0), "empty"), with_remarks=True)
    assert isinstance(empty, EncodedFeatures)
    assert not preprocessing.distribution.count(empty, preprocessing.column_names).any()
