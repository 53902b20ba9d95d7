"""Looking over the runs in a folder."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal

from dltrain.config.document import Document
from dltrain.config.metrics import METRICS, higher_is_better
from dltrain.config.scalars import read_scalar
from dltrain.config.yaml_reader import MAX_BYTES, read_yaml
from dltrain.errors import ConfigError, RunError
from dltrain.run import Progress
from dltrain.run.average import Average
from dltrain.run.checkpoint import CHECKPOINT, is_unfinished, read_progress
from dltrain.run.loading import read_result
from dltrain.run.manifest import MANIFEST_NAME, DataFile
from dltrain.run.opening import read_file
from dltrain.run.removing import is_run
from dltrain.run.unfinished import is_being_trained

State = Literal["finished", "training", "interrupted", "diverged", "damaged"]
ORDERS: Final = ("time", "name")


@dataclass(frozen=True)
class RunEntry:
    """One run of a folder.

    Attributes:
        path: The directory.
        state: How it ended, or whether it goes on.
        changed_ns: When it was written last, in nanoseconds since 1970.
        created: When it was made, or begun, in ISO 8601; empty where that is unknown.
        task: None where that is unknown.
        table: Name of the table's file; empty where that is unknown.
        rows: Data rows of the table.
        epochs: Trained, or over when it was interrupted.
        best_epoch: Whose weights were kept; None without a result.
        metrics: Of the test rows.
        problem: Why it is damaged or has diverged; None otherwise.
        average: Which networks it is the average of; None for all others.
    """

    path: Path
    state: State
    changed_ns: int
    created: str = ""
    task: str | None = None
    table: str = ""
    rows: int | None = None
    epochs: int | None = None
    best_epoch: int | None = None
    metrics: Mapping[str, float | None] = field(default_factory=dict)
    problem: str | None = None
    average: Average | None = None

    @property
    def name(self) -> str:
        """Name of the directory."""
        return self.path.name

    @property
    def config(self) -> str:
        """Name of the config: that of the run without its number; of an average, that of its seeds."""
        return self.average.config if self.average is not None else re.sub(r"-\d+$", "", self.name)

    def to_dict(self) -> dict[str, Any]:
        """The entry as JSON content."""
        return {
            "run": str(self.path),
            "config": self.config,
            "state": self.state,
            "created": self.created or None,
            "task": self.task,
            "table": self.table or None,
            "rows": self.rows,
            "epochs": self.epochs,
            "best_epoch": self.best_epoch,
            "metrics": dict(self.metrics),
            "problem": self.problem,
            "average_of": None if self.average is None else list(self.average.seeds),
        }


def list_runs(parent: Path, *, sort: str = "time", filters: Sequence[str] = ()) -> list[RunEntry]:
    """Reads how the runs in a folder ended.

    Of a finished run, manifest.json and metrics.json are read, and config.yaml where a filter asks for a key of it; of
    an unfinished one the texts of its checkpoint. Networks are neither opened nor verified.

    Args:
        parent: The folder.
        sort: "time" (the newest first), "name", or a metric (the best first, runs without it last).
        filters: Each of them a text that occurs in the entry, or KEY=VALUE; all must hold.

    Raises:
        RunError: The folder is missing.
        ConfigError: There is no such order.
    """
    if sort not in (*ORDERS, *METRICS):
        raise ConfigError(f"--sort: expected time, name or a metric ({', '.join(METRICS)}), got '{sort}'")
    if not parent.is_dir():
        raise RunError(f"{parent}: expected a folder of runs, got none", hint="dltrain fit CONFIG makes one")
    folders = [path for path in parent.iterdir() if not path.name.startswith(".") and path.is_dir() and is_run(path)]
    entries = [_entry(path) for path in folders]
    return _sorted([entry for entry in entries if all(_matches(entry, text) for text in filters)], sort)


def _entry(path: Path) -> RunEntry:
    unfinished = is_unfinished(path)
    changed_ns = _changed_ns(path / (CHECKPOINT if unfinished else MANIFEST_NAME))
    try:
        return _unfinished_entry(path, changed_ns) if unfinished else _finished_entry(path, changed_ns)
    except RunError as error:
        return RunEntry(path, "damaged", changed_ns, problem=_reason(path, error))


def _reason(path: Path, error: RunError) -> str:
    """What is damaged, without the folder, which the line begins with already."""
    return error.message.removeprefix(f"{path}/").removeprefix(f"{path}: ").replace("damaged run: ", "")


def _changed_ns(path: Path) -> int:
    try:
        return path.lstat().st_mtime_ns
    except OSError:
        return 0


def _finished_entry(path: Path, changed_ns: int) -> RunEntry:
    manifest, metrics = read_result(path)
    return RunEntry(
        path,
        "finished",
        changed_ns,
        created=manifest.created,
        task=manifest.task,
        epochs=metrics.epochs,
        best_epoch=metrics.best_epoch,
        metrics=metrics.test.metrics,
        average=metrics.average,
        **_table(manifest.data["data"]),
    )


def _unfinished_entry(path: Path, changed_ns: int) -> RunEntry:
    origin, progress = read_progress(path / CHECKPOINT)
    return RunEntry(
        path,
        _unfinished_state(path, progress),
        changed_ns,
        created=origin.created,
        epochs=progress.epoch - 1,
        problem=progress.divergence,
        **(_table(origin.data["data"]) if "data" in origin.data else {}),
    )


def _unfinished_state(path: Path, progress: Progress) -> State:
    if progress.divergence is not None:
        return "diverged"
    return "training" if is_being_trained(path) else "interrupted"


def _table(file: DataFile) -> dict[str, Any]:
    return {"table": file.path.replace("\\", "/").rsplit("/", 1)[-1], "rows": file.rows}


def _sorted(entries: list[RunEntry], sort: str) -> list[RunEntry]:
    newest_first = sorted(entries, key=lambda entry: (-entry.changed_ns, entry.name))
    match sort:
        case "time":
            return newest_first
        case "name":
            return sorted(entries, key=lambda entry: _natural(entry.name))
        case _:
            return sorted(newest_first, key=lambda entry: _metric_key(entry, sort))


def _natural(name: str) -> list[tuple[int, str]]:
    """Numbers in a name by their value: wine-2 before wine-10."""
    return [(int(part), "") if part.isascii() and part.isdigit() else (-1, part) for part in re.split(r"(\d+)", name)]


def _metric_key(entry: RunEntry, metric: str) -> tuple[bool, float]:
    value = entry.metrics.get(metric)
    if value is None:
        return True, 0.0
    return False, -value if higher_is_better(metric) else value


def _matches(entry: RunEntry, text: str) -> bool:
    key, equals, wanted = text.partition("=")
    if not equals:
        told = (entry.name, entry.state, entry.task or "", entry.table, entry.problem or "")
        return any(text.lower() in part.lower() for part in told)
    known = entry.to_dict() | {"run": entry.name, "name": entry.name} | dict(entry.metrics)
    if key in known:
        return str(known[key]) == wanted or known[key] == read_scalar(wanted)
    found = _config_value(entry, key.split("."))
    return found is not None and (found == read_scalar(wanted) or str(found) == wanted)


def _config_value(entry: RunEntry, key: Iterable[str]) -> Any:
    """What the saved config of a run says under a dotted key; None where it says nothing, or cannot be read."""
    try:
        value = _document(entry).data
    except (RunError, ConfigError):
        return None
    for part in key:
        if isinstance(value, list) and part.isascii() and part.isdigit() and int(part) < len(value):
            value = value[int(part)]
        elif isinstance(value, dict):
            value = value.get(part)
        else:
            return None
    return value


def _document(entry: RunEntry) -> Document:
    if entry.state == "finished":
        path = entry.path / "config.yaml"
        return read_yaml(read_file(path, max_bytes=MAX_BYTES), source=str(path))
    origin, _ = read_progress(entry.path / CHECKPOINT)
    return read_yaml(origin.config.encode(), source=str(entry.path))
