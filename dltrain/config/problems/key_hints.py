"""Hints for a key that does not exist where it stands: a typo, a key of another section or of another tool."""

from collections.abc import Collection
from difflib import get_close_matches
from functools import cache
from typing import Any, Final

from dltrain.config.json_schema import config_schema
from dltrain.config.problems.suggest import did_you_mean

_LAYERS: Final = "the hidden layers are 'model.layers', such as [{type: dense, units: 64, activation: relu}]"
_DROPOUT: Final = "dropout is a layer of 'model.layers': {type: dropout, rate: 0.3}"
_BATCH_NORM: Final = "batch normalisation is a layer of 'model.layers': {type: batch_normalization}"

_ALIKE: Final = 0.7
"""`encoding` beside `encode`: the key of another section may be meant, but hardly is."""

FOREIGN_NAMES: Final[dict[str, str]] = {
    **dict.fromkeys(("lr", "eta", "step_size"), "the learning rate is 'training.optimizer.learning_rate'"),
    **dict.fromkeys(
        ("scheduler", "lr_scheduler", "lr_schedule", "learning_rate_schedule"),
        "a schedule is a value of 'training.optimizer.learning_rate', such as {type: reduce_on_plateau}",
    ),
    **dict.fromkeys(
        ("reduce_lr_on_plateau", "reduce_lr", "reducelronplateau", "reduce_on_plateau"),
        "write {type: reduce_on_plateau, initial_learning_rate: 0.001} as 'training.optimizer.learning_rate'",
    ),
    **dict.fromkeys(
        ("cosine_decay", "exponential_decay", "piecewise_constant_decay", "cosine_annealing"),
        "write {type: cosine_decay, initial_learning_rate: 0.001}, or another schedule, as "
        "'training.optimizer.learning_rate'",
    ),
    **dict.fromkeys(("clip_norm", "max_grad_norm"), "gradients are clipped by 'training.optimizer.clipnorm'"),
    **dict.fromkeys(("hidden_layers", "hidden_layer_sizes", "hidden_units", "layer_sizes"), _LAYERS),
    **dict.fromkeys(("neurons", "nodes", "width", "n_units"), "the width of a dense layer is 'units'"),
    "p": "the share that a dropout layer drops is 'rate'",
    **dict.fromkeys(("dropout", "dropout_rate"), _DROPOUT),
    **dict.fromkeys(("batch_norm", "batchnorm", "batch_normalization", "use_bn"), _BATCH_NORM),
    **dict.fromkeys(("input_dim", "input_shape", "input_size"), "the number of inputs follows from the data"),
    **dict.fromkeys(("num_classes", "n_classes"), "the number of classes follows from the data"),
    **dict.fromkeys(
        ("validation_split", "validation_size", "val_size", "val_split"), "validation rows are 'split.validation'"
    ),
    **dict.fromkeys(
        ("test_size", "test_split", "test_data", "test_file", "test_path"),
        "test rows are 'split.test': a share, or the path of a file",
    ),
    **dict.fromkeys(("train_size", "train_split"), "what 'split.test' and 'split.validation' leave trains"),
    **dict.fromkeys(("split_method",), "how rows are divided is 'split.strategy'"),
    **dict.fromkeys(
        ("groups", "group", "group_column", "group_by"),
        "write 'split.strategy: group', and its column as 'split.column'",
    ),
    **dict.fromkeys(
        ("cv", "n_splits", "n_folds", "num_folds", "k", "k_folds", "kfold", "k_fold", "cross_validation"),
        "cross-validation is 'split.folds'",
    ),
    "stratify": "write 'split.strategy: stratified'",
    "shuffle": "rows are shuffled anew in every epoch; by time they are divided with 'split.strategy: time'",
    **dict.fromkeys(("random_state", "random_seed"), "seeds are 'split.seed' and 'training.seed'"),
    **dict.fromkeys(("max_epochs", "max_iter", "iterations"), "passes over the rows are 'training.epochs'"),
    **dict.fromkeys(("seeds", "n_seeds", "repeats", "n_repeats"), "several seeds: dltrain fit CONFIG --seeds 5"),
    **dict.fromkeys(
        ("cutoff", "cut_off", "decision_threshold", "classification_threshold"),
        "the probability above which the positive label is predicted is 'decision.threshold'",
    ),
    **dict.fromkeys(("calibration", "temperature_scaling"), "write 'decision.calibrate: temperature'"),
    **dict.fromkeys(
        ("gates", "thresholds", "requirements", "min_metrics"),
        "what metrics have to reach stands in 'expect', such as test.roc_auc: \">= 0.9\"",
    ),
    "callbacks": "early stopping is 'training.early_stopping', a schedule a value of "
    "'training.optimizer.learning_rate', and checkpoints are kept by themselves",
    "activity_regularizer": "layers have a kernel_regularizer and a bias_regularizer, and none for what they give",
    **dict.fromkeys(
        ("beta_initializer", "gamma_initializer", "moving_mean_initializer", "moving_variance_initializer"),
        "normalisations begin with a factor of 1 and an offset of 0",
    ),
    **dict.fromkeys(("mixed_precision", "dtype_policy", "floatx"), "networks count in float32"),
    "n_iter_no_change": "write 'training.early_stopping.patience'",
    **dict.fromkeys(
        ("search", "tune", "tuner", "tuning", "sweep", "grid", "hyperparameters", "hyperopt", "presets", "time_limit"),
        "nothing is searched for: fit with overrides, such as model.layers.0.units=128, and compare the runs",
    ),
    **dict.fromkeys(
        ("label", "y", "response", "target_column", "output_features"), "the column to predict is 'data.target'"
    ),
    **dict.fromkeys(
        ("file", "filename", "csv", "dataset", "data_path", "train_data", "training_data"), "the table is 'data.path'"
    ),
    **dict.fromkeys(
        ("inputs", "predictors", "feature_columns", "input_features"),
        "the columns the network sees are 'data.features'",
    ),
    **dict.fromkeys(("trainer",), "how the network is trained is 'training'"),
    **dict.fromkeys(("combiner", "architecture", "network"), _LAYERS),
    **dict.fromkeys(
        ("dtype", "dtypes", "types", "column_types", "categorical_columns", "categorical_features", "cat_features"),
        "the kind of a column is 'preprocessing.columns.<column>.kind', such as categorical",
    ),
    **dict.fromkeys(("names", "column_names"), "the names of the columns of a file without a header are 'data.header'"),
    **dict.fromkeys(("sep", "delimiter", "delim"), "what stands between cells is 'data.separator'"),
    **dict.fromkeys(("skipinitialspace", "strip", "trim"), "spaces around cells are left out by 'data.trim_spaces'"),
    **dict.fromkeys(("ignore", "exclude", "drop_columns"), "columns to leave out are 'data.drop'"),
    **dict.fromkeys(("index", "id_column"), "columns that name a row are 'data.id'"),
    "sample_weight": "the column with weights is 'data.weight'",
    "na_values": "texts that mean missing are 'data.missing_values'",
    **dict.fromkeys(("skiprows", "skip_rows", "skip", "header_row"), "lines above the header are 'data.skip_lines'"),
    **dict.fromkeys(("problem_type", "task_type"), "the task is 'data.task'"),
    **dict.fromkeys(("normalize", "standardize", "scaler", "scaling"), "scaling is 'preprocessing.numeric.scale'"),
    **dict.fromkeys(
        ("log", "log1p", "log_target", "target_log", "log_transform", "target_transform"),
        "the logarithm of the target is 'preprocessing.target.transform: log1p', or log for positive numbers",
    ),
    "imputer": "missing values are filled by 'preprocessing.numeric.impute' and 'preprocessing.categorical.impute'",
}
"""Names from Keras, scikit-learn and other tools, and how the config says it."""


def unknown_key_hint(key: str, siblings: Collection[str]) -> str | None:
    """What to do about a key that does not exist beside `siblings`, or None.

    >>> unknown_key_hint("epoch", ["epochs", "seed"]), unknown_key_hint("patience", ["epochs", "seed"])
    ("did you mean 'epochs'?", "'patience' belongs to 'training.early_stopping'")
    """
    name = key.lower()[:100]
    if name == "mode" and "monitor" in siblings:
        return "whether more is better follows from what 'monitor' names"
    if name in FOREIGN_NAMES and name.rstrip("s") not in siblings:
        return FOREIGN_NAMES[name]
    if get_close_matches(name, siblings, n=1, cutoff=0.8):
        return did_you_mean(name, siblings)
    if name in FOREIGN_NAMES:
        return FOREIGN_NAMES[name]
    homes = _homes()
    if name in homes and not get_close_matches(name, siblings, n=1, cutoff=_ALIKE):
        return _belongs(name, homes[name])
    if typo := did_you_mean(name, siblings):
        return typo
    elsewhere = get_close_matches(name, homes, n=1, cutoff=0.8)
    return _belongs(elsewhere[0], homes[elsewhere[0]]) if elsewhere else None


def homes_of(key: str) -> tuple[str, ...]:
    """The sections that have a key, those nearest to the top; none for an unknown key.

    >>> homes_of("epochs"), homes_of("epoch")
    (('training',), ())
    """
    return tuple(_homes().get(key, ()))


def _belongs(key: str, sections: list[str]) -> str:
    named = " or ".join(f"'{section}'" if section else "the top level" for section in sections[:2])
    return f"'{key}' belongs to {named}"


@cache
def _homes() -> dict[str, list[str]]:
    """For every key of the config the sections that have it, those nearest to the top."""
    schema = config_schema()
    homes: dict[str, list[str]] = {}
    level: list[tuple[str, dict[str, Any]]] = [("", schema)]
    while level:
        known = set(homes)
        below: list[tuple[str, dict[str, Any]]] = []
        for path, node in level:
            for section in _sections(node, schema):
                for key, child in section.get("properties", {}).items():
                    if key not in known and key != "type" and path not in homes.setdefault(key, []):
                        homes[key].append(path)
                    below.append((f"{path}.{key}" if path else key, child))
                if isinstance(values := section.get("additionalProperties"), dict):
                    below.append((f"{path}.<column>", values))
        level = below
    return homes


def _sections(node: dict[str, Any], schema: dict[str, Any]) -> list[dict[str, Any]]:
    """The mappings that can stand at a place of the schema, those inside a list included."""
    if "$ref" in node:
        return [schema["$defs"][node["$ref"].rpartition("/")[2]]]
    options = [*node.get("anyOf", []), *node.get("oneOf", [])]
    if "items" in node:
        options.append(node["items"])
    if options:
        return [section for option in options for section in _sections(option, schema)]
    return [node] if node.get("type") == "object" else []
