"""Rows that are left out because a column lacks its value there: `impute: drop`."""

from collections.abc import Iterator
from typing import Final

import numpy as np
import pyarrow.compute as pc

from dltrain.config import Config
from dltrain.config.sections.preprocessing import Kind
from dltrain.errors import DataError, counted, escaped, quoted_list
from dltrain.features import feature_kinds
from dltrain.table import Table, numpy_from_arrow

_KINDS: Final[tuple[Kind, ...]] = ("numeric", "categorical", "boolean", "datetime")
_SHOWN: Final = 5


def with_kinds_to_drop_by(config: Config, table: Table) -> Config:
    """The config with the kinds of columns written out if rows are left out by kind.

    Which rows are left out has to be known before they are divided, so these kinds follow from all rows; written out,
    they are those of every later evaluation, too.

    Args:
        config: Resolved.
        table: The table of `data.path`.
    """
    section = config.preprocessing
    if all(getattr(section, kind).impute != "drop" for kind in _KINDS):
        return config
    columns, rows = dict(section.columns), np.arange(table.n_rows)
    for name in config.data.features or ():
        column = section.column(name)
        if column.stated_kind is None:
            try:
                kind = feature_kinds(table, rows, [name], section)[name]
            except DataError:
                # The fit tells the kinds once more, and says why it cannot.
                continue
            columns[name] = column.model_copy(update={"kind": kind})
    return config.model_copy(update={"preprocessing": section.model_copy(update={"columns": columns})})


def complete_rows(table: Table, config: Config) -> Table:
    """The rows of a table that have a value in every column whose missing values are dropped.

    Args:
        table: The table.
        config: Resolved; see `with_kinds_to_drop_by`.

    Raises:
        DataError: No row has them all.
    """
    is_complete = np.ones(table.n_rows, bool)
    names = [name for name, _ in _incomplete_columns(table, config)]
    for name in names:
        is_complete &= numpy_from_arrow(pc.is_valid(table.column(name)))
    if not names or is_complete.all():
        return table
    if not is_complete.any():
        raise DataError(f"{table.source}: expected rows with values in {quoted_list(names)} (impute: drop), got none")
    return table.take(np.flatnonzero(is_complete), table.column_names)


def notes_on_dropped_rows(table: Table, config: Config) -> list[str]:
    """Says how many rows are left out for which column: a row may lack several."""
    counts = list(_incomplete_columns(table, config))
    notes = [
        f"{table.source}: {counted(n, 'row')} without '{escaped(name)}' left out (impute: drop)" for name, n in counts
    ]
    more = [f"and {len(notes) - _SHOWN:,} more columns"] if len(notes) > _SHOWN else []
    return notes[:_SHOWN] + more


def _incomplete_columns(table: Table, config: Config) -> Iterator[tuple[str, int]]:
    """The columns of a table whose missing values are dropped, with the number of these."""
    section = config.preprocessing
    for name in config.data.features or ():
        column = section.column(name)
        impute = column.impute
        if impute is None and column.stated_kind is not None:
            impute = getattr(section, column.stated_kind).impute
        if impute == "drop" and table.columns.schema.get_field_index(name) >= 0:
            n_missing = table.column(name).null_count
            if n_missing:
                yield name, n_missing
