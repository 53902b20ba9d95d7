"""Targets that should be numbers and are not: what to do about them, which is not what features need."""

import re
from typing import Final

import numpy as np

from dltrain.errors import DataError, escaped, quoted_list
from dltrain.features.labels import class_labels
from dltrain.table import Table
from dltrain.table.bad_cells import is_word
from dltrain.table.number_text import parse_numbers
from dltrain.table.numpy_arrow import arrow_from_numpy

_KIND: Final = "kind: categorical"
_AMOUNT: Final = re.compile(r"\s*\W?\s*\d")
_MOST_LAST_ROWS: Final = 3
"""Rows that a footer has at most."""


def target_error(table: Table, name: str, error: DataError, *, is_stated: bool) -> DataError:
    """The error of a target with cells that are no numbers, where its hint is about the kinds of features.

    Args:
        table: Holds the column.
        name: The target.
        error: What reading its numbers, or telling its kind, has raised.
        is_stated: Whether the config says that it is one of numbers.
    """
    if error.hint is None or _KIND not in error.hint:
        return error
    column = table.columns.column(name)
    is_bad = parse_numbers(column, table.texts.numbers).is_bad
    are_texts = 2 * np.count_nonzero(is_bad) > len(column) - column.null_count
    if are_texts and is_stated:
        return _texts_error(table, name)
    rows = np.flatnonzero(is_bad)
    cells = column.take(arrow_from_numpy(rows[:_MOST_LAST_ROWS])).to_pylist()
    are_words = not any(_AMOUNT.match(str(cell)) for cell in cells)
    if are_words and rows.size <= _MOST_LAST_ROWS < len(column) and rows[0] == len(column) - rows.size:
        which = (
            "this is the last row: if it is" if rows.size == 1 else f"these are the last {rows.size} rows: if they are"
        )
        return DataError(error.message, hint=f"{which} a footer, remove it from the table")
    hints = [] if are_texts else ["write plain numbers into such cells, or leave them empty"]
    if "missing_values" in error.hint and all(map(is_word, column.take(arrow_from_numpy(rows)).unique().to_pylist())):
        hints = [error.hint.partition("; ")[0]]
    return DataError(error.message, hint="; ".join([*hints, "if these are classes: data.task: multiclass"]))


def _texts_error(table: Table, name: str) -> DataError:
    labels = class_labels(table, name)
    return DataError(
        f"{table.source}: column '{escaped(name)}': expected numbers, as data.task: regression says, got "
        f"{len(labels):,} different texts: {quoted_list(labels)}",
        hint=f"if these are classes: data.task: {'binary' if len(labels) == 2 else 'multiclass'}",
    )
