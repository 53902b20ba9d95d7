import numpy as np
import pytest

from dltrain.errors import DataError
from dltrain.features.precision import compute_float32, to_float32
from tests.features.tables import table_of


def test_numbers_are_rounded_and_nan_is_kept() -> None:
    rounded = to_float32(np.array([0.1, np.nan, 3.4e38]), table=table_of(x=[1.0]), name="x")

    assert rounded.dtype == np.float32
    np.testing.assert_array_equal(rounded, np.array([0.1, np.nan, 3.4e38], np.float32))


def test_numbers_beyond_float32_are_refused_with_their_place() -> None:
    table = table_of(x=["1", None, "7"])

    with pytest.raises(DataError) as caught:
        to_float32(np.array([1.0, 2e39, -np.inf]), table=table, name="x")

    assert str(caught.value) == (
        "table: row 2: column 'x': expected a number below 3.4e38 after scaling, got 2e+39; so in 2 of 3 cells"
    )


def test_long_columns_are_computed_block_by_block() -> None:
    values = np.random.default_rng(0).normal(size=200_001)
    sizes = []

    def third(block: np.ndarray) -> np.ndarray:
        sizes.append(block.size)
        return block / 3

    numbers = compute_float32(third, values, table=table_of(x=[1.0]), name="x")

    np.testing.assert_array_equal(numbers, (values / 3).astype(np.float32))
    assert len(sizes) > 2


def test_a_number_beyond_float32_is_found_in_any_block() -> None:
    values = np.zeros(200_001)
    values[[150_000, 200_000]] = 1e39

    with pytest.raises(DataError, match=r"row 150001: column 'x': .* got 2e\+39; so in 2 of 200,001 cells"):
        compute_float32(lambda block: 2 * block, values, table=table_of(x=values), name="x")
