"""Predicting the rows of a file with a run."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

import numpy as np
import pyarrow as pa

from dltrain.background import map_ahead
from dltrain.errors import DataError, OutputError, escaped, quoted_list
from dltrain.features import ColumnCounts
from dltrain.machine import available_cores
from dltrain.run import Run
from dltrain.run.atomic import check_writable, writing_file
from dltrain.scoring import Predictions, Predictor
from dltrain.stopwatch import Stopwatch
from dltrain.table import CsvWriter, Table, arrow_from_numpy, open_blocks
from dltrain.workflows.fitted_columns import check_fitted_columns


@dataclass(frozen=True)
class PredictSummary:
    """What happened while predicting.

    Attributes:
        rows: Predicted rows.
        unseen: Column → cells with a category that training did not know.
        missing: Column → cells without a value.
        out_of_range: Column → numbers beyond those of the training rows, which the first runs of format 1 do not know.
        unused: Columns of the table that the run has never heard of.
    """

    rows: int
    unseen: dict[str, int]
    missing: dict[str, int]
    out_of_range: dict[str, int]
    unused: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """The summary as JSON content."""
        return {
            "rows": self.rows,
            "unseen": self.unseen,
            "missing": self.missing,
            "out_of_range": self.out_of_range,
            "unused_columns": list(self.unused),
        }

    def notes(self) -> list[str]:
        """The summary in words; empty when there is nothing to remark."""
        unseen, beyond = "are not among the categories kept from training", "lie beyond those of the training rows"
        counted = [(self.unseen, unseen), (self.missing, "are missing"), (self.out_of_range, beyond)]
        notes = [
            f"'{escaped(name)}': {n:,} of {self.rows:,} values {text}"
            for counts, text in counted
            for name, n in counts.items()
        ]
        if self.unused:
            columns = "1 column is" if len(self.unused) == 1 else f"{len(self.unused):,} columns are"
            notes.append(f"{columns} not used: {quoted_list(self.unused)}")
        return notes


MOST_THREADS = 64
"""More would take memory, about 30 MB each, without predicting faster."""


class _PredictedBlock(NamedTuple):
    """Some rows of the output, the remarkable cells of their columns, and the columns that were not used."""

    columns: pa.Table
    counts: Mapping[str, ColumnCounts]
    unused: tuple[str, ...]


def predict(
    run: Run,
    source: Path | BinaryIO,
    *,
    output: Path | BinaryIO,
    overwrite: bool = False,
    has_formulas: bool = False,
    threads: int | None = None,
    watch: Stopwatch | None = None,
) -> PredictSummary:
    """Reads a table block by block, predicts every row, writes ids and predictions as CSV.

    Blocks are read and predicted in background threads while this one writes, so memory does not grow with the
    table. A stream gets every block as soon as it is predicted.

    Args:
        run: The run whose network predicts.
        source: A table's path, or a stream of CSV.
        output: A path, which appears when it is complete, or a stream.
        overwrite: Whether an existing path may be replaced.
        has_formulas: False: ids, labels and names of columns that a spreadsheet could take for formulas get a ' in
            front. True: they are written as they are.
        threads: Blocks that are worked on at a time, each in about 30 MB; None: as many as there are cores.
        watch: Counts the stages "load", "read", "encode", "network" and "write", which overlap.

    Raises:
        DataError: The table cannot be read or does not fit the run. A stream may have got the rows before.
        OutputError: The path exists or cannot be written, or another process is writing it.
    """
    if isinstance(output, Path):
        _check_output(source, output, overwrite=overwrite)
    watch = watch or Stopwatch()
    with watch.stage("load"):
        predictor = Predictor.from_run(run, threads=1)
    threads = min(threads or available_cores(), MOST_THREADS)
    with (
        writing_file(output, overwrite=overwrite) if isinstance(output, Path) else nullcontext(output) as stream,
        map_ahead(
            partial(_predict_block, run, predictor, watch), _blocks(run, source, watch), threads=threads
        ) as blocks,
    ):
        return _write_blocks(blocks, CsvWriter(stream, has_formulas=has_formulas), stream, watch)


def _check_output(source: Path | BinaryIO, output: Path, *, overwrite: bool) -> None:
    """Finds what can be wrong with the output before the network is made ready and the table is opened."""
    if output.suffix in (".gz", ".parquet", ".tsv", ".xlsx"):
        name = output.name.split(".")[0] or "predictions"
        raise OutputError(f"{output}: predictions are written as CSV, expected a name such as {name}.csv")
    check_writable(output, overwrite=overwrite)
    if isinstance(source, Path) and output.exists() and source.exists() and output.samefile(source):
        raise OutputError(f"{output}: expected another file than the table to predict")


def _blocks(run: Run, source: Path | BinaryIO, watch: Stopwatch) -> Iterator[Table]:
    with open_blocks(source, missing_values=run.config.data.missing_values) as blocks:
        yield from watch.taking("read", blocks)


def _predict_block(run: Run, predictor: Predictor, watch: Stopwatch, block: Table) -> _PredictedBlock:
    unused = check_fitted_columns(run, block.column_names, source=block.source)
    try:
        with watch.stage("encode"):
            features = predictor.preprocessing.encode(block)
    except DataError as error:
        raise for_fitted_run(error) from error
    with watch.stage("network"):
        predictions = predictor.predictions(features)
        return _PredictedBlock(prediction_columns(run, block, predictions), predictions.counts, unused)


def _write_blocks(
    blocks: Iterable[_PredictedBlock], writer: CsvWriter, stream: BinaryIO, watch: Stopwatch
) -> PredictSummary:
    n_rows = 0
    unused: tuple[str, ...] = ()
    counts = {kind: Counter[str]() for kind in ColumnCounts._fields}
    for block in blocks:
        with watch.stage("write"):
            writer.write(block.columns)
            stream.flush()
        n_rows += block.columns.num_rows
        unused = block.unused
        for kind, total in counts.items():
            total.update({name: getattr(of_column, kind) for name, of_column in block.counts.items()})
    # The plus leaves zeros out.
    return PredictSummary(n_rows, unused=unused, **{kind: dict(+total) for kind, total in counts.items()})


def prediction_columns(run: Run, table: Table, predictions: Predictions) -> pa.Table:
    """The columns of the output: ids, `prediction`, and `p_<label>` for every class."""
    return pa.table(_ids(table, run.config.data.id) | predictions.to_columns())


def for_fitted_run(error: DataError) -> DataError:
    """The same error without a hint about the config: the run is fitted, only the table can change."""
    is_about_config = error.hint is not None and ("preprocessing." in error.hint or "data." in error.hint)
    hint = "mend the cells, or empty them: an empty cell counts as missing" if is_about_config else error.hint
    return DataError(error.message, hint=hint)


def _ids(table: Table, names: tuple[str, ...]) -> dict[str, pa.Array]:
    """The id columns as they stand in the table, or `row` counted from 1."""
    if not names:
        first = table.first_row + 1
        return {"row": arrow_from_numpy(np.arange(first, first + table.n_rows, dtype=np.int64))}
    missing = [name for name in names if name not in table.column_names]
    if missing:
        raise DataError(
            f"{table.source}: expected the id columns {quoted_list(names)}, got no {quoted_list(missing)}; "
            f"available: {quoted_list(table.column_names, limit=20)}"
        )
    return {name: table.column(name) for name in names}
