import numpy as np
import pytest

from dltrain.errors import DataError
from dltrain.features.precision import to_float32
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
