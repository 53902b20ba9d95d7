from decimal import Decimal

import pyarrow as pa
import pytest

from dltrain.table.arrow_columns import plain_column


@pytest.mark.parametrize(
    ("column", "expected"),
    [
        (pa.array(["a", "", None, "NA"]), pa.array(["a", None, None, None])),
        (pa.array(["a"], pa.large_string()), pa.array(["a"])),
        (pa.array(["a"], pa.string_view()), pa.array(["a"])),
        (pa.array(["a", "b", None, "NA"]).dictionary_encode(), pa.array(["a", "b", None, None])),
        (pa.array([3, 4, None]).dictionary_encode(), pa.array([3.0, 4.0, None])),
        (pa.array([1, None], pa.int8()), pa.array([1.0, None])),
        (pa.array([2**53, 1]), pa.array([2.0**53, 1.0])),
        (pa.array([2**53 + 1, 1, None]), pa.array(["9007199254740993", "1", None])),
        (pa.array([2**64 - 1], pa.uint64()), pa.array(["18446744073709551615"])),
        (pa.array([0.5, float("nan"), float("inf")], pa.float32()), pa.array([0.5, None, float("inf")])),
        (pa.array([1.5, None], pa.float16()), pa.array([1.5, None])),
        (pa.array([Decimal("1.5"), None]), pa.array([1.5, None])),
        (pa.array([True, None]), pa.array([True, None])),
        (pa.nulls(2), pa.array([None, None], pa.string())),
        (pa.array([0], pa.date32()), pa.array([0], pa.date32())),
        (pa.array([[1]]), pa.array([[1]])),
    ],
)
def test_columns_become_strings_float64_or_booleans_or_stay(column: pa.Array, expected: pa.Array) -> None:
    plain = plain_column(pa.chunked_array([column]), ["NA"])

    assert plain.type == expected.type
    assert plain.to_pylist() == expected.to_pylist()
