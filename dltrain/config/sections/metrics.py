"""The metrics that can be named in a config: which tasks they fit and which way is better."""

from typing import Final, Literal, NamedTuple, get_args

from dltrain.config.sections.data import Task

MetricName = Literal[
    "rmse",
    "mae",
    "r2",
    "median_absolute_error",
    "mape",
    "accuracy",
    "roc_auc",
    "log_loss",
    "average_precision",
    "f1",
    "precision",
    "recall",
    "balanced_accuracy",
    "brier_score",
    "f1_macro",
    "top_k",
]

Verdict = Literal["better", "worse", "equal", "open", "undefined"]
"""What is said of a metric beside that of another prediction of the same rows."""


class MetricFacts(NamedTuple):
    """What is known of a metric without computing it."""

    tasks: tuple[Task, ...]
    higher_is_better: bool


_CLASSES: Final[tuple[Task, ...]] = ("binary", "multiclass")

METRICS: Final[dict[MetricName, MetricFacts]] = {
    "rmse": MetricFacts(("regression",), False),
    "mae": MetricFacts(("regression",), False),
    "r2": MetricFacts(("regression",), True),
    "median_absolute_error": MetricFacts(("regression",), False),
    "mape": MetricFacts(("regression",), False),
    "accuracy": MetricFacts(_CLASSES, True),
    "roc_auc": MetricFacts(_CLASSES, True),
    "log_loss": MetricFacts(_CLASSES, False),
    "average_precision": MetricFacts(("binary",), True),
    "f1": MetricFacts(("binary",), True),
    "precision": MetricFacts(("binary",), True),
    "recall": MetricFacts(("binary",), True),
    "balanced_accuracy": MetricFacts(_CLASSES, True),
    "brier_score": MetricFacts(_CLASSES, False),
    "f1_macro": MetricFacts(_CLASSES, True),
    "top_k": MetricFacts(("multiclass",), True),
}
"""roc_auc of several classes is one-versus-rest, macro-averaged; brier_score of several classes sums over
classes; top_k counts a row as right when its class is among the 5 most probable (2 when there are fewer
than 6 classes)."""

DEFAULT_METRICS: Final[dict[Task, tuple[MetricName, ...]]] = {
    "regression": ("rmse", "mae", "r2"),
    "binary": ("accuracy", "roc_auc", "log_loss"),
    "multiclass": ("accuracy", "log_loss", "f1_macro"),
}

assert set(METRICS) == set(get_args(MetricName))  # noqa: S101 - a fact about this file, not about input


def higher_is_better(monitor: str) -> bool:
    """Whether a monitored value (`loss`, `val_loss`, `val_<metric>`) improves upwards.

    >>> higher_is_better("val_loss"), higher_is_better("val_accuracy")
    (False, True)
    """
    name = monitor.removeprefix("val_")
    return any(metric == name and facts.higher_is_better for metric, facts in METRICS.items())
