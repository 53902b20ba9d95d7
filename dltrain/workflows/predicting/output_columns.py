"""The columns of the output: file, ids, what is carried along, predictions, notes."""

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
import pyarrow as pa

from dltrain.config.problems.suggest import did_you_mean
from dltrain.errors import ConfigError, DataError, quoted_list
from dltrain.features import CellRemarks, prediction_names
from dltrain.run import Run
from dltrain.scoring import Predictions
from dltrain.table import Table, arrow_from_numpy, text_array
from dltrain.workflows.predicting.row_notes import row_notes

FILE, ROW, NOTES = "file", "row", "notes"
_SHOWN_COLUMNS: Final = 20


def check_output_names(run: Run, keep: Sequence[str], *, has_files: bool = False, has_notes: bool = False) -> None:
    """Checks that every column of the output will have a name of its own.

    Args:
        run: The run.
        keep: Columns to carry along.
        has_files: Whether a column tells the file of each row.
        has_notes: Whether a column holds notes.

    Raises:
        ConfigError: A column to carry along, or an id, has the name of another column of the output.
    """
    ids, target = run.config.data.id, run.preprocessing.target
    own = {*prediction_names(target.labels), *(FILE,) * has_files, *(NOTES,) * has_notes, *(() if ids else (ROW,))}
    carried = [name for name in keep if name in ids]
    if carried:
        raise ConfigError(
            f"keep: expected other columns than the ids, which are kept anyway, got {quoted_list(carried)}"
        )
    taken = [name for name in (*ids, *keep) if name in own]
    if taken:
        where = "keep" if taken[0] in keep else "data.id"
        raise ConfigError(
            f"{where}: expected names that no other column of the output has, got {quoted_list(taken)}",
            hint="rename the column in the table" if where == "keep" else None,
        )


def output_columns(
    run: Run,
    table: Table,
    predictions: Predictions,
    *,
    keep: Sequence[str] = (),
    remarks: Mapping[str, CellRemarks] | None = None,
    file: str | None = None,
    n_before: int = 0,
) -> pa.Table:
    """The columns of the output for some rows.

    Args:
        run: The run.
        table: The rows.
        predictions: Of the rows.
        keep: Columns of the table to carry along.
        remarks: Remarkable cells, for the column `notes`; None for an output without it.
        file: What the column `file` says; None for an output without it.
        n_before: Rows of other tables before those of this one.

    Raises:
        DataError: The table lacks an id or a column to carry along.
    """
    files = {} if file is None else {FILE: _repeated(file, table.n_rows)}
    ids = _columns(table, run.config.data.id, what="the id columns") or {ROW: _row_numbers(table, n_before)}
    kept = _columns(table, keep, what="keep")
    notes = {} if remarks is None else {NOTES: row_notes(remarks, table.n_rows)}
    return pa.table(files | ids | kept | predictions.to_columns() | notes)


def _columns(table: Table, names: Sequence[str], *, what: str) -> dict[str, pa.ChunkedArray]:
    """Columns as they stand in the table, where nobody computes with them."""
    available = table.column_names if names else []
    missing = [name for name in names if name not in available]
    if missing:
        raise DataError(
            f"{table.source}: {what}: there is no column {quoted_list(missing)}; "
            f"available: {quoted_list(available, limit=_SHOWN_COLUMNS)}",
            hint=table.index_hint(missing) or did_you_mean(missing[0], available),
        )
    try:
        return {name: table.column(name) for name in names}
    except DataError as error:
        raise DataError(error.message, hint="only text, numbers, booleans, dates and times can be written") from error


def _row_numbers(table: Table, n_before: int) -> pa.Array:
    first = n_before + table.first_row + 1
    return arrow_from_numpy(np.arange(first, first + table.n_rows, dtype=np.int64))


def _repeated(text: str, n_rows: int) -> pa.DictionaryArray:
    return pa.DictionaryArray.from_arrays(arrow_from_numpy(np.zeros(n_rows, np.int32)), text_array([text]))
