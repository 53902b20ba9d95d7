"""What `dltrain show` prints of a run."""

import sys
from typing import assert_never

from dltrain.cli.output import console, layer_table, metric_table, number, plain_table
from dltrain.cli.progress import split_text, target_role, training_text
from dltrain.features.boolean import BooleanFeature
from dltrain.features.categorical import CategoricalFeature
from dltrain.features.numeric import NumericFeature
from dltrain.features.preprocessing import Feature
from dltrain.workflows.show import RunDescription


def print_run(description: RunDescription) -> None:
    """Prints the run: where it came from, features, network, metrics, versions."""
    out = console(sys.stdout)
    manifest, config, metrics = description.manifest, description.config, description.metrics
    out.print(f"{description.path}  ({manifest.task}, format {manifest.format}, made {manifest.created})")
    for role, file in manifest.data.items():
        out.print(f"{role:<11}{file.path}: {file.rows:,} rows, sha256 {file.sha256[:12]}…")
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
    out.print(f"epoch {metrics.best_epoch} of {metrics.epochs} was kept; {metrics.train_rows:,} training rows")
    out.print()
    out.print("versions   " + ", ".join(f"{name} {version}" for name, version in manifest.versions.items()))


def _impute_text(feature: Feature) -> str:
    """What replaces a missing value."""
    match feature:
        case NumericFeature():
            return f"{feature.impute} {number(feature.fill_value)}"
        case CategoricalFeature(impute="missing"):
            return "own category" if feature.has_missing else "like an unseen value"
        case CategoricalFeature():
            return f"{feature.impute} '{feature.fill_value}'"
        case BooleanFeature():
            return f"{feature.impute} {str(feature.fill_value).lower()}"
        case _:
            assert_never(feature)


def _encoding_text(feature: Feature) -> str:
    """What becomes of a value."""
    match feature:
        case NumericFeature():
            return "as it is" if feature.scaler.type == "none" else f"{feature.scaler.type} scale"
        case CategoricalFeature():
            return feature.encode_as + (", rare values together" if feature.has_other else "")
        case BooleanFeature():
            return "1 or 0"
        case _:
            assert_never(feature)
