"""Writing the divided rows as tables of their own."""

import os
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.types as pat

from dltrain.config import Config, LoadedConfig
from dltrain.config.folds import is_for_all_folds, of_fold
from dltrain.config.sections.data import DURATIONS, Task, TextFormat
from dltrain.errors import DataError, OutputError, quoted_list
from dltrain.features import ClassTarget
from dltrain.run.atomic import check_folder, check_writable, output_errors, writing_file
from dltrain.table import CsvWriter, Table, arrow_from_numpy, read_table
from dltrain.table.transcoding import EncodedFile
from dltrain.workflows.rows.dataset import Dataset, LabelledRows, divide, is_same_file, labelled_rows, read_dataset


@dataclass(frozen=True)
class WrittenPart:
    """Rows that were written.

    Attributes:
        path: The file.
        rows: Number of rows.
        label_shares: Share of each label, in [0, 1]; empty for regression.
    """

    path: Path
    rows: int
    label_shares: Mapping[str, float]


@dataclass(frozen=True)
class WrittenSplit:
    """What `dltrain split` did.

    Attributes:
        task: What kind of prediction the rows are for.
        parts: By name: train, validation and test, or fold-1, fold-2, …
        config: Key of the config → what uses the files: a path relative to its folder, or None to leave the key out.
            Empty for folds.
        dropped_rows: Rows without a target, which are in no file.
        notes: Choices that were made for the user.
    """

    task: Task
    parts: Mapping[str, WrittenPart]
    config: Mapping[str, str | None]
    dropped_rows: int
    notes: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """The split as JSON content."""
        return {
            "task": self.task,
            "parts": {
                name: {"path": str(part.path), "rows": part.rows, "label_shares": dict(part.label_shares)}
                for name, part in self.parts.items()
            },
            "config": dict(self.config),
            "dropped_rows": self.dropped_rows,
            "notes": list(self.notes),
        }


def split(loaded: LoadedConfig, folder: Path, *, config_folder: Path = Path(), overwrite: bool = False) -> WrittenSplit:
    """Divides the rows as a fit would, and writes each part with all columns as they stand in the table.

    A part that is a file of its own already is not written again. With folds, the test rows of each one are written.

    Args:
        loaded: The config.
        folder: Where the files are made; made when missing.
        config_folder: What paths in the config are relative to.
        overwrite: Whether files that exist may be replaced.

    Raises:
        ConfigError: The config does not fit the table.
        DataError: A table cannot be read, or its rows cannot be divided.
        OutputError: A file exists, or cannot be written.
    """
    paths = {name: folder / f"{name}.csv" for name in _names(loaded.config)}
    _check_outputs(loaded.config, folder, list(paths.values()), overwrite=overwrite)
    dataset = read_dataset(loaded)
    parts = _parts(dataset)
    _write(
        _raw_table(dataset),
        {path: parts[name].source_rows for name, path in paths.items()},
        folder,
        texts=loaded.config.data.texts,
        overwrite=overwrite,
    )
    assert dataset.config.data.task is not None  # noqa: S101 - it is resolved
    return WrittenSplit(
        task=dataset.config.data.task,
        parts={
            name: WrittenPart(path, parts[name].n_rows, _label_shares(dataset.class_target, parts[name]))
            for name, path in paths.items()
        },
        config=_keys(loaded.config, paths, config_folder),
        dropped_rows=dataset.table.n_rows - sum(parts[name].n_rows for name in paths),
        notes=dataset.notes,
    )


def _names(config: Config) -> list[str]:
    """The parts that are not files of their own already."""
    if is_for_all_folds(config):
        return [f"fold-{fold}" for fold in range(1, (config.split.folds or 0) + 1)]
    files = {"validation": config.split.validation, "test": config.split.test}
    return ["train", *(name for name, part in files.items() if not isinstance(part, str))]


def _parts(dataset: Dataset) -> dict[str, LabelledRows]:
    """Name → rows."""
    config = dataset.config
    if not is_for_all_folds(config):
        return {"train": dataset.train, "validation": dataset.validation, "test": dataset.test}
    labelled = labelled_rows(dataset.table, config, dataset.class_target)
    return {
        name: labelled.take(divide(of_fold(config, fold), labelled).test)
        for fold, name in enumerate(_names(config), start=1)
    }


def _check_outputs(config: Config, folder: Path, paths: Sequence[Path], *, overwrite: bool) -> None:
    """Finds what can be wrong with the output before the table is read."""
    check_folder(folder)
    existing = [path for path in paths if os.path.lexists(path)]
    tables = (config.data.path, config.split.test, config.split.validation)
    for path in existing:
        if any(isinstance(table, str) and is_same_file(table, str(path)) for table in tables):
            raise OutputError(f"{path}: expected another folder, this is a table that the config names")
    if existing and not overwrite:
        raise OutputError(
            f"{folder}: holds {quoted_list([path.name for path in existing])} already",
            hint="name another folder, or add --force to replace them",
        )
    for path in existing:
        check_writable(path, overwrite=True)


def _raw_table(dataset: Dataset) -> pa.Table:
    """The columns of the table with every text to the letter, those included that mean missing."""
    data, table = dataset.config.data, dataset.table
    if data.missing_values or data.unit_of or table.origin is not None:
        # Some cells, or rows, are not there any more.
        path, texts = Path(data.path), data.texts._replace(missing_values=(), units=())
        table = read_table(path, texts=texts)
        # A bare number in a column of durations is one of its unit, and so must those of Arrow's durations become.
        units = [pair for pair in data.unit_of.items() if pair[1] in DURATIONS and not _is_text(table, pair[0])]
        if units:
            table = read_table(path, texts=texts._replace(units=tuple(units)))
    try:
        return pa.table({name: table.column(name) for name in table.column_names})
    except DataError as error:
        raise DataError(
            error.message, hint="a CSV file cannot hold such a column: write the table without it"
        ) from error


def _is_text(table: Table, name: str) -> bool:
    return bool(pat.is_string(table.columns.schema.field(name).type))


def _write(
    table: pa.Table, rows: Mapping[Path, np.ndarray], folder: Path, *, texts: TextFormat, overwrite: bool
) -> None:
    """Writes some rows into each file; none appears before all of them are whole, nor stays a new folder without."""
    is_new = not folder.exists()
    with output_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
    with ExitStack() as files:
        if is_new:
            files.callback(_remove_empty, folder)
        for path, positions in rows.items():
            stream = files.enter_context(writing_file(path, overwrite=overwrite))
            # As the table is, so that the config reads the parts as it reads the table.
            destination = EncodedFile(stream, texts.encoding)
            destination.write(b"\n" * texts.skip_lines)
            writer = CsvWriter(destination, separator=texts.separator, decimal=texts.numbers.decimal)
            writer.write(table.take(arrow_from_numpy(positions)))


def _remove_empty(folder: Path) -> None:
    with suppress(OSError):
        folder.rmdir()


def _keys(config: Config, paths: Mapping[str, Path], config_folder: Path) -> dict[str, str | None]:
    if is_for_all_folds(config):
        return {}
    keys = {"train": "data.path", "validation": "split.validation", "test": "split.test"}
    # Files for testing need no folds.
    unset = {} if config.split.folds is None else dict.fromkeys(("split.folds", "split.fold"))
    # Resolved, because a config's ".." is taken after links.
    home = config_folder.resolve()
    return {keys[name]: os.path.relpath(path.resolve(), home) for name, path in paths.items()} | unset


def _label_shares(class_target: ClassTarget | None, part: LabelledRows) -> dict[str, float]:
    if class_target is None:
        return {}
    counts = np.bincount(part.truth, minlength=len(class_target.labels))
    return dict(zip(class_target.labels, (counts / part.n_rows).tolist(), strict=True))
