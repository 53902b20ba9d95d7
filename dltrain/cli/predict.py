"""`dltrain predict`."""

import os
import shlex
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO

import typer

from dltrain.cli.options import Debug, Json, Profile, Quiet, RunPath
from dltrain.errors import DltrainError

if TYPE_CHECKING:
    from dltrain.run import Run


def predict(
    files: Annotated[
        list[Path],
        typer.Argument(readable=False, metavar="FILE", help="The table, or several; - reads CSV from standard input."),
    ],
    run: RunPath = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", readable=False, metavar="OUT", help="CSV to write. Default: standard output."),
    ] = None,
    keep: Annotated[
        list[str] | None,
        typer.Option("--keep", metavar="COLUMN", help="Carry a column along, before the prediction; repeatable."),
    ] = None,
    notes: Annotated[
        bool, typer.Option("--notes", help="Add a last column: what is unseen, missing or out of range in each row.")
    ] = False,
    strict: Annotated[
        bool, typer.Option("--strict", help="End with exit code 3 when the rows are not like those of training.")
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="Replace OUT when it exists.")] = False,
    raw_csv: Annotated[
        bool, typer.Option("--raw-csv", help="Write texts that look like formulas as they are, without a '.")
    ] = False,
    threads: Annotated[
        int | None,
        typer.Option(
            "--threads", metavar="N", min=1, help="Threads that predict, about 30 MB each. Default: all cores."
        ),
    ] = None,
    as_json: Json = False,
    quiet: Quiet = False,
    profile: Profile = False,
    _debug: Debug = False,
) -> None:
    """Predict the rows of a table: ids, prediction, and a probability for every class.

    Rows are read, predicted and written in blocks, however many there are. OUT appears when it is complete; standard
    output gets every block at once, so an error in a late row comes after the rows before it.

    The rows of several tables follow one another; a first column names the file of each.

    Remarks tell what training did not see: unseen categories, missing values, numbers beyond the range, columns that
    drifted (PSI of 0.1 and more, and no chance). With --strict they are an error: OUT does not appear, standard output
    has got the rows before. Missing values are one only where training had none, unseen ones where they are no chance.

    Ids, labels and column names that a spreadsheet could take for formulas get a ' in front: those that begin with
    = + - @, tab or a line end and are no numbers. For other programs: --raw-csv.

    Example: dltrain predict new.csv -o predictions.csv
    """
    from dltrain.stopwatch import Stopwatch

    watch = Stopwatch()
    with watch.stage("start"):
        import pyarrow

        from dltrain.cli.notes import note, print_json
        from dltrain.cli.run_choice import newest_finished_run, telling_the_run
        from dltrain.errors import ConfigError
        from dltrain.machine import available_cores
        from dltrain.run import load_run
        from dltrain.run.gates import gates_content, judge_run
        from dltrain.workflows.predict import predict as run_predict
        from dltrain.workflows.rows.row_summary import RowSummary, UnlikeTrainingError

    if as_json and _is_standard_output(output):
        raise ConfigError("--json: expected -o OUT with it, since the predictions themselves go to standard output")
    sources = _sources(files)
    path = run or newest_finished_run(is_quiet=quiet)
    destination = _destination(output, is_replaced=force)
    with watch.stage("load"):
        loaded = load_run(path)
    if not quiet:
        _note_about(loaded, is_named=run is not None, is_strict=strict)
    # Arrow would start a thread for every core of the machine, also where only some of them are ours.
    pyarrow.set_cpu_count(threads or available_cores())

    def print_summary(summary: RowSummary, written_to: Path | None) -> None:
        written = None if written_to is None else str(written_to)
        gates = gates_content(judge_run(loaded.config, loaded.metrics))
        print_json({"run": str(loaded.path), "output": written, **summary.to_dict(), **gates})

    try:
        with _naming_stream(output), telling_the_run(path, is_named=run is not None):
            summary = run_predict(
                loaded,
                sources,
                output=destination,
                overwrite=force,
                has_formulas=raw_csv,
                keep=keep or (),
                has_notes=notes,
                is_strict=strict,
                threads=threads,
                watch=watch,
            )
    except UnlikeTrainingError as error:
        if as_json:
            # A file does not appear; a pipe has got all rows.
            print_summary(error.summary, None if isinstance(destination, Path) else output)
        raise
    if as_json:
        print_summary(summary, output)
    elif not quiet:
        written = f"{summary.rows:,} predictions of {loaded.path} written to {output}"
        for line in [*summary.notes(), *([written] if isinstance(destination, Path) else [])]:
            note(line)
    if profile:
        from dltrain.cli.output import print_profile

        print_profile(watch)


def _note_about(run: "Run", *, is_named: bool, is_strict: bool) -> None:
    """Says what the run cannot do, and of one that nobody named that it missed gates."""
    from dltrain.cli.notes import note

    if is_strict and run.preprocessing.distribution is None:
        note(f"{run.path} does not know how its training rows were distributed: --strict cannot find drift")
    if not is_named and run.config.expect:
        from dltrain.cli.pages.gates import note_missed_gates

        note_missed_gates(run)


def _sources(files: list[Path]) -> list[Path | BinaryIO]:
    """The tables, standard input for `-`."""
    from dltrain.cli.standard_input import standard_input
    from dltrain.errors import ConfigError
    from dltrain.run.manifest import MANIFEST_NAME

    # os.path, because Path.is_file raises where a folder may not be looked into, or a name is too long.
    tables = [file for file in files if not os.path.isfile(file / MANIFEST_NAME)]  # noqa: PTH113
    for run in files:
        if run not in tables:
            raise ConfigError(
                f"dltrain predict: expected a table, got a run directory, '{run}'",
                hint=f"dltrain predict {shlex.join(map(str, tables)) or 'FILE'} --run {shlex.quote(str(run))}",
            )
    if [str(file) for file in files].count("-") > 1:
        raise ConfigError("-: expected standard input once, got it more often")
    return [standard_input() if str(file) == "-" else file for file in files]


def _is_standard_output(output: Path | None) -> bool:
    return output is None or str(output) in {"-", "/dev/stdout", "/dev/fd/1"}


def _destination(output: Path | None, *, is_replaced: bool) -> Path | BinaryIO:
    """A path that appears when it is complete, or a stream: standard output, a device, a named pipe."""
    if output is None or _is_standard_output(output):
        return sys.stdout.buffer
    with _naming_stream(output):
        if output.is_char_device() or output.is_fifo():
            return output.open("wb")
        # A link stays one: what it leads to is replaced.
        return Path(os.path.realpath(output)) if is_replaced and output.is_symlink() else output


@contextmanager
def _naming_stream(output: Path | None) -> Iterator[None]:
    """Says which device, pipe or standard output cannot be written; a reader that has gone is no error."""
    try:
        yield
    except (DltrainError, BrokenPipeError):
        raise
    except OSError as error:
        from dltrain.run.atomic import output_error

        raise output_error(output or Path("standard output"), error) from error
