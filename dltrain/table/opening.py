"""Opens files: which format a path names, and what can be wrong with a file before its content counts."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final, NamedTuple

from dltrain.config.problems.suggest import did_you_mean
from dltrain.config.sections.data import PLAIN_TEXTS, TextFormat
from dltrain.config.table_names import CSV_SUFFIXES, SHEET_SUFFIXES, is_table_name
from dltrain.errors import DataError
from dltrain.table.csv_pieces import Read
from dltrain.table.gzip_reading import GzipReader
from dltrain.table.skipping import LineSkipper
from dltrain.table.spaces import SPACE, SpaceTrimmer
from dltrain.table.transcoding import Transcoder

_NETWORK_SUFFIXES: Final = (".keras", ".onnx")
_STANDARD_INPUT: Final = tuple(map(Path, ("/dev/stdin", "/dev/fd/0", "/proc/self/fd/0")))


_ODD_PATHS: Final = {
    re.compile(r"(^|/)[a-z][a-z0-9+]+:/", re.IGNORECASE): "download it first: tables are files",
    re.compile(r"(^|/)~"): "~ is not expanded here: write the whole path",
    re.compile(r"\$"): "variables are not expanded here: write the whole path",
    re.compile(
        r"[*?]"
    ): "a table is one file: put them together first, with one header; predict takes several, without quotes",
    re.compile(r"\\"): "write / between folders",
}
"""What stands in a path that means something elsewhere."""


class CsvFile(NamedTuple):
    """An open CSV file: how to read its text, and the character between its cells."""

    read: Read
    delimiter: str


@contextmanager
def open_csv(path: Path, *, source: str, texts: TextFormat = PLAIN_TEXTS) -> Iterator[CsvFile]:
    """Opens a CSV or TSV file, which is unpacked while it is read when its name ends in .gz.

    Args:
        path: The file; a pipe without one of the suffixes holds CSV.
        source: How messages name it.
        texts: Says what stands between the cells of a CSV file, and above its header.

    Raises:
        DataError: The suffix is none of those, or the file cannot be opened; from `read`: it cannot be read or
            unpacked, or ends above its header.
    """
    suffix = next((suffix for suffix in CSV_SUFFIXES if path.name.lower().endswith(suffix)), None)
    if suffix is None and opens_once(path):
        suffix = ".csv"  # a pipe may be called anything, as those of <(command) are
    if suffix is None and path.is_dir():
        raise DataError(f"{source}: expected a file, got a folder")
    if suffix is None:
        hint = "save the sheet as CSV" if path.suffix.lower() in SHEET_SUFFIXES else None
        if path.suffix.lower() in _NETWORK_SUFFIXES:
            hint = "a network is no table: --run names the run directory that it is in"
        raise DataError(
            f"{source}: expected a file name ending in .csv, .tsv, .txt, .dat or .data, each also with .gz, or in "
            f".parquet, got '{path.name}'",
            hint="- is standard input, which dltrain predict reads" if path in _STANDARD_INPUT else hint,
        )
    with file_errors(path, source):
        file = path.open("rb")

    def read(n_bytes: int) -> bytes:
        with file_errors(path, source):
            return file.read(n_bytes)

    with file:
        unpacked = GzipReader(read, source).read if suffix.endswith(".gz") else read
        yield csv_file(unpacked, separator_of(path, texts), source=source, texts=texts)


def csv_file(read: Read, delimiter: str, *, source: str, texts: TextFormat) -> CsvFile:
    """The text of a CSV file in UTF-8.

    Args:
        read: Reads it as it is.
        delimiter: The character between its cells.
        source: How messages name it.
        texts: Its encoding, how many lines stand above its header, columns by which that is known, and whether spaces
            beside its cells count.
    """
    if texts.encoding != "utf-8":
        read = Transcoder(read, texts.encoding, source).read
    # What stands above a first row is known when that is read.
    skip_lines = 0 if texts.headers else texts.skip_lines
    if skip_lines or texts.columns:
        read = LineSkipper(read, skip_lines, source, delimiter=delimiter, names=texts.columns).read
    if texts.trims_spaces or delimiter == SPACE:
        read = SpaceTrimmer(read, delimiter).read
    return CsvFile(read, delimiter)


def separator_of(path: Path, texts: TextFormat) -> str:
    """The character between the cells of a CSV or TSV file."""
    return "\t" if path.name.lower().endswith((".tsv", ".tsv.gz")) else texts.separator


def opens_once(path: Path) -> bool:
    """Whether a path leads to a pipe or a device: what was read from it is gone."""
    # Unlike Path's methods, these say no to names that cannot be.
    return os.path.exists(path) and not (os.path.isfile(path) or os.path.isdir(path))  # noqa: PTH110, PTH112, PTH113


def check_opens_again(path: Path, source: str) -> None:
    """Refuses what can be read only once, before it is opened.

    Raises:
        DataError: It is a pipe or a device.
    """
    if opens_once(path):
        raise DataError(
            f"{source}: expected a file, got a pipe or a device",
            hint="write its rows to a file first; dltrain predict reads pipes",
        )


@contextmanager
def file_errors(path: Path, source: str) -> Iterator[None]:
    """Says in our words why a file cannot be opened or read.

    Raises:
        DataError: In the place of an OSError.
    """
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
    for sign, hint in _ODD_PATHS.items():
        if sign.search(str(path)):
            return hint
    if not path.parent.is_dir():
        return f"there is no folder '{path.parent}' either"
    with suppress(OSError):
        names = [neighbour.name for neighbour in path.parent.iterdir()]
        # A config is often called like its table, and is none.
        if is_table_name(path):
            names = [name for name in names if is_table_name(Path(name))]
        return did_you_mean(path.name, names)
    return None
