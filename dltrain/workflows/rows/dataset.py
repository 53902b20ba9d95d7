"""From a config to labelled rows: read, check, infer, resolve, divide."""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pyarrow as pa

from dltrain.config import Config, LoadedConfig, check_columns
from dltrain.config.problems.suggest import did_you_mean
from dltrain.config.sections.split import SplitSection
from dltrain.errors import DataError, quoted_list
from dltrain.features import ClassTarget, class_weights
from dltrain.features.target_numbers import target_error
from dltrain.run import DataFile, sha256_of
from dltrain.splitting import Split, split_keys, split_rows
from dltrain.table import Table, numeric_values, read_table, row_places
from dltrain.table.csv_problems import header_line_hint
from dltrain.workflows.rows.complete_rows import complete_rows, notes_on_dropped_rows, with_kinds_to_drop_by
from dltrain.workflows.rows.resolving import resolve, with_class_weights
from dltrain.workflows.rows.split_dates import with_format_to_divide_by

_SHOWN_ROWS = 5
_LARGEST_WEIGHT = 1e100
"""The sums of larger weights, and of their squares, may be infinite; those of smaller ones than its inverse 0."""


@dataclass(frozen=True)
class LabelledRows:
    """Rows of a table whose target is known.

    Attributes:
        table: The whole table, but for the rows that `impute: drop` leaves out.
        rows: int64 `(n,)`, positions in the table.
        truth: Regression: float64 `(n,)` in the target's units; classes: int32 `(n,)` codes in label order.
        sample_weight: float64 `(n,)`, the weight column; None without one.
        weight: float64 `(n,)`, sample weight times class weight; None when every row counts alike.
        group: int64 `(n,)`, the same for rows that a split keeps together; None where every row is alone, or nobody has
            asked.
    """

    table: Table
    rows: np.ndarray
    truth: np.ndarray
    sample_weight: np.ndarray | None = None
    weight: np.ndarray | None = None
    group: np.ndarray | None = None

    @property
    def n_rows(self) -> int:
        """Number of rows."""
        return len(self.rows)

    @property
    def n_groups(self) -> int | None:
        """Number of groups; None where every row is alone, or nobody has asked."""
        n_groups = self.n_rows if self.group is None else int(np.unique(self.group).size)
        return n_groups if n_groups < self.n_rows else None

    @property
    def source_rows(self) -> np.ndarray:
        """int64 `(n,)`: where the rows stand in the table that was read, before any were left out."""
        return self.rows if self.table.origin is None else self.table.origin[self.rows]

    def take(self, positions: np.ndarray) -> "LabelledRows":
        """Some of the rows, by position among them."""

        def part(values: np.ndarray | None) -> np.ndarray | None:
            return None if values is None else values[positions]

        return LabelledRows(
            self.table,
            self.rows[positions],
            self.truth[positions],
            part(self.sample_weight),
            part(self.weight),
            part(self.group),
        )

    def with_groups(self, split: SplitSection) -> "LabelledRows":
        """The rows with the groups that a split keeps together, where the table has its column."""
        if split.strategy not in ("group", "hash") or split.column not in self.table.column_names:
            return self
        try:
            keys = split_keys(self.table.take(self.rows, [split.column]), split.column, strategy=split.strategy)
        except DataError:
            return self  # rows of another table, which nobody divides
        return replace(self, group=np.unique(keys, return_inverse=True)[1])

    def without_cells(self) -> "LabelledRows":
        """The same rows, of a table that has only its name left, and where its rows stood."""
        return replace(self, table=Table(pa.table({}), self.table.source, origin=self.table.origin))

    def weighted_by_class(self, weights: np.ndarray | None) -> "LabelledRows":
        """The rows with class weights, float64 `(n_classes,)`, on top of their sample weights."""
        if weights is None:
            return replace(self, weight=self.sample_weight)
        by_class = weights[self.truth]
        return replace(self, weight=by_class if self.sample_weight is None else self.sample_weight * by_class)


@dataclass(frozen=True)
class Dataset:
    """What a fit or an evaluation needs to know of the data.

    Attributes:
        config: Resolved.
        class_target: The labels; None for regression.
        train, validation, test: The divided rows.
        files: The tables that were read, for the manifest.
        notes: Choices that were made for the user.
    """

    config: Config
    class_target: ClassTarget | None
    train: LabelledRows
    validation: LabelledRows
    test: LabelledRows
    files: dict[str, DataFile]
    notes: tuple[str, ...]

    @property
    def table(self) -> Table:
        """The table of `data.path`."""
        return self.train.table

    def without_cells(self) -> "Dataset":
        """The same rows, of tables without cells."""
        parts = {name: getattr(self, name).without_cells() for name in ("train", "validation", "test")}
        return replace(self, **parts)


def read_dataset(loaded: LoadedConfig, *, is_of_run: bool = False) -> Dataset:
    """Reads the tables a config names and divides their rows.

    The same config and the same files always give the same rows, so `evaluate` finds the test rows of a fit again.

    Args:
        loaded: The config, resolved or not.
        is_of_run: Whether a run was made of these rows, perhaps when a fit refused less.

    Raises:
        ConfigError: The config does not fit the table's columns, labels or task.
        DataError: A table cannot be read, or a cell does not fit.
    """
    states = {path: _state(path) for path in _table_paths(loaded.config)}
    table = _read(loaded.config, loaded.config.data.path)
    check_columns(loaded.config, table.column_names, loaded.document)
    resolved = resolve(loaded, table)
    config, class_target = resolved.config, resolved.class_target
    if not is_of_run:
        # The config of a run says it already, unless an earlier version divided its rows in another way.
        config = with_format_to_divide_by(loaded, config, table)
    config = with_kinds_to_drop_by(config, table)
    _check_files_differ(loaded)
    tables = {"data": table} | {
        role: _read(config, part, columns=(*(config.data.features or ()), config.data.target))
        for role, part in (("test", config.split.test), ("validation", config.split.validation))
        if isinstance(part, str)
    }
    _check_ids(tables.get("test", table), config)
    parts = {role: labelled_rows(part, config, class_target) for role, part in tables.items()}
    split = divide(config, parts["data"], is_of_run=is_of_run)
    train = parts["data"].take(split.train)
    validation = parts["validation"] if "validation" in parts else parts["data"].take(split.validation)
    test = parts["test"] if "test" in parts else parts["data"].take(split.test)
    weights = labelled_class_weights(config, class_target, train)
    train, validation, test = (part.weighted_by_class(weights) for part in (train, validation, test))
    for name, part in (("training", train), ("validation", validation), ("test", test)):
        if part.weight is not None and not part.weight.any():
            raise DataError(f"{part.table.source}: expected a positive weight in some {name} row, got 0 in all of them")
    if weights is not None and class_target is not None:
        config = with_class_weights(config, dict(zip(class_target.labels, weights.tolist(), strict=True)))
    files = {role: data_file(Path(part.source), part.n_rows) for role, part in tables.items()}
    for path, state in states.items():
        if _state(path) != state:
            raise DataError(
                f"{path}: the file changed while it was read", hint="try again when it is written to the end"
            )
    return Dataset(
        config=config,
        class_target=class_target,
        train=train,
        validation=validation,
        test=test,
        files=files,
        notes=(
            *resolved.notes,
            *(note for part in tables.values() for note in notes_on_dropped_rows(part, config)),
            *_notes_on_classes(class_target, train),
        ),
    )


def _table_paths(config: Config) -> list[str]:
    """The files that a config reads."""
    parts = (config.data.path, config.split.test, config.split.validation)
    return [path for path in parts if isinstance(path, str)]


def _state(path: str) -> tuple[int, ...] | None:
    """What changes with a file; None without one: its reader says why."""
    try:
        found = Path(path).stat()
    except (OSError, ValueError):
        return None
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns


def labelled_rows(
    table: Table, config: Config, class_target: ClassTarget | None, *, drops_unlabelled: bool = False
) -> LabelledRows:
    """The rows of a table whose target is known, with their weights; class weights are not applied yet.

    Rows that `impute: drop` leaves out are not in its table any more.

    Args:
        table: The table.
        config: Resolved.
        class_target: The labels; None for regression.
        drops_unlabelled: Leaves rows without a target out, whatever `data.missing_target` says.

    Raises:
        DataError: A column is missing, a cell does not fit, no row is labelled, or some rows are not and have to be.
    """
    table, name = complete_rows(table, config), config.data.target
    if name not in table.column_names:
        is_other_line = set(config.data.features or ()).isdisjoint(table.column_names)
        hint = header_line_hint(table.source, config.data.skip_lines) if is_other_line else None
        raise DataError(
            f"{table.source}: expected the target column '{name}', got no column of that name",
            hint=table.index_hint([name]) or did_you_mean(name, table.column_names) or hint,
        )
    truth = _numbers(table, name, role="target") if class_target is None else class_target.encode(table)
    is_missing = np.isnan(truth) if class_target is None else truth < 0
    if is_missing.any() and config.data.missing_target == "error" and not drops_unlabelled:
        raise _rows_error(
            table,
            is_missing,
            f"the target '{name}' is missing",
            hint="data.missing_target: drop leaves such rows out",
        )
    rows = np.flatnonzero(~is_missing)
    if not len(rows):
        raise DataError(f"{table.source}: expected rows with a target, got none: column '{name}' is empty")
    weight = None if config.data.weight is None else _sample_weight(table, config.data.weight, rows)
    return LabelledRows(table, rows, truth[rows], sample_weight=weight)


def _numbers(table: Table, name: str, *, role: str) -> np.ndarray:
    """The numbers of a column that is no feature: hints about kinds of features would lead astray."""
    try:
        return numeric_values(table, name)
    except DataError as error:
        if role == "target":
            raise target_error(table, name, error, is_stated=True) from error
        if error.hint is None or "kind: categorical" not in error.hint:
            raise
        missing = f"{error.hint.partition('; ')[0]}; " if "missing_values" in error.hint else ""
        raise DataError(error.message, hint=f"{missing}data.weight needs a column of numbers") from error


def _read(config: Config, path: str, *, columns: tuple[str, ...] = ()) -> Table:
    """A table; the header of one with known columns may stand in another line than that of `data.path`."""
    return read_table(Path(path), texts=config.data.texts._replace(columns=columns))


def _check_ids(table: Table, config: Config) -> None:
    """Refuses a table of test rows without the ids, which stand beside what is predicted for them."""
    missing = [name for name in config.data.id if name not in table.column_names]
    if missing:
        columns = "1 id column is" if len(missing) == 1 else f"{len(missing):,} id columns are"
        raise DataError(
            f"{table.source}: {columns} missing: {quoted_list(missing)}; "
            f"available: {quoted_list(table.column_names, limit=20)}",
            hint="columns of data.drop may be missing, those of data.id may not",
        )


def _check_files_differ(loaded: LoadedConfig) -> None:
    """Refuses a table that is named for two parts: rows that were learned from, or judged the epochs, test nothing."""
    split = loaded.config.split
    known = {"data.path": loaded.config.data.path}
    for role, part in (("test", split.test), ("validation", split.validation)):
        if not isinstance(part, str):
            continue
        for key, path in known.items():
            if is_same_file(part, path):
                raise loaded.error(
                    ("split", role),
                    f"expected another file than {key}, got the same one",
                    hint=f"split.{role}: 0.2 holds out a part of the rows of data.path",
                )
        known[f"split.{role}"] = part


def is_same_file(first: str, second: str) -> bool:
    """Whether two paths lead to one file that is there."""
    try:
        return Path(first).samefile(second)
    except OSError:
        # Whoever reads the file will say what is wrong with it.
        return False


def _notes_on_classes(class_target: ClassTarget | None, train: LabelledRows) -> list[str]:
    """Says which classes the network cannot learn, because no training row has them."""
    if class_target is None:
        return []
    counts = np.bincount(train.truth, minlength=len(class_target.labels))
    absent = [label for label, count in zip(class_target.labels, counts, strict=True) if not count]
    return [f"no training row has the label {quoted_list(absent)}"] if absent else []


def divide(config: Config, labelled: LabelledRows, *, is_of_run: bool = False) -> Split:
    """Which of the labelled rows of `data.path` are for training, validation and testing.

    Args:
        config: Resolved.
        labelled: The rows.
        is_of_run: As in `read_dataset`.

    Raises:
        DataError: They cannot be divided in that way.
    """
    section, strategy = config.split, config.split.strategy
    assert strategy is not None  # noqa: S101 - resolve_config has set it
    keys = np.empty(0)
    # The others have no column, and stratified is for classes: check_config has seen to both.
    if section.column is not None and strategy != "random" and strategy != "stratified":
        table = labelled.table.take(labelled.rows, [section.column])
        keys = split_keys(
            table,
            section.column,
            strategy=strategy,
            seed=section.seed,
            date_format=config.preprocessing.column(section.column).format,
            may_mix_offsets=is_of_run,
        )
    return split_rows(section, n_rows=labelled.n_rows, strategy=strategy, labels=labelled.truth, keys=keys)


def labelled_class_weights(
    config: Config, class_target: ClassTarget | None, labelled: LabelledRows
) -> np.ndarray | None:
    """The weight of each class, float64 `(n_classes,)`; None without class weights.

    `balanced` looks at the rows; in the config of a run it has become numbers.
    """
    if class_target is None or config.training.class_weight is None:
        return None
    return class_weights(config.training.class_weight, class_target.labels, labelled.truth, labelled.sample_weight)


def _sample_weight(table: Table, name: str, rows: np.ndarray) -> np.ndarray:
    if name not in table.column_names:
        raise DataError(
            f"{table.source}: expected the weight column '{name}', got no column of that name",
            hint=table.index_hint([name]),
        )
    weight = _numbers(table, name, role="weight")
    is_bad = np.zeros(table.n_rows, bool)
    is_bad[rows] = ~(weight[rows] >= 0)
    if is_bad.any():
        raise _rows_error(table, is_bad, f"the weight '{name}' is missing or negative, expected a number >= 0")
    is_bad[rows] = (weight[rows] > _LARGEST_WEIGHT) | ((weight[rows] > 0) & (weight[rows] < 1 / _LARGEST_WEIGHT))
    if is_bad.any():
        raise _rows_error(table, is_bad, f"the weight '{name}' is too large or too small to compute with")
    labelled_weight: np.ndarray = weight[rows]
    return labelled_weight


def _rows_error(table: Table, is_bad: np.ndarray, text: str, *, hint: str | None = None) -> DataError:
    bad = np.flatnonzero(is_bad)
    lines = [f"{place}: {text}" for place in row_places(table, bad[:_SHOWN_ROWS].tolist())]
    if len(bad) > _SHOWN_ROWS:
        lines.append(f"and {len(bad) - _SHOWN_ROWS:,} more of {table.n_rows:,} rows")
    return DataError("\n".join(lines), hint=hint)


def data_file(path: Path, n_rows: int) -> DataFile:
    """What is recorded of a table with so many rows."""
    return DataFile(path=str(path), size=path.stat().st_size, sha256=sha256_of(path), rows=n_rows)
