"""Comparing runs on the same test rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path
from typing import Any, Final

import numpy as np

from dltrain.config import Config
from dltrain.config.differences import config_differences
from dltrain.config.sections.model import Layer
from dltrain.errors import DataError, RunError, counted
from dltrain.features import ClassTarget
from dltrain.run import DataFile, Run
from dltrain.scoring import Predictor, compute_metrics
from dltrain.scoring.paired import Difference, paired_differences, to_dict
from dltrain.table import Table, read_table
from dltrain.workflows.evaluate import rows_to_score
from dltrain.workflows.rows.dataset import LabelledRows
from dltrain.workflows.rows.fitted_tables import fitted_run_errors
from dltrain.workflows.rows.seen_rows import SeenRows, count_seen_rows, seen_notes

LAYERS: Final = "model.layers"
_SHOWN_LAYERS: Final = 8
_OF_COLUMNS: Final = ("data.features", "data.drop", "data.id")
"""Options of the section `data` that choose no rows."""


@dataclass(frozen=True)
class ComparedRun:
    """One of the runs.

    Attributes:
        path: The directory.
        metrics: Of the rows that all were measured on, with sample weights and without class weights.
        epochs: Trained.
        best_epoch: Whose weights were kept.
        parameters: Numbers in the network.
        threshold: Probability above which a row has the positive label; None: the most probable label.
        layers: Its hidden layers in words.
        differences: Metric → this run less the first one; empty for the first one.
        config: Dotted key → its values in the first run and in this one, where they differ.
        tables: Role → the table of the first run and that of this one, where they are not the same bytes.
        folds: Of a cross-validation, whose rows were predicted by the network of their fold; None for a run.
        seen: How many rows of another table the run was made with; why that is not known; None for its test rows.
    """

    path: Path
    metrics: dict[str, float]
    epochs: int
    best_epoch: int
    parameters: int
    threshold: float | None
    layers: tuple[str, ...]
    differences: dict[str, Difference]
    config: dict[str, tuple[Any, Any]]
    tables: dict[str, tuple[DataFile | None, DataFile | None]]
    folds: int | None = None
    seen: SeenRows | str | None = None

    @property
    def notes(self) -> list[str]:
        """What a reader of its figures should know, in words."""
        return seen_notes(self.seen)

    def to_dict(self) -> dict[str, Any]:
        """The run as JSON content."""
        return {
            "run": str(self.path),
            "metrics": {name: value if np.isfinite(value) else None for name, value in self.metrics.items()},
            "epochs": self.epochs,
            "best_epoch": self.best_epoch,
            "parameters": self.parameters,
            "threshold": self.threshold,
            "folds": self.folds,
            "layers": list(self.layers),
            "differences": to_dict(self.differences),
            "config": {key: list(values) for key, values in self.config.items()},
            "tables": {
                role: [None if file is None else file.model_dump(mode="json") for file in files]
                for role, files in self.tables.items()
            },
            "seen_rows": self.seen.to_dict() if isinstance(self.seen, SeenRows) else None,
        }


@dataclass(frozen=True)
class Comparison:
    """Runs side by side.

    Attributes:
        source: Which rows, in words.
        rows: How many.
        runs: In the order they were named; the others are compared with the first.
    """

    source: str
    rows: int
    runs: tuple[ComparedRun, ...]

    @property
    def names(self) -> list[str]:
        """The names of the directories; their paths where two have one name."""
        names = [run.path.name for run in self.runs]
        return names if len(set(names)) == len(names) else [str(run.path) for run in self.runs]

    def notes(self) -> list[str]:
        """What a reader of the figures should know, in words."""
        return [f"{name}: {note}" for name, run in zip(self.names, self.runs, strict=True) for note in run.notes]

    def config_changes(self, run: ComparedRun) -> dict[str, tuple[Any, Any]]:
        """As `config`, other layers and lists of columns as a whole, since their numbers do not match."""
        first, changes = self.runs[0], _with_whole_lists(run.config)
        if first.layers == run.layers or not any(key.startswith(LAYERS) for key in changes):
            return changes
        rest = {key: values for key, values in changes.items() if not key.startswith(LAYERS)}
        return rest | {LAYERS: (_layers_text(first.layers), _layers_text(run.layers))}

    def to_dict(self) -> dict[str, Any]:
        """The comparison as JSON content."""
        return {"data": self.source, "rows": self.rows, "runs": [run.to_dict() for run in self.runs]}


def compare(runs: Sequence[Run], *, data: Path | None = None) -> Comparison:
    """Measures runs on the held-out test rows that all of them share, or on a labelled table.

    Sample weights count, those of the first run; class weights do not, because runs may have different ones.

    Args:
        runs: At least two.
        data: A labelled table; None for the test rows of the first run, which have to be those of all others.

    Raises:
        RunError: The runs do not answer the same question, or were not tested on the same rows.
        DataError: A table is missing or has changed, or does not fit a run.
    """
    first, *others = runs
    for run in others:
        check_same_question(first, run)
    if data is None:
        for run in others:
            _check_same_table(first, run)
    measured = [_predicted(run, data) for run in runs]
    (rows, predicted, _), *rest = measured
    for run, (other_rows, _, _) in zip(others, rest, strict=True):
        _check_same_rows(first, run, rows, other_rows, data=data)
    source = f"held-out test rows of {first.path}" if data is None else rows.table.source
    compared = [
        replace(_compared(first, run, rows, before=predicted, after=own), seen=seen)
        for run, (_, own, seen) in zip(runs, measured, strict=True)
    ]
    return Comparison(source, rows.n_rows, tuple(compared))


def _compared(first: Run, run: Run, rows: LabelledRows, *, before: np.ndarray, after: np.ndarray) -> ComparedRun:
    """One of the runs, measured by the metrics of the first.

    Args:
        first: The one to compare with.
        run: This one, which may be the first.
        rows: What both were measured on.
        before: What the first predicts for them.
        after: What this one predicts.
    """
    names, weight = first.config.metrics or (), rows.sample_weight
    differences = {}
    if run is not first:
        thresholds = first.metrics.threshold, run.metrics.threshold
        differences = paired_differences(
            names,
            rows.truth,
            before,
            after,
            sample_weight=weight,
            thresholds=thresholds,
            group=rows.with_groups(first.config.split).group,
        )
    return ComparedRun(
        path=run.path,
        metrics=compute_metrics(names, rows.truth, after, sample_weight=weight, threshold=run.metrics.threshold),
        epochs=run.metrics.epochs,
        best_epoch=run.metrics.best_epoch,
        parameters=run.metrics.parameters,
        threshold=run.metrics.threshold,
        layers=layer_texts(run.config),
        differences=differences,
        config=_config_differences(first, run),
        tables=_other_tables(first, run),
    )


def _config_differences(first: Run, run: Run) -> dict[str, tuple[Any, Any]]:
    """What the configs say differently; where a table lies makes no difference to what it holds."""
    keys = {"data": "data.path", "test": "split.test", "validation": "split.validation"}
    same = {
        keys[role] for role, file in first.manifest.data.items() if _hash_of(run.manifest.data.get(role)) == file.sha256
    }
    return {key: values for key, values in config_differences(first.config, run.config).items() if key not in same}


def _other_tables(first: Run, run: Run) -> dict[str, tuple[DataFile | None, DataFile | None]]:
    """Role → two tables that are not the same bytes; a config may be the same and its table another every night."""
    roles = dict.fromkeys((*first.manifest.data, *run.manifest.data))
    files = {str(role): (first.manifest.data.get(role), run.manifest.data.get(role)) for role in roles}
    return {role: (one, other) for role, (one, other) in files.items() if _hash_of(one) != _hash_of(other)}


def _hash_of(file: DataFile | None) -> str | None:
    return None if file is None else file.sha256


def table_text(file: DataFile | None) -> str:
    """What there is to say of a table beside another of its role."""
    return "none" if file is None else f"{counted(file.rows, 'row')}, sha256 {file.sha256[:12]}…"


def layer_texts(config: Config) -> tuple[str, ...]:
    """The hidden layers of a config in words."""
    return tuple(_layer_text(layer) for layer in config.model.layers)


def _layer_text(layer: Layer) -> str:
    """A layer by what people call it.

    >>> from dltrain.config.sections.model import Dense
    >>> _layer_text(Dense(type="dense", units=64, activation="relu"))
    'dense 64 relu'
    """
    told = (getattr(layer, name, None) for name in ("units", "activation", "rate", "stddev"))
    return " ".join([layer.type, *(str(value) for value in told if value is not None)])


def told(value: Any) -> str:
    """A value of a config in words.

    >>> told(None), told(True), told(1e-4), told("adam")
    ('none', 'true', '0.0001', 'adam')
    """
    if isinstance(value, bool):
        return str(value).lower()
    return "none" if value is None else f"{value:.6g}" if isinstance(value, float) else str(value)


_LISTS: Final = ("data.features", "data.drop", "data.id")


def _with_whole_lists(changes: Mapping[str, tuple[Any, Any]]) -> dict[str, tuple[Any, Any]]:
    """Items of a list of texts by what is in one list alone: one more column moves all behind it.

    >>> _with_whole_lists({"data.features.0": ("age", "plan"), "data.features.1": (None, "age"), "split.seed": (0, 1)})
    {'data.features (what differs)': (None, 'plan'), 'split.seed': (0, 1)}
    """
    merged: dict[str, tuple[Any, Any]] = {}
    for key, values in changes.items():
        name, _, position = key.rpartition(".")
        if name not in _LISTS or not position.isdigit():
            is_empty = key in _LISTS and any(other.startswith(f"{key}.") for other in changes)
            merged |= {} if is_empty else {key: values}
            continue
        sides = [[pair[side] for other, pair in changes.items() if other.rpartition(".")[0] == name] for side in (0, 1)]
        alone = [
            ", ".join(text for text in texts if text is not None and text not in others)
            for texts, others in (sides, sides[::-1])
        ]
        merged[f"{name} (what differs)"] = (
            (alone[0] or None, alone[1] or None) if any(alone) else ("one order", "another")
        )
    return merged


def _layers_text(layers: Sequence[str]) -> str:
    """Layers in words, equal ones in a row counted.

    >>> _layers_text(["dense 8", "dense 8", "dropout 0.1"])
    '2 × dense 8, dropout 0.1'
    """
    texts = [f"{len(list(group))} × {layer}".removeprefix("1 × ") for layer, group in groupby(layers)]
    more = [f"{len(texts) - _SHOWN_LAYERS} more"] if len(texts) > _SHOWN_LAYERS else []
    return ", ".join(texts[:_SHOWN_LAYERS] + more) or "no hidden layers"


def check_same_question(first: Run, run: Run) -> None:
    """Refuses runs that predict something else.

    Raises:
        RunError: They do.
    """
    labels = [
        target.labels if isinstance(target, ClassTarget) else None
        for target in (first.preprocessing.target, run.preprocessing.target)
    ]
    for what, expected, got in (
        ("the target", first.config.data.target, run.config.data.target),
        ("the task", first.manifest.task, run.manifest.task),
        ("the labels in their order", labels[0], labels[1]),
    ):
        if expected != got:
            raise RunError(f"{run.path}: expected {what} of {first.path}, {_told(expected)}, got {_told(got)}")


def _told(value: object) -> str:
    text = ", ".join(value) if isinstance(value, tuple) else str(value)
    return f"'{text[:100]}'"


def _check_same_table(first: Run, run: Run) -> None:
    """Refuses runs of other tables before any is read."""
    for role in ("data", "test"):
        expected, got = (manifest.data.get(role) for manifest in (first.manifest, run.manifest))
        if _hash_of(expected) != _hash_of(got):
            name = "table" if role == "data" else "test file"
            shown = [file.path if file else "none" for file in (expected, got)]
            if shown[0] == shown[1]:
                shown = [f"{file.path} (sha256 {file.sha256[:12]}…)" for file in (expected, got) if file]
            raise RunError(
                f"{run.path}: expected the {name} of {first.path}, {shown[0]}, got {shown[1]}: other test rows",
                hint="--data FILE compares the runs on a labelled table that none of them has learned from",
            )


def _check_same_rows(
    first: Run, run: Run, expected: LabelledRows, got: LabelledRows, *, data: Path | None = None
) -> None:
    """Refuses runs that were measured on other rows of the file than the first one."""
    if np.array_equal(expected.source_rows, got.source_rows) and np.array_equal(expected.truth, got.truth):
        return
    both = len(np.intersect1d(expected.source_rows, got.source_rows))
    if data is None:
        rows = f"test rows of {first.path}"
        hint = "--data FILE compares the runs on a labelled table that none of them has learned from"
    else:
        rows = f"rows of {data} that {first.path} is measured on"
        hint = "impute: drop leaves rows out, and so does a missing target: name a table without such rows"
    raise RunError(
        f"{run.path}: expected the {expected.n_rows:,} {rows}, got {got.n_rows:,}, of which "
        f"{both:,} are the same{_because(first, run, is_own_table=data is None)}",
        hint=hint,
    )


def _because(first: Run, run: Run, *, is_own_table: bool) -> str:
    """The options that choose rows and differ; another table is not divided."""
    sections = ("split.", "data.") if is_own_table else ("data.",)
    differences = [
        key
        for key, values in config_differences(first.config, run.config).items()
        if (key.startswith(sections) and not key.startswith(_OF_COLUMNS))
        or (key.endswith(".impute") and "drop" in values)
    ]
    verb = "differs" if len(differences) == 1 else "differ"
    return f" ({', '.join(differences[:5])} {verb})" if differences else ""


def _predicted(run: Run, data: Path | None) -> tuple[LabelledRows, np.ndarray, SeenRows | str | None]:
    """The rows to measure a run on, what it predicts for them, and how many of another table it was made with."""
    with fitted_run_errors(run, str(data)):
        table = None if data is None else read_table(data, texts=run.texts)
    try:
        return _predicted_rows(run, table)
    except DataError as error:
        if table is None:
            raise
        # Of several runs, only one may not fit the table.
        raise DataError(f"{run.path}: {error.message}", hint=error.hint) from error


def _predicted_rows(run: Run, table: Table | None) -> tuple[LabelledRows, np.ndarray, SeenRows | str | None]:
    rows = rows_to_score(run, table)
    with fitted_run_errors(run, rows.table.source):
        features = run.preprocessing.encode(rows.table).take(rows.rows)
    seen = None if table is None else count_seen_rows(run, rows, features)
    return rows, Predictor.from_run(run).predict_encoded(features), seen
