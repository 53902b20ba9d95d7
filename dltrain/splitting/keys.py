"""What a strategy needs to know of the column it looks at, found once for every different value."""

from datetime import UTC, datetime
from hashlib import blake2b
from typing import Final, assert_never

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.types as pat

from dltrain.config.sections.split import ColumnStrategy
from dltrain.errors import DataError
from dltrain.table import (
    Table,
    arrow_from_numpy,
    categorical_values,
    datetime_values,
    have_offsets,
    infer_kind,
    integers_from_arrow,
    numeric_values,
    numpy_from_arrow,
    row_places,
)
from dltrain.table.bad_cells import bad_cells_error

TRAIN, VALIDATION, TEST = range(3)

_PART_NAMES: Final = {"train": TRAIN, "validation": VALIDATION, "valid": VALIDATION, "val": VALIDATION, "test": TEST}


def split_keys(
    table: Table,
    column: str,
    *,
    strategy: ColumnStrategy,
    seed: int = 0,
    date_format: str | None = None,
    may_mix_offsets: bool = False,
) -> np.ndarray:
    """What a strategy needs to know of its column.

    Args:
        table: Holds the column.
        column: `split.column`.
        strategy: What looks at it.
        seed: `split.seed`; only hash depends on it.
        date_format: For time: what texts look like, as in `datetime.strptime`; None for ISO dates.
        may_mix_offsets: For time: takes times without an offset beside others as UTC, instead of refusing them.

    Returns:
        `(n_rows,)`. group: int, the same for the rows of a group; a missing value is a group of its own.
        time: int, ascending with time. column: int, 0 train, 1 validation, 2 test.
        hash: float64 in [0, 1), from the seed and the text of the cell alone.

    Raises:
        DataError: There is no such column, or a cell does not fit the strategy.
    """
    match strategy:
        case "group":
            return _group_keys(table, column)
        case "time":
            return _time_keys(table, column, date_format, may_mix_offsets=may_mix_offsets)
        case "column":
            return _part_keys(table, column)
        case "hash":
            return _hash_keys(table, column, seed)
        case _:
            assert_never(strategy)


def _group_keys(table: Table, column: str) -> np.ndarray:
    cells = categorical_values(table, column)
    keys = integers_from_arrow(cells.indices, missing=-1).astype(np.int64)
    is_missing = keys < 0
    keys[is_missing] = len(cells.dictionary) + np.arange(is_missing.sum())
    return keys


def _time_keys(table: Table, column: str, date_format: str | None, *, may_mix_offsets: bool) -> np.ndarray:
    times = table.column(column)
    _check_complete(table, column, times, "time")
    if date_format is not None:
        times = arrow_from_numpy(datetime_values(table, column, date_format=date_format).astype(np.int64))
    elif not pat.is_temporal(times.type):
        is_numeric = infer_kind(table, column) == "numeric"
        times = arrow_from_numpy(numeric_values(table, column) if is_numeric else _timestamps(table, column))
        if not is_numeric and not may_mix_offsets:
            have_offsets(table, column)  # refuses a mixture
    return numpy_from_arrow(pc.rank(times, tiebreaker="dense")).astype(np.int64)


def _timestamps(table: Table, column: str) -> np.ndarray:
    """Seconds since 1970 of ISO texts; those without an offset count as UTC."""
    cells = categorical_values(table, column)
    seconds: np.ndarray = np.array([_timestamp(text) for text in cells.dictionary.to_pylist()])[
        numpy_from_arrow(cells.indices)
    ]
    expected = "a number, or a date as in 2024-01-31 or 2024-01-31T12:00:00"
    _check_cells(table, column, np.isnan(seconds), expected)
    return seconds


def _timestamp(text: str) -> float:
    for candidate in (text.strip(), f"{text.strip()}-01"):
        try:
            time = datetime.fromisoformat(candidate)
        except ValueError:
            continue
        return (time if time.tzinfo else time.replace(tzinfo=UTC)).timestamp()
    return np.nan


def _part_keys(table: Table, column: str) -> np.ndarray:
    cells = categorical_values(table, column)
    _check_complete(table, column, cells, "column")
    parts = [_PART_NAMES.get(text.strip().lower(), -1) for text in cells.dictionary.to_pylist()]
    keys: np.ndarray = np.array(parts)[numpy_from_arrow(cells.indices)]
    _check_cells(table, column, keys < 0, "train, validation or test")
    return keys


def _hash_keys(table: Table, column: str, seed: int) -> np.ndarray:
    cells = categorical_values(table, column)
    _check_complete(table, column, cells, "hash")
    salt = seed.to_bytes(8, "big")
    digests = b"".join(
        blake2b(text.encode(), digest_size=8, salt=salt).digest() for text in cells.dictionary.to_pylist()
    )
    # The 53 bits that a float64 in [0, 1) holds.
    shares = (np.frombuffer(digests, dtype=">u8") >> 11) * 2.0**-53
    return np.asarray(shares[numpy_from_arrow(cells.indices)])


def _check_complete(table: Table, column: str, cells: pa.Array, strategy: ColumnStrategy) -> None:
    if cells.null_count:
        first = int(np.argmin(numpy_from_arrow(cells.is_valid())))
        raise DataError(
            f"{row_places(table, [first])[0]}: column '{column}': strategy '{strategy}' needs a value in every row, "
            f"{cells.null_count:,} of {table.n_rows:,} are missing"
        )


def _check_cells(table: Table, column: str, is_bad: np.ndarray, expected: str) -> None:
    if is_bad.any():
        raise DataError(bad_cells_error(table, column, is_bad, expected=expected).message)
