"""What can be wrong with CSV text, and in which line."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Final, NamedTuple

from dltrain.errors import DataError, counted, quoted_list
from dltrain.table.csv_text import CsvText, are_names, count_line_ends, is_header, n_named
from dltrain.table.table import is_text_source

_FOREIGN_FORMATS: Final = {
    b"\x1f\x8b": ("gzip data", "the file name must end in .gz; for standard input: gunzip -c FILE"),
    # A table may have a column PAR1; the byte behind it begins the first record of Parquet's own data.
    b"PAR1\x15": ("Parquet data", "a name that ends in .parquet makes it read as such; standard input is CSV"),
    **dict.fromkeys(
        (b"@rela", b"@RELA"), ("ARFF", "write the names of its attributes into one line, and below it the rows")
    ),
    b"PK\x03\x04": ("a zip archive or an Excel sheet", "unpack it, or save the sheet as CSV"),
    b"\xff\xfe": ("UTF-16 text", "data.encoding: utf-16 reads it; or iconv -f UTF-16 -t UTF-8 FILE > NEW_FILE"),
    b"\xfe\xff": ("UTF-16 text", "data.encoding: utf-16 reads it; or iconv -f UTF-16 -t UTF-8 FILE > NEW_FILE"),
}
N_TELLING_BYTES: Final = max(map(len, _FOREIGN_FORMATS))
"""So many bytes at the beginning of a file tell its format."""

_SHOWN_ROWS: Final = 5
MOST_TITLE_LINES: Final = 50
"""A header further down is none."""
MOST_FOOTER_ROWS: Final = 5
_FEWEST_ROWS: Final = 2
"""A header and a row."""


def check_format(start: bytes, source: str) -> None:
    """Refuses files of other formats and encodings, as far as their first bytes give them away.

    Raises:
        DataError: It is one.
    """
    for signature, (found, hint) in _FOREIGN_FORMATS.items():
        if start.startswith(signature):
            raise DataError(f"{source}: expected UTF-8 text, got {found}", hint=hint)


def check_rows(
    text: CsvText, *, names: Sequence[str], missing_values: Collection[str] = (), later: Iterable[CsvText] | None = ()
) -> None:
    """Refuses text that is not UTF-8, bad quotes, and rows that do not fit the header. Takes its time.

    A blank line between rows of one cell is refused too: it may be a missing value, or nothing.

    Args:
        text: Rows, without the header.
        names: The names of the columns, as those of a `Header`.
        missing_values: Cell texts that mean "missing": those may stand in columns without a name.
        later: The rest of the file, to count all bad rows when there are some; None when it is left alone.

    Raises:
        DataError: In the order of the file: the first bad rows, and behind them what cannot be read at all.
    """
    n_columns = len(names)
    bad_rows = _BadRows(names)
    try:
        for part in chain([text], later or ()):
            for line, cells in _rows(part, n_columns):
                problem = _row_problem(cells, names, missing_values)
                if problem is not None:
                    bad_rows.add(part.source, line, cells, problem)
                elif bad_rows.count:
                    bad_rows.are_last = False
                else:
                    bad_rows.are_first = False
            if not bad_rows.count:
                return
    except DataError as error:
        raise bad_rows.error(end=error) from error
    raise bad_rows.error(until="" if later is not None else f" up to line {text.first_line + text.n_lines - 1:,}")


class _Problem(NamedTuple):
    """Why a row does not fit the header, and what to do."""

    message: str
    hint: str | None


def _row_problem(cells: Sequence[str], names: Sequence[str], missing_values: Collection[str]) -> _Problem | None:
    if len(cells) != len(names):
        in_quotes = "a cell with the delimiter in it must stand in double quotes"
        return _Problem(
            f"expected {counted(len(names), 'cell')} as in the header, got {len(cells)}",
            in_quotes if len(cells) > len(names) else None,
        )
    if is_header(cells, names):
        return _Problem(
            "expected a row, got the header again",
            "where files are put together, only the first one keeps its header: remove the others; of a file without a "
            "header, data.header=[...] names the columns",
        )
    for position in range(n_named(names), len(names)):
        if cells[position] and cells[position] not in missing_values:
            return _Problem(
                f"expected an empty cell in column {position + 1}, which has no name, "
                f"got {quoted_list([cells[position]])}",
                "name the column in the header, or empty its cells",
            )
    return None


def _rows(text: CsvText, n_columns: int) -> Iterator[tuple[int, list[str]]]:
    """The rows with their lines; in a file of one column, none may stand behind a blank line."""
    blank_line = None
    for line, cells in text.records():
        if not cells:
            blank_line = blank_line or line
        elif blank_line is not None and n_columns == 1:
            missing = 'in a file of one column a missing value is written as ""; otherwise remove the line'
            raise DataError(
                f"{text.source}:{blank_line}: expected a cell, got a blank line",
                hint=_title_hint(line, cells, n_columns) or missing,
            )
        else:
            yield line, cells


def _title_hint(line: int, cells: list[str], n_columns: int) -> str | None:
    """What to do when a row of more cells may be the header, and what is taken for it a title."""
    if line > MOST_TITLE_LINES or len(cells) < 2 * n_columns or not are_names(cells):
        return None
    return skip_hint(line)


def skip_hint(line: int) -> str:
    """How a table is read whose header is in a line further down."""
    return f"if the header is in line {line}, data.skip_lines: {line - 1} leaves out what stands above it"


def header_line_hint(source: str, skip_lines: int) -> str | None:
    """Where the header of a table is expected, for one without the columns that are needed; None for the first line.

    Args:
        source: How messages name the table.
        skip_lines: Lines that are not read.
    """
    if not skip_lines or not is_text_source(source):
        return None
    lines = "a line" if skip_lines == 1 else f"{skip_lines:,} lines"
    return f"the names of columns are read in line {skip_lines + 1:,}: put {lines} above them"


@dataclass
class _BadRows:
    """Rows that do not fit the header: the first ones in words, and how many there are."""

    names: Sequence[str]
    count: int = 0
    problems: list[str] = field(default_factory=list)
    hint: str | None = None
    run: tuple[int, list[str]] = (0, [])
    """Line and cells of the first of the last ones that have equally many."""
    first_line: int = 0
    are_first: bool = True
    """Whether no row that fits stands before them."""
    are_last: bool = True
    """Whether no row that fits stands behind the first of them."""
    first_cells: list[list[str]] = field(default_factory=list)
    """Cells of the first two."""
    widths: set[int] = field(default_factory=set)
    end_empty: bool = True
    """Whether the last cell of every one is empty."""

    def add(self, source: str, line: int, cells: list[str], problem: _Problem) -> None:
        self.count += 1
        self.first_line = self.first_line or line
        self.widths.add(len(cells))
        self.end_empty = self.end_empty and not cells[-1]
        if self.count <= _FEWEST_ROWS:
            self.first_cells.append(cells)
        if len(self.run[1]) != len(cells):
            self.run = (line, cells)
        if self.count <= _SHOWN_ROWS:
            self.problems.append(f"{source}:{line}: {problem.message}")
        if self.hint is None:
            if any(map(count_line_ends, cells)):
                self.hint = f"a quoted cell of line {line} runs over several lines: its closing quote may be missing"
            else:
                self.hint = problem.hint

    def error(self, *, end: DataError | None = None, until: str = "") -> DataError:
        """All of it in one error, with the one that came behind the rows."""
        n_more = self.count - len(self.problems)
        more = [f"and {n_more:,} more rows{until}"] if n_more else []
        last, hint = ([], None) if end is None else ([end.message], end.hint)
        title = _title_hint(*self.run, len(self.names)) if self.count >= _FEWEST_ROWS else None
        footer = self._footer_hint() if end is None and not until else None
        return DataError(
            "\n".join([*self.problems, *more, *last]),
            hint=title or self._second_header_hint() or self._one_more_hint() or self.hint or footer or hint,
        )

    def _second_header_hint(self) -> str | None:
        """What to do when the first row has all names, of which the header lacks the last, and the second none."""
        if not self.are_first or self.first_line > MOST_TITLE_LINES or len(self.first_cells) < _FEWEST_ROWS:
            return None
        first, second = self.first_cells
        is_wider = len(self.names) < len(first) == len(second) and self.are_last and len(self.widths) == 1
        is_full = len(first) == len(self.names) > n_named(self.names)
        has_names = (is_wider or is_full) and all(first) and are_names(first)
        return skip_hint(self.first_line) if has_names and not are_names(second) else None

    def _one_more_hint(self) -> str | None:
        """What to do when all rows have one cell more than the header."""
        is_in_all = self.are_first and self.are_last and self.count >= _FEWEST_ROWS
        if not is_in_all or self.widths != {len(self.names) + 1}:
            return None
        if self.end_empty:
            return "all rows end with a separator: put one at the end of the header, too, or remove theirs"
        return (
            "all rows have one cell more: if the first one numbers or names the row, as R writes it, put a name and a "
            "separator in front of the header"
        )

    def _footer_hint(self) -> str | None:
        """What to do when a few lines at the end of the file, and no others, do not belong to the table."""
        if not self.are_last or self.count > MOST_FOOTER_ROWS:
            return None
        return f"if what begins in line {self.first_line} does not belong to the table, remove it from the file"
