"""Describing a run."""

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from dltrain.config import Config
from dltrain.config.architecture import LayerSummary, describe_network
from dltrain.features import ClassTarget
from dltrain.features.preprocessing import Feature
from dltrain.run import Epoch, Manifest, Origin, Progress, Run, RunMetrics
from dltrain.run.checkpoint import CHECKPOINT, origin_config, read_checkpoint
from dltrain.run.folds import FoldsOrigin, fold_state, is_being_validated, read_origin
from dltrain.run.gates import JudgedGates, gates_content, judge_run
from dltrain.run.unfinished import is_being_trained


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
    state: Literal["training", "interrupted", "diverged"]
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
    state: Literal["training", "interrupted", "diverged"] = "interrupted"
    if checkpoint.progress.divergence is not None:
        state = "diverged"
    elif is_being_trained(path):
        state = "training"
    epochs = tuple(checkpoint.epochs)
    return UnfinishedDescription(path, state, checkpoint.origin, config, checkpoint.progress, epochs, checkpoint.note)


@dataclass(frozen=True)
class UnfinishedFolds:
    """What is known of a cross-validation that has no result yet.

    Attributes:
        path: The directory.
        state: Whether a process works on it now.
        origin: When it began, with which tables and versions.
        config: As it was given.
        finished: Folds that are finished.
    """

    path: Path
    state: Literal["training", "interrupted"]
    origin: FoldsOrigin
    config: Config
    finished: tuple[int, ...]

    def to_dict(self) -> dict[str, Any]:
        """The description as JSON content."""
        return {
            "run": str(self.path),
            "state": self.state,
            "origin": self.origin.model_dump(mode="json", exclude={"config"}),
            "config": self.config.model_dump(mode="json"),
            "folds": self.config.split.folds,
            "finished": list(self.finished),
        }


def describe_folds(path: Path) -> UnfinishedFolds:
    """Collects what is known of a cross-validation that is not finished.

    Raises:
        RunError: It is damaged.
    """
    origin = read_origin(path)
    config = origin_config(origin, source=str(path)).config
    folds = range(1, (config.split.folds or 0) + 1)
    finished = tuple(fold for fold in folds if fold_state(path, fold) == "finished")
    state: Literal["training", "interrupted"] = "training" if is_being_validated(path) else "interrupted"
    return UnfinishedFolds(path, state, origin, config, finished)


def describe(run: Run) -> RunDescription:
    """Collects what is in a run."""
    target = run.preprocessing.target
    labels = target.labels if isinstance(target, ClassTarget) else ()
    return RunDescription(
        path=run.path,
        manifest=run.manifest,
        config=run.config,
        metrics=run.metrics,
        gates=judge_run(run.config, run.metrics),
        labels=labels,
        features=run.preprocessing.features,
        layers=describe_network(
            run.config.model,
            n_features=run.preprocessing.n_features,
            n_outputs=target.n_outputs,
        ),
    )
