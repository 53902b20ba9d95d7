"""From a config and its table to a resolved config: what is inferred, checked against the data, and filled in."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from dltrain.config import Config, LoadedConfig, check_config, resolve_config
from dltrain.config.problems.suggest import did_you_mean
from dltrain.config.yaml.document import KeyPath
from dltrain.errors import escaped, quoted_list
from dltrain.features import ClassTarget, class_labels, fit_class_target, infer_task, match_label, prediction_names
from dltrain.features.preprocessing import Feature
from dltrain.profiling.yes_and_no import label_asked_for
from dltrain.table import Table, categorical_values, integers_from_arrow


@dataclass(frozen=True)
class Resolved:
    """A config that leaves nothing open but the kinds of the columns.

    Attributes:
        config: Every default filled in.
        class_target: The labels; None for regression.
        notes: Choices that were made for the user.
    """

    config: Config
    class_target: ClassTarget | None
    notes: tuple[str, ...]


def resolve(loaded: LoadedConfig, table: Table) -> Resolved:
    """Infers the task and the labels, checks the config against them, fills in the defaults.

    Raises:
        ConfigError: The config does not fit the table's labels or the task.
        DataError: The target column cannot be used.
    """
    data, notes = loaded.config.data, []
    task = data.task or infer_task(table, data.target)
    if data.task is None:
        notes.append(f"data.task: {task}, inferred from column '{data.target}'")
    class_target = None
    if task != "regression":
        _check_label_names(loaded, class_labels(table, data.target))
        class_target = fit_class_target(table, data.target, task=task, positive=data.positive)
    labels = class_target.labels if class_target else ()
    check_config(loaded.config, loaded.document, task=task, n_classes=len(labels))
    _check_id_names(loaded, labels)
    positive = labels[1] if task == "binary" else None
    if positive is not None and data.positive is None:
        doubt = _other_positive(table, data.target, labels)
        notes.append(f"data.positive: '{positive}', the last label in sorted order{doubt}")
    features = data.features or _feature_columns(loaded.config, table)
    config = resolve_config(loaded.config, task=task, positive=positive, n_classes=len(labels), features=features)
    known = {*features, *_read_for_the_split(config)}
    idle = [name for name in config.preprocessing.columns if name not in known]
    notes += [f"preprocessing.columns.{name} has no effect: the column is no feature" for name in map(escaped, idle)]
    return Resolved(_without_exceptions(config, idle), class_target, tuple(notes))


def with_features(config: Config, features: Iterable[Feature]) -> Config:
    """The config with what was told from the table written out, so that another table cannot change it.

    Args:
        config: Resolved.
        features: All of them, fitted: their kinds, and the parts of dates.
    """
    columns = {
        feature.name: config.preprocessing.column(feature.name).model_copy(
            update={"kind": feature.kind}
            | ({"parts": tuple(part.part for part in feature.parts)} if feature.kind == "datetime" else {})
        )
        for feature in features
    }
    for name in _read_for_the_split(config):
        columns.setdefault(name, config.preprocessing.columns[name])
    return config.model_copy(
        update={"preprocessing": config.preprocessing.model_copy(update={"columns": columns})},
    )


def with_class_weights(config: Config, weights: Mapping[str, float]) -> Config:
    """The config with the weight of every label as a number, in the place of `balanced`."""
    return config.model_copy(
        update={"training": config.training.model_copy(update={"class_weight": dict(weights)})},
    )


def _other_positive(table: Table, target: str, labels: tuple[str, ...]) -> str:
    """Which label is rather asked for, where the last one says no or is the usual case."""
    cells = categorical_values(table, target)
    codes = integers_from_arrow(cells.indices, missing=-1)
    counts = np.bincount(codes[codes >= 0], minlength=len(cells.dictionary))
    frequent = cells.dictionary[int(np.argmax(counts))].as_py()
    asked = label_asked_for(labels, frequent=frequent, share=counts.max() / counts.sum())
    return "" if asked in (None, labels[1]) else f"; recall, precision and f1 are of it, so it may have to be '{asked}'"


def _check_label_names(loaded: LoadedConfig, labels: tuple[str, ...]) -> None:
    """Checks that the labels which the config names exist."""
    named: list[tuple[KeyPath, str]] = []
    if loaded.config.data.positive is not None:
        named.append((("data", "positive"), loaded.config.data.positive))
    if isinstance(loaded.config.training.class_weight, dict):
        named += [(("training", "class_weight", label), label) for label in loaded.config.training.class_weight]
    if len(labels) < 2:
        return  # the table is to blame, as is said elsewhere
    known = set(labels)
    for path, label in named:
        if label not in known and match_label(label, labels) is None:
            raise loaded.error(
                path,
                f"expected one of the labels {quoted_list(labels)}, got '{label}'",
                hint=did_you_mean(label, labels),
            )


def _check_id_names(loaded: LoadedConfig, labels: tuple[str, ...]) -> None:
    """Refuses ids that are named like the columns that predictions add."""
    added = frozenset(prediction_names(labels))
    for position, name in enumerate(loaded.config.data.id):
        if name in added:
            raise loaded.error(
                ("data", "id", position),
                f"expected an id column of another name, got '{name}', which the predictions use",
                hint="rename the column in the table",
            )


def _read_for_the_split(config: Config) -> tuple[str, ...]:
    """The column whose exception says how its dates are written, for strategy time."""
    split, columns = config.split, config.preprocessing.columns
    return (split.column,) if split.strategy == "time" and split.column in columns else ()


def _without_exceptions(config: Config, names: Sequence[str]) -> Config:
    """The config without what it says of columns that the network does not see, which an override may have left out."""
    columns = {name: column for name, column in config.preprocessing.columns.items() if name not in names}
    return config.model_copy(
        update={"preprocessing": config.preprocessing.model_copy(update={"columns": columns})},
    )


def _feature_columns(config: Config, table: Table) -> tuple[str, ...]:
    """Every column that has no other role, in the order of the table."""
    data = config.data
    others = {data.target, data.weight, config.split.column, *data.drop, *data.id}
    return tuple(name for name in table.column_names if name not in others)
