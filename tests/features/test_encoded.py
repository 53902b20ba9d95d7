import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dltrain.features import EncodedFeatures


@st.composite
def encoded_features(draw: st.DrawFn) -> EncodedFeatures:
    n_rows, n_numbers = draw(st.integers(0, 6)), draw(st.integers(0, 3))
    widths = tuple(draw(st.lists(st.integers(1, 4), max_size=3)))
    rng = np.random.default_rng(draw(st.integers(0, 99)))
    codes = [rng.integers(-1, width, n_rows) for width in widths]
    numbers = rng.normal(size=(n_rows, n_numbers)).astype(np.float32)
    return EncodedFeatures(numbers, np.array(codes, np.int32).reshape(len(widths), n_rows).T, widths)


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


def test_a_subset_has_no_counts() -> None:
    features = EncodedFeatures(np.zeros((2, 1), np.float32), np.zeros((2, 0), np.int32), (), {"a": 1}, {"a": 2})

    assert (features.take(slice(1)).unseen, features.take(slice(1)).missing) == ({}, {})


def test_fields_cannot_be_changed() -> None:
    features = EncodedFeatures(np.zeros((2, 1), np.float32), np.zeros((2, 0), np.int32), ())

    with pytest.raises(AttributeError):
        features.widths = (1,)  # type: ignore[misc]
