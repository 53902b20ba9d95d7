import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from dltrain.profiling.row_hashes import hash_labelled_rows, hash_rows

ROWS = st.lists(st.tuples(st.sampled_from([-0.0, 0.0, 1.5]), st.integers(-1, 2), st.integers(-1, 2)), min_size=1)


@settings(deadline=None)
@given(ROWS)
def test_rows_share_a_hash_exactly_when_they_are_equal(rows: list[tuple[float, int, int]]) -> None:
    hashes = hash_rows(
        np.array([row[:1] for row in rows], np.float32), np.array([row[1:] for row in rows], np.int32)
    ).tolist()
    assert [[a == b for b in hashes] for a in hashes] == [[a == b for b in rows] for a in rows]


def test_many_rows_have_as_many_hashes() -> None:
    numbers = np.random.default_rng(0).normal(size=(100_000, 3)).astype(np.float32)
    assert np.unique(hash_rows(numbers)).size == np.unique(numbers, axis=0).shape[0]


def test_the_place_of_a_value_counts() -> None:
    left, right = np.array([[1, 2]], np.int32), np.array([[2, 1]], np.int32)
    assert hash_rows(left) != hash_rows(right)


def test_a_target_that_changes_places_with_a_feature_is_another_row() -> None:
    halves = np.array([1.5]).view(np.int32)
    numbers, codes = np.zeros((1, 0), np.float32), halves.reshape(1, 2)
    other = np.array([2.5])
    swapped = hash_labelled_rows(numbers, other.view(np.int32).reshape(1, 2), np.array([1.5]))
    assert hash_labelled_rows(numbers, codes, other) != swapped
    assert hash_labelled_rows(numbers, codes, np.array([0.0])) == hash_labelled_rows(numbers, codes, np.array([-0.0]))
