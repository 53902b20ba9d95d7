"""Opens tables: which format a path names, and what can be wrong with a file before its content counts."""

import gzip
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, Final

from dltrain.config.suggest import did_you_mean
from dltrain.errors import DataError
from dltrain.table.csv_reading import parse_csv
from dltrain.table.csv_text import CsvText
from dltrain.table.parquet import read_parquet
from dltrain.table.table import Table

_DELIMITERS: Final = {".csv": ",", ".tsv": "\t", ".csv.gz": ",", ".tsv.gz": "\t"}


def read_table(path: Path, *, missing_values: Sequence[str] = (), source: str | None = None) -> Table:
    """Reads a .csv, .tsv, .csv.gz, .tsv.gz or .parquet file.

    Args:
        path: The file; its suffix names the format.
        missing_values: Cell texts that mean "missing", besides the empty cell.
        source: How messages name the file; the path when None.

    Returns:
        The columns of the file, at least one row.

    Raises:
        DataError: The file is missing, unreadable, or not exactly a table of its format.
    """
    source = str(path) if source is None else source
    if path.name.lower().endswith(".parquet"):
        with _file_errors(path, source):
            path.open("rb").close()
        return Table(read_parquet(path, missing_values=missing_values, source=source), source)
    text = read_csv_text(path, source=source)
    return Table(parse_csv(text, missing_values=missing_values), source, csv_path=path)


def read_csv_stream(stream: BinaryIO, *, source: str = "standard input", missing_values: Sequence[str] = ()) -> Table:
    """Reads comma-separated text to its end.

    Args:
        stream: Open for reading bytes.
        source: How messages name it.
        missing_values: Cell texts that mean "missing", besides the empty cell.

    Raises:
        DataError: The text is not exactly a table.
    """
    text = CsvText(stream.read(), ",", source)
    return Table(parse_csv(text, missing_values=missing_values), source, csv_bytes=text.data)


def read_csv_text(path: Path, *, source: str) -> CsvText:
    """The content of a CSV or TSV file, unpacked when its name ends in .gz.

    Raises:
        DataError: The suffix is none of those, or the file cannot be read or unpacked.
    """
    suffix = next((suffix for suffix in _DELIMITERS if path.name.lower().endswith(suffix)), None)
    if suffix is None:
        raise DataError(
            f"{source}: expected a file name ending in {', '.join(_DELIMITERS)} or .parquet, got '{path.name}'",
            hint="save the sheet as CSV" if path.suffix.lower() in {".xls", ".xlsx", ".ods"} else None,
        )
    with _file_errors(path, source):
        data = path.read_bytes()
    return CsvText(_unpacked(data, source) if suffix.endswith(".gz") else data, _DELIMITERS[suffix], source)


def _unpacked(data: bytes, source: str) -> bytes:
    if not data.startswith(b"\x1f\x8b"):
        raise DataError(f"{source}: expected gzip data, got something else", hint="rename the file without .gz")
    try:
        return gzip.decompress(data)
    except EOFError as error:
        raise DataError(f"{source}: the gzip data ends too early, the file is not complete") from error
    except (gzip.BadGzipFile, zlib.error) as error:
        raise DataError(f"{source}: the gzip data is damaged") from error


@contextmanager
def _file_errors(path: Path, source: str) -> Iterator[None]:
    """Says in our words why a file cannot be opened or read."""
    try:
        yield
    except FileNotFoundError as error:
        raise DataError(f"{source}: there is no such file", hint=_missing_file_hint(path)) from error
    except IsADirectoryError as error:
        raise DataError(f"{source}: expected a file, got a folder") from error
    except PermissionError as error:
        raise DataError(f"{source}: no permission to read the file") from error
    except OSError as error:
        raise DataError(f"{source}: the file cannot be read: {error.strerror}") from error


def _missing_file_hint(path: Path) -> str | None:
    if not path.parent.is_dir():
        return f"there is no folder '{path.parent}' either"
    with suppress(OSError):
        return did_you_mean(path.name, [neighbour.name for neighbour in path.parent.iterdir()])
    return None
