"""Predicting the rows of files with a run."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dltrain.background import map_ahead
from dltrain.errors import DataError, OutputError
from dltrain.features import ColumnCounts
from dltrain.machine import available_cores
from dltrain.run import Run
from dltrain.run.atomic import check_writable, writing_file
from dltrain.run.loading import check_is_no_run_file
from dltrain.scoring import Predictor
from dltrain.stopwatch import Stopwatch
from dltrain.table import CsvWriter, Table, open_blocks, text_array
from dltrain.table.blocks import STANDARD_INPUT
from dltrain.table.opening import opens_once
from dltrain.workflows.predicting.output_columns import check_output_names, output_columns
from dltrain.workflows.rows.fitted_columns import check_fitted_columns
from dltrain.workflows.rows.fitted_tables import fitted_run_errors
from dltrain.workflows.rows.row_summary import RowSummary, summarize

Source = Path | BinaryIO
"""The path of a table, or a stream of CSV."""

_SHOWN_TABLES: Final = 5
MOST_THREADS: Final = 64
"""More would take memory, about 30 MB each, without predicting faster."""


class _Block(NamedTuple):
    """Some rows of a table, what the column `file` says of them, and the rows of the tables before."""

    table: Table
    file: str | None
    n_before: int


class _PredictedBlock(NamedTuple):
    """Some rows of the output, and what was found: remarkable cells, cells by bin, columns not used, empty ids."""

    columns: pa.Table
    counts: Mapping[str, ColumnCounts]
    cells: np.ndarray | None
    unused: tuple[str, ...]
    empty_ids: Mapping[str, int]


def predict(
    run: Run,
    source: Source | Sequence[Source],
    *,
    output: Path | BinaryIO,
    overwrite: bool = False,
    has_formulas: bool = False,
    keep: Sequence[str] = (),
    has_notes: bool = False,
    is_strict: bool = False,
    threads: int | None = None,
    watch: Stopwatch | None = None,
) -> RowSummary:
    """Reads tables block by block, predicts every row, writes ids and predictions as CSV.

    Blocks are read and predicted in background threads while this one writes, so memory does not grow with the
    table. A stream gets every block as soon as it is predicted.

    Args:
        run: The run whose network predicts.
        source: A table; of several, the rows follow one another, and a first column `file` names the table.
        output: A path, which appears when it is complete, or a stream.
        overwrite: Whether an existing path may be replaced.
        has_formulas: False: texts and names of columns that a spreadsheet could take for formulas get a ' in front.
            True: they are written as they are.
        keep: Columns of the table that are written between the ids and the predictions.
        has_notes: Whether a last column says what is remarkable about each row.
        is_strict: Whether rows that are not like those of training are an error, once all rows are predicted.
        threads: Blocks that are worked on at a time, each in about 30 MB; None: as many as there are cores.
        watch: Counts the stages "load", "read", "encode", "network" and "write", which overlap.

    Raises:
        ConfigError: Two columns of the output would have the same name.
        DataError: A table cannot be read or does not fit the run. A stream may have got the rows before.
        UnlikeTrainingError: The rows are not like those of training. A stream has got all of them.
        OutputError: The path exists or cannot be written, or another process is writing it.
    """
    sources = list(source) if isinstance(source, Sequence) else [source]
    keep = tuple(dict.fromkeys(keep))
    check_output_names(run, keep, has_files=len(sources) > 1, has_notes=has_notes)
    if isinstance(output, Path):
        _check_output(sources, output, overwrite=overwrite)
    if len(sources) > 1:
        _check_tables_open(run, (path for path in sources if isinstance(path, Path)))
    watch = watch or Stopwatch()
    with watch.stage("load"):
        work = _Prediction(run, Predictor.from_run(run, threads=1), keep, has_notes, watch)
    threads = min(threads or available_cores(), MOST_THREADS)
    with (
        writing_file(output, overwrite=overwrite) if isinstance(output, Path) else nullcontext(output) as stream,
        map_ahead(work.block, _blocks(run, sources, watch), threads=threads) as blocks,
    ):
        summary = _write_blocks(run, blocks, CsvWriter(stream, has_formulas=has_formulas), stream, watch)
        if is_strict:
            summary.check_like_training(", ".join(map(_name, sources[:_SHOWN_TABLES])))
        return summary


def _check_output(sources: Iterable[Source], output: Path, *, overwrite: bool) -> None:
    """Finds what can be wrong with the output before the network is made ready and the table is opened."""
    check_is_no_run_file(output)
    if output.suffix.lower() in (".gz", ".parquet", ".tsv", ".xlsx", ".json", ".jsonl"):
        name = output.name.split(".")[0] or "predictions"
        raise OutputError(f"{output}: predictions are written as CSV, expected a name such as {name}.csv")
    check_writable(output, overwrite=overwrite)
    for source in sources:
        if isinstance(source, Path) and output.exists() and source.exists() and output.samefile(source):
            raise OutputError(f"{output}: expected another file than the table to predict")


def _check_tables_open(run: Run, paths: Iterable[Path]) -> None:
    """Finds mistyped names of tables before the first one is predicted. Pipes are left alone: they open once.

    Raises:
        DataError: Some cannot be opened or have no header; all of them in one message.
    """
    errors = []
    for path in paths:
        if opens_once(path):
            continue
        try:
            with fitted_run_errors(run, str(path)), open_blocks(path, texts=run.texts):
                pass
        except DataError as error:
            errors.append(error)
    if errors:
        more = [f"and {len(errors) - _SHOWN_TABLES:,} more tables"] if len(errors) > _SHOWN_TABLES else []
        raise DataError("\n".join([*(error.message for error in errors[:_SHOWN_TABLES]), *more]), hint=errors[0].hint)


def _name(source: Source) -> str:
    return str(source) if isinstance(source, Path) else STANDARD_INPUT


def _blocks(run: Run, sources: Sequence[Source], watch: Stopwatch) -> Iterator[_Block]:
    n_before = 0
    for source in sources:
        n_rows = 0
        file = _name(source) if len(sources) > 1 else None
        with fitted_run_errors(run, _name(source)), open_blocks(source, texts=run.texts) as blocks:
            for table in watch.taking("read", blocks):
                yield _Block(table, file, n_before)
                n_rows += table.n_rows
        n_before += n_rows


@dataclass(frozen=True)
class _Prediction:
    """What every thread needs to predict its blocks."""

    run: Run
    predictor: Predictor
    keep: tuple[str, ...]
    has_notes: bool
    watch: Stopwatch

    def block(self, block: _Block) -> _PredictedBlock:
        """Predicts the rows of a block."""
        run, table, distribution = self.run, block.table, self.run.preprocessing.distribution
        unused = check_fitted_columns(run, table)
        with fitted_run_errors(run, table.source), self.watch.stage("encode"):
            has_remarks = self.has_notes or distribution is not None
            features = run.preprocessing.encode(table, with_remarks=has_remarks)
            cells = None if distribution is None else distribution.count(features, run.preprocessing.column_names)
        with self.watch.stage("network"):
            predictions = self.predictor.predictions(features)
            columns = output_columns(
                run,
                table,
                predictions,
                keep=self.keep,
                remarks=features.remarks if self.has_notes else None,
                file=block.file,
                n_before=block.n_before,
            )
        unused = tuple(name for name in unused if name not in self.keep)
        empty_ids = {name: _n_empty(table.column(name)) for name in run.config.data.id}
        return _PredictedBlock(columns, features.counts, cells, unused, empty_ids)


def _n_empty(ids: pa.ChunkedArray) -> int:
    """How many ids are missing, or nothing but white space."""
    n_missing: int = ids.null_count
    if pa.types.is_string(ids.type):
        n_missing += pc.sum(pc.equal(pc.utf8_trim_whitespace(ids), *text_array([""]))).as_py() or 0
    return n_missing


def _write_blocks(
    run: Run, blocks: Iterable[_PredictedBlock], writer: CsvWriter, stream: BinaryIO, watch: Stopwatch
) -> RowSummary:
    n_rows, cells = 0, None
    unused: dict[str, None] = {}
    empty_ids = Counter[str]()
    counts = {kind: Counter[str]() for kind in ColumnCounts._fields}
    for block in blocks:
        with watch.stage("write"):
            writer.write(block.columns)
            stream.flush()
        n_rows += block.columns.num_rows
        unused |= dict.fromkeys(block.unused)
        empty_ids.update(block.empty_ids)
        if block.cells is not None:
            cells = block.cells if cells is None else cells + block.cells
        for kind, total in counts.items():
            total.update({name: getattr(of_column, kind) for name, of_column in block.counts.items()})
    return summarize(
        run.preprocessing, n_rows=n_rows, counts=counts, cells=cells, unused=tuple(unused), empty_ids=+empty_ids
    )
