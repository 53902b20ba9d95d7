"""Tables of any size as a stream of blocks."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import replace
from math import ceil
from pathlib import Path
from typing import BinaryIO, Final, NamedTuple

import pyarrow as pa

from dltrain.background import map_ahead
from dltrain.config.sections.data import PLAIN_TEXTS, TextFormat
from dltrain.errors import DataError
from dltrain.machine import available_cores
from dltrain.table.csv_problems import check_rows
from dltrain.table.csv_reading import PIECE_BYTES, parse_rows, read_csv_rows
from dltrain.table.csv_text import CsvText
from dltrain.table.opening import CsvFile, csv_file, open_csv
from dltrain.table.parquet import open_parquet
from dltrain.table.plain_cells import plain_cells
from dltrain.table.row_lines import RowLines
from dltrain.table.table import MOST_BLOCK_ROWS, Table

STANDARD_INPUT: Final = "standard input"


@contextmanager
def open_blocks(
    source: Path | BinaryIO, *, texts: TextFormat = PLAIN_TEXTS, block_bytes: int = PIECE_BYTES
) -> Iterator[Iterator[Table]]:
    """Opens a table to read it in blocks of bounded size, so that it need not fit into memory.

    The header is checked at once, the rows when their block is asked for. Nothing is read ahead: that is for a thread
    of the caller to do, which must have ended when the table is closed.

    Args:
        source: The path of a file that `read_table` reads, or a stream of the text of a CSV file.
        texts: How its texts are to be read.
        block_bytes: About how much of the table is read at a time. Blocks have at most 65,536 rows besides.

    Yields:
        All rows in the order of the source, at least one in every block. Blocks know the places of their rows in the
        source and have the same columns, those that `read_table` finds.

    Raises:
        DataError: The source is missing, unreadable, or not exactly a table; while iterating: so are the rows of the
            next block. Blocks before them have been handed out.
    """
    name = str(source) if isinstance(source, Path) else STANDARD_INPUT
    with open_tables(source, name=name, texts=texts, block_bytes=block_bytes) as tables:
        yield (block for table in tables for block in _blocks(table))


def _blocks(table: Table) -> Iterator[Table]:
    """Divides a table with many short rows."""
    n_rows = ceil(table.n_rows / ceil(table.n_rows / MOST_BLOCK_ROWS))
    for start in range(0, table.n_rows, n_rows):
        columns = table.columns.slice(start, n_rows)
        yield replace(table, columns=columns, first_row=table.first_row + start, is_block=True)


@contextmanager
def open_tables(
    source: Path | BinaryIO,
    *,
    name: str,
    texts: TextFormat,
    block_bytes: int = PIECE_BYTES,
    is_whole: bool = False,
) -> Iterator[Iterator[Table]]:
    """Opens a table as `open_blocks` does, but yields what is read at a time, however many rows that are.

    Args:
        source: As for `open_blocks`.
        name: How messages name the source.
        texts: As for `open_blocks`.
        block_bytes: As for `open_blocks`.
        is_whole: Whether all of the table is wanted, and nothing else happens meanwhile: threads for all cores share
            the work, and an error about rows of a CSV counts them to the end of the file.
    """
    if not isinstance(source, Path):
        yield _csv_tables(
            csv_file(source.read, texts.separator, source=name, texts=texts),
            name,
            texts,
            block_bytes,
            is_whole=is_whole,
        )
    elif source.name.lower().endswith(".parquet"):
        with open_parquet(source, texts=texts, source=name, block_bytes=block_bytes, uses_threads=is_whole) as tables:
            yield _numbered(tables, name, texts)
    else:
        with open_csv(source, source=name, texts=texts) as file:
            yield _csv_tables(file, name, texts, block_bytes, is_whole=is_whole)


def _numbered(tables: Iterable[pa.Table], name: str, texts: TextFormat) -> Iterator[Table]:
    first_row = 0
    for columns in tables:
        yield Table(plain_cells(columns, texts), name, first_row=first_row, texts=texts)
        first_row += columns.num_rows


class _Parsed(NamedTuple):
    """Some rows of a CSV file, and their columns or what is wrong with them."""

    text: CsvText
    columns: pa.Table | DataError


def _csv_tables(file: CsvFile, name: str, texts: TextFormat, block_bytes: int, *, is_whole: bool) -> Iterator[Table]:
    """Reads the header at once, the rows when they are asked for."""
    names, pieces = read_csv_rows(file, source=name, texts=texts, piece_bytes=block_bytes)

    def parse(text: CsvText) -> _Parsed:
        try:
            columns = parse_rows(text, names, missing_values=texts.missing_values)
            return _Parsed(text, plain_cells(columns, texts))
        except DataError as error:
            return _Parsed(text, error)

    def tables() -> Iterator[Table]:
        first_row = 0
        with _parsed(parse, pieces, uses_threads=is_whole) as parts:
            for text, columns in parts:
                if isinstance(columns, DataError):
                    if is_whole:
                        later = (part.text for part in parts if isinstance(part.columns, DataError))
                        check_rows(text, names=names, missing_values=texts.missing_values, later=later)
                    raise columns
                lines = RowLines.of_text(text, first_row=first_row, n_rows=columns.num_rows)
                yield Table(columns, name, lines=(lines,), first_row=first_row, texts=texts)
                first_row += columns.num_rows
        if first_row == 0:
            raise DataError(f"{name}:1: expected rows below the header, got none")

    return tables()


def _parsed(
    parse: Callable[[CsvText], _Parsed], texts: Iterator[CsvText], *, uses_threads: bool
) -> AbstractContextManager[Iterator[_Parsed]]:
    return map_ahead(parse, texts, threads=available_cores()) if uses_threads else nullcontext(map(parse, texts))
