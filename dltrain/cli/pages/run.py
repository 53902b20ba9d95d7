"""What `dltrain show` prints of a run."""

import sys
from collections.abc import Mapping
from typing import Any

from rich.console import Console

from dltrain.cli.output import STATE_WORDS, console, layer_table, metric_table, number, plain_table, print_diagnosis
from dltrain.cli.pages.decision import print_decision
from dltrain.cli.pages.gates import print_gates
from dltrain.cli.progress import epoch_text, split_text, target_role, training_text
from dltrain.errors import counted
from dltrain.features.in_words import encoding_text, impute_text
from dltrain.run import DataFile
from dltrain.run.average import Average
from dltrain.run.checkpoint import CHECKPOINT, resume_command
from dltrain.workflows.show import RunDescription, UnfinishedDescription


def print_run(description: RunDescription) -> None:
    """Prints the run: where it came from, features, network, metrics, versions."""
    out = console(sys.stdout)
    manifest, config, metrics = description.manifest, description.config, description.metrics
    average = f"{metrics.average}, " if metrics.average is not None else ""
    out.print(f"{description.path}  ({average}{manifest.task}, format {manifest.format}, made {manifest.created})")
    _print_files(out, manifest.data)
    labels = f": {', '.join(description.labels)}" if description.labels else ""
    out.print(f"{'target':<11}{config.data.target} ({target_role(config)}){labels}")
    out.print(f"{'split':<11}{split_text(config)}")
    out.print()
    out.print(
        plain_table(
            [("feature", "left"), ("kind", "left"), ("inputs", "right"), ("missing", "left"), ("becomes", "left")],
            [
                [f.name, f.kind, f"{f.width:,}", impute_text(f, number), encoding_text(f, number)]
                for f in description.features
            ],
        )
    )
    out.print()
    out.print(layer_table(description.layers))
    if metrics.average is None:
        out.print(training_text(config, description.layers))
    else:
        out.print(_average_text(metrics.average, metrics.parameters))
    out.print()
    out.print(metric_table(metrics))
    print_decision(config, metrics.decision)
    kept = f"epoch {metrics.best_epoch} of {metrics.epochs} was kept; " if metrics.average is None else ""
    out.print(f"{kept}{counted(metrics.train_rows, 'training row')}")
    print_diagnosis(out, metrics.diagnosis)
    print_gates(description.gates)
    out.print()
    out.print("versions   " + ", ".join(f"{name} {version}" for name, version in manifest.versions.items()))


def _average_text(average: Average, parameters: int) -> str:
    """Parameters, what they are the average of, and what the config is no recipe for."""
    return (
        f"{counted(parameters, 'parameter')}: those of seeds {average.seeds_text} side by side, their outputs averaged "
        "before the last activation\nnot trained: fitting this config again trains one wide network, not the average"
    )


def print_unfinished(description: UnfinishedDescription) -> None:
    """Prints how far a run without a result has come, and what can be done with it."""
    out = console(sys.stdout)
    origin, config, progress = description.origin, description.config, description.progress
    what = STATE_WORDS[description.state]
    at_most = f"at most {counted(config.training.epochs, 'epoch')}"
    out.print(f"{description.path}  (unfinished: {what} at {progress.place}, {at_most}, begun {origin.created})")
    _print_files(out, origin.data)
    out.print(f"{'target':<11}{config.data.target} ({target_role(config)})")
    out.print(f"{'split':<11}{split_text(config)}")
    if description.epochs:
        last, best = description.epochs[-1], [epoch for epoch in description.epochs if epoch.is_best][-1:]
        for heading, epoch in [("last epoch", last), *(("best epoch", epoch) for epoch in best if epoch != last)]:
            out.print(f"{heading:<11}{epoch.number}: {epoch_text(epoch)}")
    if description.note is not None:
        out.print(f"{'note':<11}{description.note}")
    if progress.divergence is not None:
        out.print(f"{'stopped':<11}{progress.divergence}")
        out.print(f"{'kept':<11}the last finite weights, in {description.path}/{CHECKPOINT} (safetensors)")
    elif description.state == "interrupted":
        out.print(f"{'go on':<11}{resume_command(description.path)}")


def _print_files(out: Console, files: Mapping[Any, DataFile]) -> None:
    for role, file in files.items():
        out.print(f"{role:<11}{file.path}: {counted(file.rows, 'row')}, sha256 {file.sha256[:12]}…")
