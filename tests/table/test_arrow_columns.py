from decimal import Decimal

import pyarrow as pa
import pytest

from dltrain.config.sections.data import NumberFormat, TextFormat
from dltrain.table.arrow_columns import plain_column

GERMAN = NumberFormat(",", ".")


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
        (pa.array([Decimal("2.500"), None], pa.decimal128(18, 3)), pa.array([2.5, None])),
        (pa.array([Decimal(2**53)], pa.decimal256(40, 0)), pa.array([2.0**53])),
        (pa.array([Decimal("2.5")]).cast(pa.decimal64(18, 3)), pa.array([2.5])),
        (pa.array([Decimal(2**53 + 1), Decimal(3)], pa.decimal128(38, 9)), pa.array(["9007199254740993", "3"])),
        (pa.array([Decimal(-(10**20)), None], pa.decimal128(38, 0)), pa.array(["-100000000000000000000", None])),
        (pa.nulls(2, pa.decimal128(38, 9)), pa.nulls(2, pa.float64())),
        (pa.array([Decimal("0.3"), Decimal("-0.7")], pa.decimal128(4, 1)), pa.array([0.3, -0.7])),
        (pa.array([Decimal("0.35"), Decimal("0.41")], pa.decimal128(38, 18)), pa.array([0.35, 0.41])),
        (pa.array([Decimal("1e-7"), Decimal(0)], pa.decimal128(20, 12)), pa.array([1e-7, 0.0])),
        (
            pa.array([Decimal("1234567890123.45671"), Decimal("1234567890123.45672"), None], pa.decimal128(20, 5)),
            pa.array(["1234567890123.45671", "1234567890123.45672", None]),
        ),
        (pa.array([0.1, None, -0.3], pa.float32()), pa.array([0.1, None, -0.3])),
        (pa.array([True, None]), pa.array([True, None])),
        (pa.nulls(2), pa.array([None, None], pa.string())),
        (pa.array([0], pa.date32()), pa.array([0], pa.date32())),
        (pa.array([[1]]), pa.array([[1]])),
    ],
)
def test_columns_become_strings_float64_or_booleans_or_stay(column: pa.Array, expected: pa.Array) -> None:
    plain = plain_column(pa.chunked_array([column]), TextFormat(("NA",)))

    assert plain.type == expected.type
    assert plain.to_pylist() == expected.to_pylist()


@pytest.mark.parametrize(
    "kind", [pa.int16(), pa.int64(), pa.float16(), pa.float32(), pa.float64(), pa.decimal128(9, 1)]
)
def test_numbers_that_mean_missing_are_missing_in_every_type(kind: pa.DataType) -> None:
    column = pa.chunked_array([pa.array([-999.0, 1.0, None]).cast(kind)])
    assert plain_column(column, TextFormat(("NA", "-999"))).to_pylist() == [None, 1.0, None]
    assert plain_column(column, TextFormat(("-999.0", "1e0"))).to_pylist() == [None, None, None]


@pytest.mark.parametrize("kind", [pa.float32(), pa.float64(), pa.decimal128(18, 3)])
def test_fractions_that_mean_missing_are_as_exact_as_their_column(kind: pa.DataType) -> None:
    column = pa.chunked_array([pa.array([Decimal("-99.9"), Decimal("1.5")]).cast(kind)])
    assert plain_column(column, TextFormat(("-99.9",))).to_pylist() == [None, 1.5]
    assert plain_column(column, TextFormat(("-99,9",), numbers=GERMAN)).to_pylist() == [None, 1.5]


def test_codes_that_mean_missing_are_no_numbers() -> None:
    column = pa.chunked_array([pa.array([0.0, 99.0])])
    assert plain_column(column, TextFormat(("000", "099"))).to_pylist() == [0, 99]


def test_large_numbers_are_written_as_the_table_writes_numbers() -> None:
    cells = [Decimal("9007199254740993"), Decimal("2.5"), Decimal(-999), Decimal("2.125")]
    column = pa.chunked_array([pa.array(cells, pa.decimal128(24, 3))])
    plain = plain_column(column, TextFormat(("-999",), numbers=GERMAN))
    assert plain.to_pylist() == ["9007199254740993", "2,5", None, "2,125"]
    integers = pa.chunked_array([pa.array([2**60 + 1, -999])])
    assert plain_column(integers, TextFormat(("-999",))).to_pylist() == ["1152921504606846977", None]


def test_decimals_are_the_numbers_of_their_texts() -> None:
    cells = [Decimal(unit).scaleb(-scale) for scale in (1, 2, 4) for unit in range(-3000, 3000, 7)]
    plain = plain_column(pa.chunked_array([pa.array(cells, pa.decimal128(12, 4))]), TextFormat())
    assert plain.to_pylist() == [float(str(cell)) for cell in cells]
