"""S6: any CSV gives exactly its values or a clean error. 5,000 tables; `DLTRAIN_FUZZ=10` tries ten times as many."""

import csv
import gzip
import io
import os
import random
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from dltrain.errors import DataError
from dltrain.features.numeric import NumericFeature
from dltrain.features.scaling import Unscaled
from dltrain.table import Table, categorical_values, infer_kind, numeric_values, open_blocks, read_table, row_places
from tests.conftest import PROJECT
from tests.reliability.csv_mutations import damaged_tables, mutated
from tests.reliability.csv_reference import TITLE, WORDS, ReferenceTable, RefusedError, read_reference, reference_number

FUZZ: Final = int(os.environ.get("DLTRAIN_FUZZ", "1"))
TABLES: Final = damaged_tables()
MUTATIONS: Final = 240
"""Damaged copies of each table."""

LEAST_ACCEPTED: Final = 0.1
"""A reader that refused everything would be right never to misread."""

PIECES: Final = (1, 2, 3, 7, 16, 64, 500)


def test_s6_at_least_5000_damaged_tables_are_tried() -> None:
    assert MUTATIONS * len(TABLES) >= 5_000


@pytest.mark.parametrize("name", TABLES)
def test_s6_a_damaged_table_gives_exactly_its_values_or_a_clean_error(name: str, tmp_path: Path) -> None:
    rng = random.Random(name)  # noqa: S311 - only to damage tables
    path, n_accepted = tmp_path / "table.csv", 0
    assert_exact_or_refused(path, TABLES[name], block_bytes=7)
    for _ in range(MUTATIONS * FUZZ):
        data = mutated(TABLES[name], rng)
        try:
            n_accepted += assert_exact_or_refused(path, data, block_bytes=rng.choice(PIECES))
        except BaseException as error:
            error.add_note(f"The table was {data!r}")
            raise
    assert n_accepted > LEAST_ACCEPTED * MUTATIONS * FUZZ


def assert_exact_or_refused(path: Path, data: bytes, *, block_bytes: int) -> bool:
    """The promise for one file, read whole and in blocks; returns whether it is a table."""
    path.write_bytes(data)
    try:
        expected = read_reference(data, "\t" if path.suffix == ".tsv" else ",")
    except RefusedError as refusal:
        assert_refused(path, refusal, block_bytes=block_bytes)
        return False
    table = read_table(path)
    assert_same_cells(table.columns, expected)
    blocks = read_blocks(path, block_bytes)
    assert_same_cells(pa.concat_tables([block.columns for block in blocks]), expected)
    places = [f"{path}:{line}" for line in expected.lines]
    assert row_places(table, range(table.n_rows)) == places
    assert [place for block in blocks for place in row_places(block, range(block.n_rows))] == places
    assert_same_values(table, expected)
    return True


def assert_refused(path: Path, refusal: RefusedError, *, block_bytes: int) -> None:
    messages = set[str]()
    for read in (lambda: read_table(path), lambda: read_blocks(path, block_bytes)):
        with pytest.raises(DataError) as caught:
            read()
        assert_names_reason(caught.value, path, refusal)
        messages.add(caught.value.message.split("\n")[0])
    # A short piece may end before the row that shows what a title is.
    assert len(messages) == 1 or refusal.is_title
    assert any(TITLE in message for message in messages) == refusal.is_title


def read_blocks(path: Path, block_bytes: int) -> list[Table]:
    with open_blocks(path, block_bytes=block_bytes) as blocks:
        return list(blocks)


def assert_same_cells(columns: pa.Table, expected: ReferenceTable) -> None:
    assert columns.column_names == expected.names
    for name in expected.names:
        assert columns.column(name).to_pylist() == [cell or None for cell in expected.cells(name)]


def assert_names_reason(error: DataError, path: Path, refusal: RefusedError) -> None:
    """The first line of the error says what the reference found first, and where."""
    assert_clean(error)
    first = error.message.split("\n")[0]
    assert first.startswith(f"{path}:"), first
    assert WORDS[refusal.reason] in first or (refusal.is_title and TITLE in first), (first, refusal)
    if refusal.line is not None:
        place = re.match(r":(\d+): ", first.removeprefix(str(path)))
        assert place is not None, first
        # A record may have several lines before that of its bad quote.
        assert int(place[1]) >= refusal.line if refusal.reason == "quote" else int(place[1]) == refusal.line, first


def assert_clean(error: DataError) -> None:
    """Lines that a terminal shows as they are, not too many."""
    lines = str(error).split("\n")
    assert all(line.isprintable() for line in lines), lines
    assert len(lines) < 12
    assert not [word for word in ("Traceback", "ArrowInvalid", "<class", "object at 0x") if word in str(error)]


def assert_same_values(table: Table, expected: ReferenceTable) -> None:
    """Numbers are those of `float`, and every column has values or a clean error."""
    for name in expected.names:
        cells = expected.cells(name)
        numbers = [reference_number(cell) for cell in cells]
        if None not in numbers:
            np.testing.assert_array_equal(numeric_values(table, name), np.array(numbers, np.float64))
        elif not {cell.strip().lower() for cell in cells if cell} <= {"true", "false"}:
            with pytest.raises(DataError) as caught:
                numeric_values(table, name)
            assert_clean(caught.value)
            assert caught.value.message.startswith(f"{table.source}:{expected.lines[numbers.index(None)]}: ")
        assert categorical_values(table, name).null_count == cells.count("")
        try:
            assert infer_kind(table, name) in ("numeric", "boolean", "categorical")
        except DataError as error:
            assert_clean(error)


LONG = "9" * 70
TABLE_CASES: Final = {
    "byte order mark": (b"\xef\xbb\xbfa,b\n1,2\n", ["a", "b"], [["1", "2"]]),
    "line ends of Windows": (b"a,b\r\n1,2\r\n3,4\r\n", ["a", "b"], [["1", "2"], ["3", "4"]]),
    "line ends of old Macs": (b"a,b\r1,2\r3,4", ["a", "b"], [["1", "2"], ["3", "4"]]),
    "integers of 70 digits": (f"a,b\n{LONG},2\n".encode(), ["a", "b"], [[LONG, "2"]]),
    "hexadecimal text": (b"a,b\n0x10,2\n", ["a", "b"], [["0x10", "2"]]),
    "leading zeros": (b"a,b\n007,2\n", ["a", "b"], [["007", "2"]]),
    "NA as a category": (b"a,b\nNA,2\nnull,None\n", ["a", "b"], [["NA", "2"], ["null", "None"]]),
    "a type that changes in the last line": (
        b"a,b\n" + b"1,2\n" * 999 + b"x,2\n",
        ["a", "b"],
        [*[["1", "2"]] * 999, ["x", "2"]],
    ),
    "a quoted cell of several lines": (b'a,b\n"1\n\n2",3\n', ["a", "b"], [["1\n\n2", "3"]]),
    "no end of the last line": (b"a,b\n1,2", ["a", "b"], [["1", "2"]]),
    "columns named like other formats": (b"PAR1,PK\n1,2\n", ["PAR1", "PK"], [["1", "2"]]),
}
ERROR_CASES: Final = {
    "an empty file": (b"", "empty", 1),
    "only a byte order mark": (b"\xef\xbb\xbf", "empty", 1),
    "only a header": (b"a,b\n", "no rows", 1),
    "a short row": (b"a,b\n1,2\n3\n", "ragged", 3),
    "a long row": (b"a,b\n1,2,3\n", "ragged", 2),
    "each row one cell longer than the header": (b"a,b\n1,2,3\n4,5,6\n", "ragged", 2),
    "a repeated name": (b"a,a\n1,2\n", "repeated name", 1),
    "an empty name": (b"a,,b\n1,2,3\n", "no name", 1),
    "a name for the first cell alone": (b"a,,\n1,,\n", "no name", 1),
    "text without a name": (b"a,b,\n1,2,\n1,2,3\n", "no name, but text", 3),
    "the header again": (b"a,b,c\n1,2,5\na,b,c\n3,4,5\n", "header", 3),
    "Latin-1": ("a,b\n1,café\n".encode("latin-1"), "encoding", 2),
    "UTF-16 with a mark": ("a,b\n1,2\n".encode("utf-16"), "format", None),
    "UTF-16 without a mark": ("a,b\n1,2\n".encode("utf-16-le"), "zero byte", 1),
    "a zero byte": (b"a,b\n1,\0\n", "zero byte", 2),
    "a quote that is never closed": (b'a,b\n1,"2\n3,4\n', "quote", 2),
    "text behind a closing quote": (b'a,b\n1,"2"3\n', "quote", 2),
    "semicolons": (b"a;b\n1;2\n", "delimiter", 1),
    "gzip data": (gzip.compress(b"a,b\n1,2\n"), "format", None),
}


@pytest.mark.parametrize("case", TABLE_CASES)
def test_s6_a_table_is_read_to_the_letter(case: str, tmp_path: Path) -> None:
    data, names, rows = TABLE_CASES[case]
    reference = read_reference(data)
    assert (reference.names, reference.rows) == (names, rows)
    assert assert_exact_or_refused(tmp_path / "table.csv", data, block_bytes=3)


@pytest.mark.parametrize("case", ERROR_CASES)
def test_s6_what_is_no_table_is_refused_for_its_reason(case: str, tmp_path: Path) -> None:
    data, reason, line = ERROR_CASES[case]
    with pytest.raises(RefusedError) as caught:
        read_reference(data)
    assert (caught.value.reason, caught.value.line) == (reason, line)
    assert not assert_exact_or_refused(tmp_path / "table.csv", data, block_bytes=3)


@pytest.mark.parametrize("path", sorted((PROJECT / "data").glob("*.csv*")), ids=lambda path: path.name)
def test_s6_numbers_of_shipped_tables_are_pythons_floats(path: Path) -> None:
    data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    expected, table = read_reference(data), read_table(path)
    assert_same_cells(table.columns, expected)
    numeric = [name for name in expected.names if infer_kind(table, name) == "numeric"]
    assert numeric
    for name in numeric:
        numbers = [float(cell or "nan") for cell in expected.cells(name)]
        np.testing.assert_array_equal(numeric_values(table, name), numbers)
        feature = NumericFeature(name=name, impute="constant", fill_value=-1.0, scaler=Unscaled())
        filled = np.nan_to_num(np.array(numbers, np.float64), nan=-1.0).astype(np.float32)
        np.testing.assert_array_equal(feature.encode(table).values, filled)


cells = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8),
    st.sampled_from(["", "007", "0x10", "NA", LONG, "-1.5e3", " 1 ", "\r", "\r\n", '"', '",\n"', "\ufeff", "'", "\\"]),
)


@st.composite
def tables(draw: st.DrawFn) -> list[list[str]]:
    """Names that differ, and rows of the same length."""
    names = draw(st.lists(cells.filter(bool), min_size=1, max_size=4, unique=True))
    return [names, *draw(st.lists(st.lists(cells, min_size=len(names), max_size=len(names)), min_size=1, max_size=8))]


@settings(
    max_examples=300 * FUZZ,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    table=tables(),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    suffix=st.sampled_from([".csv", ".tsv", ".csv.gz"]),
    end=st.sampled_from(["\r\n", "\n", "\r"]),
    block_bytes=st.sampled_from(PIECES),
)
def test_s6_what_the_csv_module_writes_is_read_back_to_the_letter(
    tmp_path: Path, table: list[list[str]], quoting: int, suffix: str, end: str, block_bytes: int
) -> None:
    # This version of the csv module quotes no line end but its own.
    assume(quoting == csv.QUOTE_ALL or end == "\r\n")
    # A first name that begins with a mark cannot be told from a file that does.
    assume(quoting == csv.QUOTE_ALL or not table[0][0].startswith("\ufeff"))
    assume(len(table[0]) > 1 or not set(table[0][0]) & set(",;\t|"))
    text, path = io.StringIO(newline=""), tmp_path / f"table{suffix}"
    delimiter = "\t" if suffix == ".tsv" else ","
    csv.writer(text, delimiter=delimiter, quoting=quoting, lineterminator=end).writerows(table)  # type: ignore[arg-type]
    data = text.getvalue().encode()
    path.write_bytes(gzip.compress(data, 1) if suffix == ".csv.gz" else data)
    for columns in (
        read_table(path).columns,
        pa.concat_tables([block.columns for block in read_blocks(path, block_bytes)]),
    ):
        assert columns.column_names == table[0]
        assert cells_of(columns) == [[cell or None for cell in row] for row in table[1:]]


def cells_of(columns: pa.Table) -> list[Sequence[str | None]]:
    return [list(row) for row in zip(*(column.to_pylist() for column in columns.columns), strict=True)]


@pytest.mark.parametrize("seed", range(4))
def test_s6_damaged_gzip_data_gives_its_text_or_a_clean_error(seed: int, tmp_path: Path) -> None:
    rng = random.Random(seed)  # noqa: S311 - only to damage tables
    path, packed = tmp_path / "table.csv.gz", gzip.compress(TABLES["penguins.csv"], mtime=0)
    n_refused = 0
    for _ in range(100 * FUZZ):
        data = mutated(packed, rng)
        path.write_bytes(data)
        try:
            columns = read_table(path).columns
        except DataError as error:
            assert_clean(error)
            n_refused += 1
        else:
            # Doubled data is sound: two members, whose texts follow one another.
            assert_same_cells(columns, read_reference(gzip.decompress(data)))
    assert n_refused > 50 * FUZZ
