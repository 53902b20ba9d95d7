"""Predicting the rows of a file with a run."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import pyarrow as pa

from dltrain.errors import DataError, OutputError, quoted_list
from dltrain.run import Run
from dltrain.run.atomic import check_writable, writing_file
from dltrain.scoring import Predictions, Predictor
from dltrain.table import Table, arrow_from_numpy, read_csv_stream, read_table, write_csv


@dataclass(frozen=True)
class PredictSummary:
    """What happened while predicting.

    Attributes:
        rows: Predicted rows.
        unseen: Column → cells with a category that training did not know.
        missing: Column → cells without a value.
    """

    rows: int
    unseen: dict[str, int]
    missing: dict[str, int]

    def to_dict(self) -> dict[str, Any]:
        """The summary as JSON content."""
        return {"rows": self.rows, "unseen": self.unseen, "missing": self.missing}

    def notes(self) -> list[str]:
        """The summary in words; empty when there is nothing to remark."""
        unseen = "are not among the categories kept from training"
        counted = [(self.unseen, unseen), (self.missing, "are missing")]
        return [
            f"'{name}': {n:,} of {self.rows:,} values {text}" for counts, text in counted for name, n in counts.items()
        ]


def predict(run: Run, source: Path | BinaryIO, *, output: Path | BinaryIO, overwrite: bool = False) -> PredictSummary:
    """Reads a table, predicts every row, writes ids and predictions as CSV.

    Args:
        run: The run whose network predicts.
        source: A table's path, or a stream of CSV.
        output: A path, which appears when it is complete, or a stream.
        overwrite: Whether an existing path may be replaced.

    Raises:
        DataError: The table cannot be read or does not fit the run.
        OutputError: The path exists or cannot be written.
    """
    if isinstance(output, Path):
        _check_output(source, output, overwrite=overwrite)
    table = _read(run, source)
    predictor = Predictor.from_run(run)
    try:
        predictions = predictor.predict(table)
    except DataError as error:
        raise for_fitted_run(error) from error
    columns = prediction_columns(run, table, predictions)
    if isinstance(output, Path):
        with writing_file(output, overwrite=overwrite) as stream:
            write_csv(columns, stream)
    else:
        write_csv(columns, output)
        output.flush()
    return PredictSummary(
        predictions.n_rows,
        {name: count for name, count in predictions.unseen.items() if count},
        {name: count for name, count in predictions.missing.items() if count},
    )


def _check_output(source: Path | BinaryIO, output: Path, *, overwrite: bool) -> None:
    if output.suffix in (".gz", ".parquet", ".tsv", ".xlsx"):
        raise OutputError(f"{output}: predictions are written as CSV, expected a name such as {output.stem}.csv")
    check_writable(output, overwrite=overwrite)
    if isinstance(source, Path) and output.exists() and source.exists() and output.samefile(source):
        raise OutputError(f"{output}: expected another file than the table to predict")


def prediction_columns(run: Run, table: Table, predictions: Predictions) -> pa.Table:
    """The columns of the output: ids, `prediction`, and `p_<label>` for every class."""
    return pa.table(_ids(table, run.config.data.id) | predictions.to_columns())


def for_fitted_run(error: DataError) -> DataError:
    """The same error without a hint about the config: the run is fitted, only the table can change."""
    is_about_config = error.hint is not None and ("preprocessing." in error.hint or "data." in error.hint)
    hint = "mend the cells, or empty them: an empty cell counts as missing" if is_about_config else error.hint
    return DataError(error.message, hint=hint)


def _read(run: Run, source: Path | BinaryIO) -> Table:
    missing_values = run.config.data.missing_values
    if isinstance(source, Path):
        return read_table(source, missing_values=missing_values)
    return read_csv_stream(source, missing_values=missing_values)


def _ids(table: Table, names: tuple[str, ...]) -> dict[str, pa.Array]:
    """The id columns as they stand in the table, or `row` counted from 1."""
    if not names:
        return {"row": arrow_from_numpy(np.arange(1, table.n_rows + 1, dtype=np.int64))}
    missing = [name for name in names if name not in table.column_names]
    if missing:
        raise DataError(
            f"{table.source}: expected the id columns {quoted_list(names)}, got no {quoted_list(missing)}; "
            f"available: {quoted_list(table.column_names, limit=20)}"
        )
    return {name: table.column(name) for name in names}
