"""Describing a run."""

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dltrain.config import Config
from dltrain.config.architecture import LayerSummary
from dltrain.features.architecture import layers_of
from dltrain.features.preprocessing import Feature
from dltrain.run import Epoch, Manifest, Origin, Progress, Run, RunMetrics
from dltrain.run.checkpoint import CHECKPOINT, origin_config, read_checkpoint, read_progress
from dltrain.run.gates import JudgedGates, gates_content, judge_run
from dltrain.run.members import Group, GroupOrigin, is_being_worked_on, member_path, member_state
from dltrain.run.seeds import SeedsOrigin, read_group_origin
from dltrain.run.unfinished import UnfinishedState, state_of


@dataclass(frozen=True)
class RunDescription:
    """What is in a run.

    Attributes:
        path: The directory.
        manifest: Origin, versions, hashes.
        config: Resolved.
        metrics: The result.
        gates: What the config expects of it, judged.
        labels: Label order; empty for regression.
        features: Every feature column with its fitted state.
        layers: Every layer in order, the inputs first.
    """

    path: Path
    manifest: Manifest
    config: Config
    metrics: RunMetrics
    gates: JudgedGates
    labels: tuple[str, ...]
    features: tuple[Feature, ...]
    layers: tuple[LayerSummary, ...]

    def to_dict(self) -> dict[str, Any]:
        """The description as JSON content."""
        return {
            "run": str(self.path),
            "manifest": self.manifest.model_dump(mode="json"),
            "config": self.config.model_dump(mode="json"),
            # What the file says: older runs lack what was added since.
            "metrics": self.metrics.model_dump(mode="json", exclude_unset=True),
            **gates_content(self.gates),
            "labels": list(self.labels),
            "features": [
                {"name": feature.name, "kind": feature.kind, "inputs": feature.width} for feature in self.features
            ],
            "layers": [
                {"name": layer.name, "kind": layer.kind, "units": layer.units, "parameters": layer.parameters}
                for layer in self.layers
            ],
        }


@dataclass(frozen=True)
class UnfinishedDescription:
    """What is known of a run that has no result yet.

    Attributes:
        path: The directory.
        state: Whether a process trains it now, it was interrupted and can go on, or its loss diverged.
        origin: When it began, with which tables and versions.
        config: Resolved.
        progress: How far it had come at the last checkpoint.
        epochs: Those that were over.
        note: Why the newest checkpoint is not the one shown; None if it is.
    """

    path: Path
    state: UnfinishedState
    origin: Origin
    config: Config
    progress: Progress
    epochs: tuple[Epoch, ...]
    note: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """The description as JSON content."""
        return {
            "run": str(self.path),
            "state": self.state,
            "origin": self.origin.model_dump(mode="json", exclude={"config"}),
            "config": self.config.model_dump(mode="json"),
            "progress": self.progress.model_dump(mode="json"),
            "note": self.note,
            "history": [
                {key: value if math.isfinite(value) else None for key, value in epoch.to_row().items()}
                for epoch in self.epochs
            ],
        }


def describe_unfinished(path: Path) -> UnfinishedDescription:
    """Reads the last checkpoint of a run that has no result yet.

    Raises:
        RunError: It has none that is whole.
    """
    checkpoint = read_checkpoint(path / CHECKPOINT)
    config = origin_config(checkpoint.origin, source=str(path)).config
    progress, epochs = checkpoint.progress, tuple(checkpoint.epochs)
    state = state_of(path, progress)
    return UnfinishedDescription(path, state, checkpoint.origin, config, progress, epochs, checkpoint.note)


@dataclass(frozen=True)
class UnfinishedGroup:
    """What is known of a cross-validation, or of a set of seeds, that has no result yet.

    Attributes:
        path: The directory.
        group: Which of them it is.
        state: Whether a process works on it now, it was interrupted and can go on, or the loss of a run diverged.
        origin: When it began, with which tables and versions.
        config: As it was given.
        total: How many runs it will have.
        finished: Numbers of the runs that are finished.
        problem: Which run diverged, and how; None where none did.
    """

    path: Path
    group: Group
    state: UnfinishedState
    origin: GroupOrigin
    config: Config
    total: int
    finished: tuple[int, ...]
    problem: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """The description as JSON content."""
        return {
            "run": str(self.path),
            "state": self.state,
            "origin": self.origin.model_dump(mode="json", exclude={"config"}),
            "config": self.config.model_dump(mode="json"),
            f"{self.group.member}s": self.total,
            "finished": list(self.finished),
            "problem": self.problem,
        }


def describe_unfinished_group(path: Path, group: Group) -> UnfinishedGroup:
    """Collects what is known of a group that is not finished.

    Raises:
        RunError: It is damaged.
    """
    origin = read_group_origin(path, group)
    config = origin_config(origin, source=str(path)).config
    total = origin.seeds if isinstance(origin, SeedsOrigin) else config.split.folds or 0
    states = {number: member_state(path, group, number) for number in range(1, total + 1)}
    unfinished = [member_path(path, group, number) for number, state in states.items() if state == "unfinished"]
    problem = next((text for member in unfinished if (text := _divergence(member)) is not None), None)
    state: UnfinishedState = "interrupted"
    if problem is not None:
        state = "diverged"
    elif is_being_worked_on(path):
        state = "training"
    finished = tuple(number for number, state in states.items() if state == "finished")
    return UnfinishedGroup(path, group, state, origin, config, total, finished, problem)


def _divergence(member: Path) -> str | None:
    """How a run of a group diverged; None where it did not."""
    divergence = read_progress(member / CHECKPOINT)[1].divergence
    return None if divergence is None else f"{member.name}: {divergence}"


def describe(run: Run) -> RunDescription:
    """Collects what is in a run."""
    return RunDescription(
        path=run.path,
        manifest=run.manifest,
        config=run.config,
        metrics=run.metrics,
        gates=judge_run(run.config, run.metrics),
        labels=run.preprocessing.target.labels,
        features=run.preprocessing.features,
        layers=layers_of(run.config, run.preprocessing),
    )
