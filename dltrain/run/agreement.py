"""What the files of one run must agree on. Each of them may be valid and come from somewhere else."""

from collections.abc import Iterator, Mapping
from typing import Any

from dltrain.config import Config
from dltrain.config.sections.decision import DecisionSection
from dltrain.errors import quoted_list
from dltrain.features import ClassTarget, Preprocessing
from dltrain.features.architecture import layers_of
from dltrain.run.decision import Decision
from dltrain.run.manifest import Manifest
from dltrain.run.metrics_file import RunMetrics


def check_agreement(manifest: Manifest, config: Config, preprocessing: Preprocessing, metrics: RunMetrics) -> None:
    """Checks that the files belong together.

    Raises:
        ValueError: With the first contradiction.
    """
    _check_is_resolved(config)
    for what, expected, got in _facts(manifest, config, preprocessing, metrics):
        if expected != got:
            raise ValueError(f"{what}: expected {expected!r:.200}, got {got!r:.200}")
    for scores in (metrics.validation, metrics.test):
        _check_names(config, scores.metrics, scores.baseline, scores.unweighted, scores.unweighted_baseline)
    linear = metrics.linear
    _check_names(config, metrics.test_intervals, *((linear.metrics, linear.differences) if linear else ()))
    _check_labels(config, preprocessing, metrics)
    of_columns = None if metrics.importance is None else sorted(one.name for one in metrics.importance)
    if of_columns is not None and of_columns != sorted(preprocessing.column_names):
        raise ValueError("metrics.json: importance: expected that of every feature column, got others")


def _check_is_resolved(config: Config) -> None:
    values = {
        "data.task": config.data.task,
        "data.features": config.data.features,
        "model.output.activation": config.model.output.activation,
        "training.loss": config.training.loss,
        "metrics": config.metrics,
    }
    missing = [key for key, value in values.items() if value is None]
    if missing:
        raise ValueError(f"config.yaml: expected every default filled in, got none for {quoted_list(missing)}")


def _facts(
    manifest: Manifest, config: Config, preprocessing: Preprocessing, metrics: RunMetrics
) -> Iterator[tuple[str, Any, Any]]:
    """What, as the config or the fitted state has it, as another file has it."""
    target = preprocessing.target
    yield "manifest.json: task", config.data.task, manifest.task
    yield "manifest.json: seed", config.training.seed, manifest.seed
    yield "preprocessing.json: task", config.data.task, target.task
    yield "preprocessing.json: target", config.data.target, target.name
    yield "preprocessing.json: features", sorted(config.data.features or ()), sorted(preprocessing.column_names)
    yield "config.yaml: model.output.units", target.n_outputs, config.model.output.units or target.n_outputs
    layers = layers_of(config, preprocessing)
    section, decision = config.decision or DecisionSection(), metrics.decision or Decision()
    yield "metrics.json: a threshold", section.threshold is not None, decision.threshold is not None
    yield "metrics.json: a temperature", section.calibrate is not None, decision.temperature is not None
    yield "metrics.json: threshold", section.fixed_threshold or decision.threshold, decision.threshold
    yield "metrics.json: parameters", sum(layer.parameters for layer in layers), metrics.parameters
    if metrics.average is not None:
        yield "metrics.json: seed of the average", config.training.seed, metrics.average.seeds[0]
        yield "metrics.json: epochs of an average", (0, 0), (metrics.epochs, metrics.best_epoch)


def _check_names(config: Config, *by_metric: Mapping[str, object] | None) -> None:
    names = set(config.metrics or ())
    for values in by_metric:
        if values is not None and values.keys() != names:
            raise ValueError(
                f"metrics.json: expected the metrics {quoted_list(sorted(names))}, got {quoted_list(sorted(values))}"
            )


def _check_labels(config: Config, preprocessing: Preprocessing, metrics: RunMetrics) -> None:
    """Shares and weights are those of the classes that there are."""
    labels = preprocessing.target.labels if isinstance(preprocessing.target, ClassTarget) else None
    shares = metrics.trivial_prediction
    if (len(shares) if isinstance(shares, tuple) else None) != (len(labels) if labels is not None else None):
        expected = "one number" if labels is None else f"{len(labels):,} shares"
        raise ValueError(f"metrics.json: trivial_prediction: expected {expected}, got another number of them")
    weights = config.training.class_weight
    unknown = set(weights) - set(labels or ()) if isinstance(weights, dict) else set()
    if unknown:
        raise ValueError(f"config.yaml: training.class_weight: unknown labels {quoted_list(sorted(unknown))}")
