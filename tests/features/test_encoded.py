import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dltrain.features import EncodedFeatures
from dltrain.features.encoded import CellRemarks, ColumnBuffers, ColumnCounts, EncodedColumn


@st.composite
def encoded_features(draw: st.DrawFn) -> EncodedFeatures:
    n_rows, n_numbers = draw(st.integers(0, 6)), draw(st.integers(0, 3))
    widths = tuple(draw(st.lists(st.integers(1, 4), max_size=3)))
    rng = np.random.default_rng(draw(st.integers(0, 99)))
    codes = [rng.integers(-1, width, n_rows) for width in widths]
    numbers = rng.normal(size=(n_rows, n_numbers)).astype(np.float32)
    by_column = np.array(codes, np.int32).reshape(len(widths), n_rows)
    if draw(st.booleans()):
        return EncodedFeatures(np.asfortranarray(numbers), by_column.T, widths)
    return EncodedFeatures(numbers, np.ascontiguousarray(by_column.T), widths)


def plain_dense(features: EncodedFeatures) -> list[list[float]]:
    """The independent reference: one cell after the other."""
    rows = []
    for numbers, codes in zip(features.numbers.tolist(), features.codes.tolist(), strict=True):
        blocks = [
            [float(place == code) for place in range(width)] for code, width in zip(codes, features.widths, strict=True)
        ]
        rows.append(sum(blocks, numbers))
    return rows


@given(features=encoded_features())
def test_dense_is_numbers_then_blocks(features: EncodedFeatures) -> None:
    dense = features.dense()

    assert dense.dtype == np.float32
    assert dense.shape == (features.n_rows, features.n_features)
    np.testing.assert_array_equal(dense, np.reshape(plain_dense(features), dense.shape))


@given(features=encoded_features(), seed=st.integers(0, 9))
def test_rows_of_dense_are_dense_of_rows(features: EncodedFeatures, seed: int) -> None:
    rows = np.random.default_rng(seed).integers(0, max(features.n_rows, 1), min(features.n_rows, 4))

    np.testing.assert_array_equal(features.dense(rows), features.dense()[rows])
    np.testing.assert_array_equal(features.take(rows).dense(), features.dense()[rows])
    np.testing.assert_array_equal(features.dense(slice(1, 3)), features.dense()[1:3])


@given(features=encoded_features(), n_further=st.integers(0, 3), start=st.integers(0, 6), stop=st.integers(0, 6))
def test_dense_fills_a_buffer(features: EncodedFeatures, n_further: int, start: int, stop: int) -> None:
    expected = features.dense()[start:stop]
    buffer = np.full((len(expected) + n_further, features.n_features), 7.0, np.float32)

    dense = features.dense(slice(start, stop), out=buffer)

    assert dense.base is buffer
    np.testing.assert_array_equal(dense, expected)
    np.testing.assert_array_equal(buffer[: len(expected)], expected)
    np.testing.assert_array_equal(buffer[len(expected) :], 0)


def test_a_buffer_with_gaps_is_refused() -> None:
    features = EncodedFeatures(np.zeros((2, 0), np.float32), np.zeros((2, 1), np.int32), (2,))

    with pytest.raises(ValueError, match="copy"):
        features.dense(out=np.empty((2, 3), np.float32)[:, :2])


@pytest.mark.parametrize(
    ("rows", "is_view"),
    [
        (slice(1, 4), True),
        (np.arange(5), True),
        (np.array([2, 3]), True),
        (np.array([4]), True),
        (np.array([1, 3]), False),
        (np.array([3, 2, 1]), False),
        (np.array([1, 1, 3]), False),
        (np.array([-1, 0]), False),
        (np.array([], np.int64), False),
        (np.array([True, True, False, False, True]), False),
    ],
)
def test_rows_that_follow_one_another_are_not_copied(rows: slice | np.ndarray, is_view: bool) -> None:
    features = EncodedFeatures(
        np.array([[0], [1], [2], [3], [4]], np.float32), np.array([[4], [3], [2], [1], [0]], np.int32), (5,)
    )

    some = features.take(rows)

    np.testing.assert_array_equal(some.numbers, features.numbers[rows])
    np.testing.assert_array_equal(some.codes, features.codes[rows])
    assert np.shares_memory(some.numbers, features.numbers) is is_view


def test_rows_beyond_the_last_are_refused() -> None:
    features = EncodedFeatures(np.zeros((2, 1), np.float32), np.zeros((2, 0), np.int32), ())

    with pytest.raises(IndexError):
        features.take(np.array([1, 2]))


def test_columns_are_put_in_any_order() -> None:
    buffers = ColumnBuffers(2, {"size": 1, "city": 0, "date": 2, "age": 1})
    is_unseen = np.array([False, True])
    remarks = {
        "age": buffers.put("age", EncodedColumn(np.array([3, 4], np.float32))),
        "city": buffers.put("city", EncodedColumn(np.array([1, -1], np.int32), CellRemarks(unseen=is_unseen))),
        "date": buffers.put("date", EncodedColumn(np.array([[5, 6], [7, 8]], np.float32))),
        "size": buffers.put("size", EncodedColumn(np.array([1, 2], np.float32))),
    }
    counts = {name: cells.counts for name, cells in remarks.items()}

    features = buffers.features((2,), counts, remarks)

    assert features.dense().tolist() == [[1, 5, 7, 3, 0, 1], [2, 6, 8, 4, 0, 0]]
    assert features.counts == counts
    assert features.counts["city"] == ColumnCounts(unseen=1)
    assert features.remarks["city"].unseen is is_unseen


def test_a_subset_has_no_counts() -> None:
    features = EncodedFeatures(
        np.zeros((2, 1), np.float32), np.zeros((2, 0), np.int32), (), {"a": ColumnCounts(missing=1)}
    )

    assert features.take(slice(1)).counts == {}


def test_fields_cannot_be_changed() -> None:
    features = EncodedFeatures(np.zeros((2, 1), np.float32), np.zeros((2, 0), np.int32), ())

    with pytest.raises(AttributeError):
        features.widths = (1,)  # type: ignore[misc]
