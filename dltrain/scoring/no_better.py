"""What is said of a network that is no better than what is easily reached: a constant, or a linear model."""

from typing import Final

import numpy as np

from dltrain.errors import counted
from dltrain.profiling.changes import more_test_rows
from dltrain.run import Diagnosis
from dltrain.scoring.changes_to_try import less_by_heart, more_capacity, more_epochs
from dltrain.scoring.fit_evidence import SURE, WORTH, FitEvidence
from dltrain.scoring.row_errors import RowErrors

LEAST_IMPROVEMENT: Final = 0.02
"""Of the error of the best constant prediction."""

_ROUNDING: Final = 1e-9
"""A standard error that is less of its difference comes from rounding: all rows are wrong alike."""


def no_better_than_baseline(fit: FitEvidence) -> Diagnosis | None:
    """The network gains next to nothing over the best constant prediction; why, where that can be told."""
    if fit.improvement >= LEAST_IMPROVEMENT:
        return None
    test, baseline = fit.facts.test, fit.facts.baseline
    message = (
        f"the {test.name} on {len(test.values):,} test rows is {figure(test.mean)}, against {figure(baseline.mean)} "
        "of the best constant prediction"
    )
    why, change = _why(fit)
    return Diagnosis(topic="no_better_than_baseline", message=message + why + _labels(fit), change=change)


def _why(fit: FitEvidence) -> tuple[str, str | None]:
    """What follows the figures, and what to try."""
    facts = fit.facts
    calibrated, linear = facts.calibrated, facts.linear
    if n_infinite := np.count_nonzero(~np.isfinite(facts.test.values)):
        return f"; predictions that are too large to compute with: {n_infinite:,}", None
    if calibrated is not None and _is_clearly_less(calibrated, facts.baseline):
        sure = (
            f"; the probabilities are too sure: calibrated on the validation rows, they reach {figure(calibrated.mean)}"
        )
        return sure, "decision.calibrate=temperature"
    if linear is not None and not fit.is_linear and _is_clearly_less(linear, facts.test):
        return f"; a linear model of the same inputs reaches {figure(linear.mean)}", _towards_linear(fit)
    if fit.misses_much:
        return "", more_capacity(fit)
    if fit.is_by_heart:
        return f"; on training rows, learned by heart, it is {figure(facts.train.mean)}", less_by_heart(fit)
    if fit.ends_falling:
        n_epochs = counted(len(fit.epochs), "epoch")
        return f"; the training loss was still falling after {n_epochs}", more_epochs(fit)
    if _has_surely_found_nothing(fit):
        return "; more units find nothing in these inputs either: other columns may tell more", None
    change = next(iter(more_test_rows(fit.config, may_have_folds=True)), None)
    return ("; so few rows do not tell whether there is something to learn" if change is not None else ""), change


def _has_surely_found_nothing(fit: FitEvidence) -> bool:
    """Whether the rows are enough to tell that neither the network, a linear model nor more units find something."""
    facts = fit.facts
    gain, error = facts.baseline.minus(facts.test)
    if facts.missed is None or facts.missed.at_most > WORTH or gain + 2 * error > WORTH * facts.baseline.mean:
        return False
    return facts.linear is None or facts.linear.mean > (1 - WORTH) * facts.baseline.mean


def _labels(fit: FitEvidence) -> str:
    """Why there may be a threshold all the same, that is best for something."""
    labels = fit.facts.labels
    if labels is None:
        return ""
    name = labels.metric.replace("_", " ")
    return (
        f". That is about probabilities; of the labels that the threshold makes of them, the {name} on these rows is "
        f"{figure(labels.value)}, against {figure(labels.constant)} of one label for all"
    )


def worse_than_linear(fit: FitEvidence) -> Diagnosis | None:
    """A linear model of the same inputs does better, so that the hidden layers do harm."""
    test, linear = fit.facts.test, fit.facts.linear
    if linear is None or fit.is_linear or not _is_clearly_less(linear, test):
        return None
    more, error = test.minus(linear)
    message = (
        f"the {test.name} on {len(test.values):,} test rows is {figure(test.mean)}, against {figure(linear.mean)} of a "
        f"linear model of the same inputs{standard_errors(more, error, 'less')}"
    )
    return Diagnosis(topic="worse_than_linear", message=message, change=_towards_linear(fit))


def _is_clearly_less(errors: RowErrors, others: RowErrors) -> bool:
    """Whether errors are smaller than others of the same rows, beyond chance and by what is worth another fit."""
    difference, error = others.minus(errors)
    return difference > SURE * error and difference > WORTH * others.mean


def _towards_linear(fit: FitEvidence) -> str | None:
    """Less learned by heart; where nothing is, the network has not come as far as a linear model.

    Where early stopping has waited in vain, more epochs would not change that.
    """
    training = fit.config.training
    has_waited = training.early_stopping is not None and len(fit.epochs) < training.epochs
    return less_by_heart(fit) if fit.is_by_heart or has_waited else more_epochs(fit)


def figure(value: float) -> str:
    """A number in three digits.

    >>> figure(0.12345), figure(12345.6)
    ('0.123', '12,346')
    """
    return f"{value:,.0f}" if 1000 <= abs(value) < 1e9 else f"{value:.3g}"


def standard_errors(difference: float, error: float, word: str) -> str:
    """How many standard errors a difference has, to follow its figures; empty where the error is as good as 0.

    >>> standard_errors(0.6, 0.1, "less"), standard_errors(0.6, 0.0, "less")
    (', 6 standard errors less', '')
    """
    return "" if error <= _ROUNDING * difference else f", {difference / error:.0f} standard errors {word}"
