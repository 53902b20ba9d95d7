"""Reading how runs, and groups of runs, ended: the small files alone; of the others, no more than their sizes."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from dltrain.errors import RunError, last_part
from dltrain.run.average import AVERAGE
from dltrain.run.checkpoint import CHECKPOINT, is_unfinished, origin_config, read_progress
from dltrain.run.gates import judge_group, judge_run
from dltrain.run.loading import check_sizes, read_expecting_config, read_result
from dltrain.run.manifest import MANIFEST_NAME, DataFile
from dltrain.run.members import SEEDS, Group, group_of, is_finished
from dltrain.run.naming import name_of_run
from dltrain.run.newest import changed_ns, natural
from dltrain.run.opening import mtime_ns
from dltrain.run.removing import members_in
from dltrain.run.seeds import read_group_summary
from dltrain.run.unfinished import state_of
from dltrain.workflows.listing.run_entry import RunEntry
from dltrain.workflows.show import describe_unfinished_group


def read_entry(path: Path, *, has_members: bool) -> RunEntry:
    """Reads how a run, or a group of runs, ended.

    Args:
        path: The directory.
        has_members: Whether the runs of a group are read as well.
    """
    if (group := group_of(path)) is not None:
        return _group_entry(path, group, has_members=has_members)
    return _run_entry(path, config=name_of_run(path))


def _run_entry(path: Path, *, config: str) -> RunEntry:
    unfinished = is_unfinished(path)
    written_ns = mtime_ns(path / (CHECKPOINT if unfinished else MANIFEST_NAME))
    try:
        entry = _unfinished_entry(path, written_ns) if unfinished else _finished_entry(path, written_ns)
    except RunError as error:
        entry = RunEntry(path, "damaged", written_ns, problem=_reason(path, error))
    return replace(entry, config=config if entry.average is None else entry.average.config)


def _reason(path: Path, error: RunError) -> str:
    """What is damaged, without the folder, which the line begins with already."""
    return error.message.removeprefix(f"{path}/").removeprefix(f"{path}: ").replace("damaged run: ", "")


def _finished_entry(path: Path, written_ns: int) -> RunEntry:
    manifest, metrics = read_result(path)
    check_sizes(path, manifest)
    config = read_expecting_config(path, manifest)
    return RunEntry(
        path,
        "finished",
        written_ns,
        created=manifest.created,
        task=manifest.task,
        epochs=metrics.epochs,
        best_epoch=metrics.best_epoch,
        metrics=metrics.test.metrics,
        average=metrics.average,
        gates=() if config is None else judge_run(config, metrics),
        **_table(manifest.data["data"]),
    )


def _unfinished_entry(path: Path, written_ns: int) -> RunEntry:
    origin, progress = read_progress(path / CHECKPOINT)
    return RunEntry(
        path,
        state_of(path, progress),
        written_ns,
        created=origin.created,
        epochs=progress.epoch - 1,
        problem=progress.divergence,
        **(_table(origin.data["data"]) if "data" in origin.data else {}),
    )


def _table(file: DataFile) -> dict[str, Any]:
    return {"table": last_part(file.path), "rows": file.rows}


def _group_entry(path: Path, group: Group, *, has_members: bool) -> RunEntry:
    folders = sorted(members_in(path, group), key=lambda found: natural(found.name))
    members = tuple(_run_entry(found, config=name_of_run(path)) for found in folders)
    entry = RunEntry(
        path,
        "damaged",
        changed_ns(path, group),
        kind="seeds" if group == SEEDS else "folds",
        total=len(members),
        n_finished=sum(member.state == "finished" and member.name != AVERAGE for member in members),
        members=members if has_members else (),
        config=name_of_run(path),
    )
    try:
        return _told(entry, group, members)
    except RunError as error:
        return replace(entry, problem=_reason(path, error))


def _told(entry: RunEntry, group: Group, members: Sequence[RunEntry]) -> RunEntry:
    """The entry of a group with what its files say.

    Raises:
        RunError: They are damaged.
    """
    described = describe_unfinished_group(entry.path, group)
    table = _table(described.origin.data["data"]) if "data" in described.origin.data else {}
    entry = replace(entry, created=described.origin.created, total=described.total, **table)
    wrong = next((member for member in members if member.state in {"diverged", "damaged"}), None)
    if wrong is not None:
        return replace(entry, state=wrong.state, problem=f"{wrong.name}: {wrong.problem}")
    if not is_finished(entry.path, group):
        return replace(entry, state=described.state)
    if entry.n_finished < entry.total:
        return replace(entry, problem=f"expected {entry.total} finished {group.member}s, got {entry.n_finished}")
    summary = read_group_summary(entry.path, group)
    origin = described.origin
    has_gates = "expect" in origin.config
    return replace(
        entry,
        state="finished",
        created=summary.created,
        task=summary.task,
        metrics={name: spread.mean for name, spread in summary.metrics.items()},
        spreads=summary.metrics,
        gates=judge_group(origin_config(origin, source=str(entry.path)).config, summary) if has_gates else (),
    )
