"""The target: values that are missing or infinite, classes that are rare."""

from typing import Final

import numpy as np

from dltrain.config import Config
from dltrain.config.sections.data import Task
from dltrain.config.sections.metrics import MetricName
from dltrain.errors import counted, escaped, quoted_list
from dltrain.profiling import changes
from dltrain.profiling.column_profile import ColumnProfile
from dltrain.profiling.finding import Finding
from dltrain.profiling.number_targets import words_among_targets
from dltrain.profiling.text_forms import NO_CELLS, FormCount

_RARE: Final = 10
"""Training rows of a class that are too few to learn it from."""

_MAJORITY: Final = 0.9
"""From this share of the most frequent class on, accuracy says little."""

_LEAST_NUMBERED: Final = 20
"""Among fewer rows, amounts may be without a gap by chance."""

_SHOWN: Final = 3

_FAIR_METRICS: Final[dict[Task, tuple[MetricName, ...]]] = {
    "binary": ("balanced_accuracy", "average_precision", "log_loss"),
    "multiclass": ("balanced_accuracy", "f1_macro", "log_loss"),
}


_SHIFTED: Final = 1.2
"""How many times as large one class weight is as another, from which on probabilities are visibly shifted."""


def target_findings(profile: ColumnProfile, config: Config) -> list[Finding]:
    """What is wrong with the cells of the target, whatever the task.

    Args:
        profile: Of the target column.
        config: As read or resolved.
    """
    found = (
        _missing(profile, config),
        _infinite(profile, config),
        _marker_label(profile, config),
        _many_words(profile, config),
        _row_number(profile, config),
    )
    return [finding for finding in found if finding is not None]


def constant_target_finding(profile: ColumnProfile, config: Config) -> Finding | None:
    """A regression target that is the same in all rows.

    Args:
        profile: Of the target.
        config: What the change would be for.
    """
    # 5.0 and 5 are two texts and one number.
    is_one_number = profile.is_text and profile.minimum is not None and profile.minimum == profile.maximum
    if profile.n_distinct != 1 and not is_one_number:
        return None
    text = f"every target is '{escaped(str(profile.most_frequent))}': there is nothing to learn"
    return Finding("warning", "constant_target", config.data.target, text)


def constant_targets(truth: np.ndarray, config: Config) -> Finding | None:
    """Training rows with one target, whatever the others have.

    Args:
        truth: float64 `(n,)`, the targets of the training rows.
        config: Resolved.
    """
    if np.ptp(truth) > 0:
        return None
    text = f"every target of the training rows is {truth[0]:g}: there is nothing to learn"
    return Finding("warning", "constant_target", config.data.target, text)


def class_findings(labels: tuple[str, ...], counts: np.ndarray, config: Config) -> list[Finding]:
    """What the shares of the classes mean for training and for metrics.

    Args:
        labels: In the order of their codes.
        counts: int `(n_classes,)`, training rows of each class; their sum is positive.
        config: Resolved.
    """
    found = (
        _rare(labels, counts, config),
        _imbalance(labels, counts, config),
        weighted_calibration(labels, counts, config),
    )
    return [finding for finding in found if finding is not None]


def weighted_calibration(labels: tuple[str, ...], counts: np.ndarray, config: Config) -> Finding | None:
    """Class weights beside a calibration: they shift all probabilities towards a class, a temperature shifts none.

    Args:
        labels: In the order of their codes.
        counts: int `(n_classes,)`, training rows of each class.
        config: Resolved.
    """
    weights = config.training.class_weight
    if weights is None or config.decision is None or config.decision.calibrate is None:
        return None
    ratios = counts[counts > 0] if isinstance(weights, str) else np.array([weights.get(label, 1) for label in labels])
    if ratios.max() <= _SHIFTED * ratios.min():
        return None
    return Finding(
        "warning",
        "weighted_calibration",
        None,
        "training.class_weight makes classes look more or less frequent than they are, which the one number of "
        "decision.calibrate cannot undo: the probabilities do not say how often they are right",
        ("training.class_weight=null",),
    )


def loss_findings(truth: np.ndarray, config: Config) -> list[Finding]:
    """Whether the loss and the metrics can take the target.

    Args:
        truth: float64 `(n,)`, the training targets, n >= 1.
        config: Resolved, of a regression.
    """
    loss, name = config.training.loss, config.data.target
    if loss is not None and loss.type == "poisson" and truth.min() < 0:
        text = f"the loss poisson needs numbers >= 0, the smallest training target is {truth.min():g}"
        return [Finding("error", "negative_target", name, text, ("training.loss=mse",))]
    found = zero_targets(truth, config)
    return [] if found is None else [found]


def zero_targets(truth: np.ndarray, config: Config) -> Finding | None:
    """Targets of 0, of which no error is a percentage: a single one outweighs all others.

    Args:
        truth: float64 `(n,)`, the training targets.
        config: Resolved, of a regression.
    """
    n_zeros = int(np.count_nonzero(truth == 0))
    is_loss = config.training.loss is not None and config.training.loss.type == "mape"
    if not n_zeros or not (is_loss or "mape" in (config.metrics or ())):
        return None
    what = "the loss mape" if is_loss else "mape"
    are = "1 training target is" if n_zeros == 1 else f"{n_zeros:,} training targets are"
    text = f"{are} 0, which {what} divides by: such rows count millions of times as much as others"
    others = [name for name in config.metrics or () if name != "mape"] or ["mae"]
    change = ("training.loss=mae",) if is_loss else (f"metrics=[{', '.join(others)}]",)
    return Finding("warning", "zero_target", config.data.target, text, change)


def _missing(profile: ColumnProfile, config: Config) -> Finding | None:
    if not profile.n_missing:
        return None
    is_error = config.data.missing_target == "error"
    has = "has" if profile.n_missing == 1 else "have"
    is_left_out = "is left out" if profile.n_missing == 1 else "are left out"
    share = f"{profile.n_missing:,} of {counted(profile.n_rows, 'row')} {has} no target"
    return Finding(
        "error" if is_error else "note",
        "missing_target",
        profile.name,
        share if is_error else f"{share} and {is_left_out}",
        ("data.missing_target=drop",) if is_error else (),
    )


def _infinite(profile: ColumnProfile, config: Config) -> Finding | None:
    """Infinite cells among numbers; those of classes are labels."""
    n_infinite = profile.cells("infinite")
    is_number_column = profile.cells("number") + n_infinite + profile.cells("marker") == profile.n_known
    if not n_infinite or not is_number_column or config.data.task not in (None, "regression"):
        return None
    return Finding(
        "error",
        "infinite_target",
        profile.name,
        f"{n_infinite:,} of {counted(profile.n_known, 'target')} {'is' if n_infinite == 1 else 'are'} infinite",
        (*changes.read_as_missing(config, profile.forms["infinite"].examples), "data.missing_target=drop"),
    )


def texts_among_numbers(profile: ColumnProfile, config: Config) -> FormCount:
    """Texts of a target of numbers, which are no labels: they have to mean missing.

    Args:
        profile: Of the target column.
        config: As read or resolved.
    """
    texts = words_among_targets(profile) if config.data.task is None else NO_CELLS
    if texts.cells:
        return texts
    texts = _no_numbers(profile, config)
    are_numbers = profile.cells("number") >= _MAJORITY * (profile.n_known - texts.cells)
    return texts if are_numbers and config.data.task in (None, "regression") else NO_CELLS


def _no_numbers(profile: ColumnProfile, config: Config) -> FormCount:
    """Markers, and words as far as the column is certainly one of numbers."""
    if config.data.task == "regression" or (config.data.task is None and profile.has_rare_words):
        return profile.missing_texts
    return profile.forms.get("marker", NO_CELLS)


def _marker_label(profile: ColumnProfile, config: Config) -> Finding | None:
    """Texts such as NA: no number, and hardly the name of a class. Among many numbers a few words are none either."""
    if config.data.task is None and words_among_targets(profile).cells:
        return None
    may_be_number = config.data.task in (None, "regression")
    n_texts, texts = _no_numbers(profile, config)
    if not n_texts:
        return None
    says = "is no number" if may_be_number and profile.missing_words.cells else "usually means missing"
    return Finding(
        "error" if texts_among_numbers(profile, config).cells else "warning",
        "missing_target",
        profile.name,
        f"{n_texts:,} of {counted(profile.n_known, 'target')} {'is' if n_texts == 1 else 'are'} "
        f"{quoted_list(texts)}, which {says}",
        (*changes.read_as_missing(config, texts), "data.missing_target=drop"),
    )


def _many_words(profile: ColumnProfile, config: Config) -> Finding | None:
    """Words in so many cells of a target of numbers that they may be an answer as well."""
    n_texts, texts = words_among_targets(profile)
    if not n_texts or config.data.task is not None:
        return None
    return Finding(
        "error",
        "words_in_target",
        profile.name,
        f"{profile.cells('number'):,} of {counted(profile.n_known, 'target')} are numbers, and {n_texts:,} are "
        f"{quoted_list(texts)}: leave these rows out, or train on classes all the same: data.task=multiclass",
        (*changes.read_as_missing(config, texts), "data.missing_target=drop"),
    )


def _row_number(profile: ColumnProfile, config: Config) -> Finding | None:
    """Whole numbers each of which is there once, without a gap."""
    is_number = profile.looks == "number" and profile.is_whole and profile.is_distinct
    if not is_number or profile.n_known < _LEAST_NUMBERED or config.data.task not in (None, "regression"):
        return None
    assert profile.minimum is not None and profile.maximum is not None  # noqa: S101, PT018 - numbers have both
    if profile.maximum - profile.minimum + 1 != profile.n_known:
        return None
    return Finding(
        "warning",
        "row_number_target",
        profile.name,
        f"every whole number from {profile.minimum:.0f} to {profile.maximum:.0f} is there once, as in a column of row "
        "numbers: is it what you want to predict?",
    )


def _rare(labels: tuple[str, ...], counts: np.ndarray, config: Config) -> Finding | None:
    rare = np.flatnonzero(counts < _RARE)
    if not rare.size:
        return None
    shown = ", ".join(f"'{labels[place]}' {counts[place]:,}" for place in rare[:_SHOWN])
    more = f" and {rare.size - _SHOWN:,} more" if rare.size > _SHOWN else ""
    return Finding(
        "warning",
        "rare_classes",
        config.data.target,
        f"{rare.size:,} of {len(labels):,} classes {'has' if rare.size == 1 else 'have'} fewer than {_RARE} of the "
        f"{counted(counts.sum(), 'training row')}: "
        # Balanced weights would let a row or two decide every step.
        f"{shown}{more}; too few to learn them from: get more, merge them with another class, or leave their rows out",
    )


def _imbalance(labels: tuple[str, ...], counts: np.ndarray, config: Config) -> Finding | None:
    share = counts.max() / counts.sum()
    task = config.data.task
    if share < _MAJORITY or task is None or task == "regression":
        return None
    if config.training.class_weight is not None or "balanced_accuracy" in (config.metrics or ()):
        return None
    return Finding(
        "warning",
        "imbalance",
        config.data.target,
        f"{share:.1%} of the training rows are '{labels[int(np.argmax(counts))]}': always saying so has that accuracy",
        (f"metrics=[{', '.join(_FAIR_METRICS[task])}]",),
    )
