"""What `dltrain show` prints of a run."""

import sys
from collections.abc import Mapping
from typing import Any, assert_never

from rich.console import Console

from dltrain.cli.decision_page import print_decision
from dltrain.cli.gates_page import print_gates
from dltrain.cli.output import console, layer_table, metric_table, number, plain_table
from dltrain.cli.progress import epoch_text, split_text, target_role, training_text
from dltrain.errors import counted
from dltrain.features.boolean import BooleanFeature
from dltrain.features.categorical import CategoricalFeature
from dltrain.features.datetimes import DatetimeFeature
from dltrain.features.missing_cells import NEVER_FILLED
from dltrain.features.numeric import NumericFeature
from dltrain.features.preprocessing import Feature
from dltrain.run import DataFile
from dltrain.run.checkpoint import CHECKPOINT, resume_command
from dltrain.workflows.show import RunDescription, UnfinishedDescription


def print_run(description: RunDescription) -> None:
    """Prints the run: where it came from, features, network, metrics, versions."""
    out = console(sys.stdout)
    manifest, config, metrics = description.manifest, description.config, description.metrics
    out.print(f"{description.path}  ({manifest.task}, format {manifest.format}, made {manifest.created})")
    _print_files(out, manifest.data)
    labels = f": {', '.join(description.labels)}" if description.labels else ""
    out.print(f"{'target':<11}{config.data.target} ({target_role(config)}){labels}")
    out.print(f"{'split':<11}{split_text(config)}")
    out.print()
    out.print(
        plain_table(
            [("feature", "left"), ("kind", "left"), ("inputs", "right"), ("missing", "left"), ("becomes", "left")],
            [[f.name, f.kind, f"{f.width:,}", _impute_text(f), _encoding_text(f)] for f in description.features],
        )
    )
    out.print()
    out.print(layer_table(description.layers))
    out.print(training_text(config, description.layers))
    out.print()
    out.print(metric_table(metrics))
    print_decision(config, metrics.decision)
    print_gates(description.gates)
    out.print(f"epoch {metrics.best_epoch} of {metrics.epochs} was kept; {counted(metrics.train_rows, 'training row')}")
    out.print()
    out.print("versions   " + ", ".join(f"{name} {version}" for name, version in manifest.versions.items()))


def print_unfinished(description: UnfinishedDescription) -> None:
    """Prints how far a run without a result has come, and what can be done with it."""
    out = console(sys.stdout)
    origin, config, progress = description.origin, description.config, description.progress
    what = {"training": "being trained", "interrupted": "interrupted", "diverged": "diverged"}[description.state]
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


def _impute_text(feature: Feature) -> str:
    """What replaces a missing value."""
    if feature.impute in NEVER_FILLED:
        return "an error"
    match feature:
        case NumericFeature():
            return f"{feature.impute} {number(feature.fill_value)}"
        case CategoricalFeature(impute="missing"):
            return "own category" if feature.has_missing else "like an unseen value"
        case CategoricalFeature():
            return f"{feature.impute} '{feature.fill_value}'"
        case BooleanFeature():
            return f"{feature.impute} {str(feature.fill_value).lower()}"
        case DatetimeFeature():
            return f"{feature.impute} {(feature.fill_value or '').removesuffix('T00:00:00.000000')}"
        case _:
            assert_never(feature)


def _encoding_text(feature: Feature) -> str:
    """What becomes of a value."""
    match feature:
        case NumericFeature():
            scaled = "as it is" if feature.scaler.type == "none" else f"{feature.scaler.type} scale"
            mapped = [f"{len(feature.map):,} texts as numbers"] if feature.map else []
            clipped = [] if feature.bounds is None else ["clipped to " + " … ".join(map(number, feature.bounds))]
            return ", ".join([*mapped, *clipped, scaled, *_indicator(feature.has_indicator)])
        case CategoricalFeature():
            if feature.encode_as == "target":
                return "mean of the target"
            order = ", declared order" if feature.has_order else ""
            return feature.encode_as + (", rare values together" if feature.has_other else order)
        case BooleanFeature():
            return ", ".join(["1 or 0", *_indicator(feature.has_indicator)])
        case DatetimeFeature():
            parts = [part.part + (" (circle)" if part.scaler is None else "") for part in feature.parts]
            return ", ".join([*parts, *_indicator(feature.has_indicator)])
        case _:
            assert_never(feature)


def _indicator(has_indicator: bool) -> list[str]:
    return ["1 where missing"] * has_indicator
