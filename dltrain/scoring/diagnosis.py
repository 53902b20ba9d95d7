"""What a finished fit could do better, in words, with its evidence in numbers and one change to try.

Where the thresholds come from:

- Differences between epochs count when they exceed three standard errors of the noise that the curve itself shows; see
  `LossCurve`. Differences between rows count when they exceed three standard errors over the rows.
- What is beyond chance is told from 5 % of the loss on, and from 2 % where it goes on every epoch: less is not worth
  another fit.
- Without dropout, the training loss of fixed weights is the same in every epoch; with it nearly so, but for the mean
  over few rows. What it jumps by comes from the steps: from 5 % of its level, and a tenth of all that it ever fell,
  they are too long.
- A loss that decays exponentially and settles within its epochs falls less than half as much in their second half as in
  the first.
- Of the units of wide and healthy ReLU layers up to half are never needed; only a layer that is nearly all dead keeps
  anything from passing.
- Even if every epoch were wrong on other rows, the mean over some rows would jump by its standard error at most. What
  jumps more is moved by the steps, not by the rows being few.
- A network of p numbers looks better on its own n rows by 2p/n of the error: where that is little, nothing is learned
  by heart, whatever the validation rows say.
"""

import math
from collections.abc import Callable
from typing import Final

from dltrain.config.architecture import repeats_output
from dltrain.config.checks.task import suitable_target_scale
from dltrain.errors import counted, quoted_list
from dltrain.features import UNSCALED
from dltrain.run import Diagnosis
from dltrain.run.metrics_file import UNSEEN_LABELS
from dltrain.scoring.changes_to_try import (
    higher_rate,
    keep_best_epoch,
    learning_rate,
    longer_schedule,
    lower_rate,
    more_capacity,
    more_epochs,
    more_validation_rows,
    settling_rate,
)
from dltrain.scoring.fit_evidence import SURE, WORTH, WORTH_OF_TREND, FitEvidence
from dltrain.scoring.no_better import (
    LEAST_IMPROVEMENT,
    figure,
    no_better_than_baseline,
    standard_errors,
    worse_than_linear,
)

MOST_TOLD: Final = 3

_JUMPS: Final = 0.1
"""Noise as a share of the whole fall of a loss. The best of many equal epochs looks better by twice the noise."""
_JUMPS_OF_GAIN: Final = 0.125
"""Noise as a share of what the network gains over the baseline: a few epochs differ by four times the noise, and so by
half of that."""
_FEWEST_OF_RANDOM: Final = 100
"""Training rows: dropout moves the loss of a row by about a half, and so the mean over fewer by over 5 %."""
_LOW_RATE: Final = 0.01
"""Of the highest usual rate; ten times that is right for most networks."""
_STEADY_FALL: Final = 0.5
_IDLE: Final = 0.5
"""Of the epochs, with a rate of 0: fewer may be what somebody wanted to see the end of."""
_NEARLY_ALL_DEAD: Final = 0.9
_EXPLODED: Final = 10.0
_OFTEN_UNSEEN: Final = 0.01
"""Share of the test rows, from which on the baseline's log loss says more of them than of all others."""
_OUTWEIGHS: Final = 0.5
"""Share of the errors of its part, from which on one row counts for more than all others together."""


def diagnose(fit: FitEvidence) -> tuple[Diagnosis, ...]:
    """Says what may be better, the most telling first, at most `MOST_TOLD` things; nothing when all is well.

    A cause that was found hides what merely follows from it.
    """
    found: dict[str, Diagnosis] = {}
    for rule, hidden_by in _RULES:
        if not hidden_by & found.keys() and (diagnosis := rule(fit)) is not None:
            found.setdefault(diagnosis.topic, diagnosis)
    return tuple(found.values())[:MOST_TOLD]


def _unseen_labels(fit: FitEvidence) -> Diagnosis | None:
    """Labels that the network cannot know; whatever gives them a probability of 0 is infinitely wrong beside it."""
    unseen = fit.facts.unseen
    if unseen is None or unseen.n_rows < _OFTEN_UNSEEN * unseen.n_test:
        return None
    named = quoted_list(unseen.labels, limit=3)
    message = (
        f"{unseen.n_rows:,} of {unseen.n_test:,} test rows have the label {named}, and no training row does: the "
        "network cannot know it, and comparisons with what is trivial or linear say nothing here"
    )
    return Diagnosis(topic=UNSEEN_LABELS, message=message)


def _repeated_output(fit: FitEvidence) -> Diagnosis | None:
    n_outputs = fit.config.model.output.units or 1
    if not repeats_output(fit.config.model, n_outputs):
        return None
    message = f"the last layer has {counted(n_outputs, 'unit')}, as has the output that dltrain adds: remove that layer"
    return Diagnosis(topic="repeated_output", message=message)


def _one_row(fit: FitEvidence) -> Diagnosis | None:
    """A row that outweighs all others: a line of totals, a wrong unit, a sign for missing."""
    row = fit.facts.heaviest
    if row is None or row.share < _OUTWEIGHS:
        return None
    message = (
        f"1 of {row.n_rows:,} {row.part} rows makes {row.share:.0%} of their {row.name}, {row.place}: is it an example "
        "like the others?"
    )
    return Diagnosis(topic="one_row", message=message)


def _unscaled(fit: FitEvidence) -> Diagnosis | None:
    largest = fit.facts.largest_input
    if largest <= UNSCALED or fit.has_normalization or fit.config.preprocessing.numeric.scale != "none":
        return None
    message = f"inputs reach {figure(largest)}, so a few columns decide the loss; no layer normalises them"
    return Diagnosis(topic="unscaled_inputs", message=message, change="preprocessing.numeric.scale=standard")


def _unscaled_target(fit: FitEvidence) -> Diagnosis | None:
    """Numbers so large, or so small, that the network has not even come to their mean."""
    facts, target = fit.facts, fit.config.preprocessing.target
    if fit.config.data.task != "regression" or target.scale != "none" or target.transform != "none":
        return None
    root = 0.5 if facts.baseline.name == "squared error" else 1.0
    usual, reached = facts.baseline.mean**root, facts.train.mean**root
    if max(usual, reached) <= UNSCALED and usual >= 1 / UNSCALED:
        return None
    if facts.train.mean < (1 + 2 * WORTH) * facts.baseline.mean:
        return None
    message = (
        f"the target is not scaled, and the {facts.train.name} on training rows is {figure(facts.train.mean)}, where "
        f"the best constant prediction of the test rows has {figure(facts.baseline.mean)}"
    )
    scale = suitable_target_scale(fit.config.training.loss, fit.config.model.output.activation)
    return Diagnosis(topic="unscaled_target", message=message, change=f"preprocessing.target.scale={scale}")


def _rate_of_zero(fit: FitEvidence) -> Diagnosis | None:
    """A schedule that was over before the training was."""
    n_epochs = len(fit.epochs)
    first = next((epoch.number for epoch in fit.epochs if epoch.learning_rate == 0), n_epochs)
    if first == n_epochs or n_epochs - first < _IDLE * n_epochs:
        return None
    schedule = fit.config.training.optimizer.learning_rate
    steps = getattr(schedule, "decay_steps", None)
    message = (
        f"the learning rate was 0 from the end of epoch {first} on, so {n_epochs - first} of {n_epochs} epochs learned "
        f"nothing{'' if steps is None else f'; decay_steps are steps, not epochs: {steps:,}'}"
    )
    return Diagnosis(topic="learning_rate_too_low", message=message, change=longer_schedule(fit))


def _rate_too_high(fit: FitEvidence) -> Diagnosis | None:
    curve = fit.training_curve
    if curve is None:
        return None
    seen = None
    has_learned = fit.facts.train.mean < (1 - 2 * WORTH) * fit.facts.baseline.mean
    if not has_learned and curve.start > _EXPLODED * abs(curve.end):
        seen = f"the training loss began at {figure(curve.start)}, and the network learned next to nothing"
    elif (
        curve.relative_noise > WORTH
        and not (has_learned and curve.noise < _JUMPS * (curve.start - curve.lowest))
        and not _jumps_by_itself(fit)
    ):
        seen = f"the training loss jumps by {curve.relative_noise:.0%} from epoch to epoch and does not settle"
    elif fit.rate > fit.usual_rate and fit.misses_much:
        assert fit.facts.missed is not None  # noqa: S101 - it misses much
        share = f"{fit.facts.missed.share:.0%}"
        seen = f"the training loss settled at {figure(curve.end)}, where the inputs still tell {share} of what is left"
    if seen is None:
        return None
    return Diagnosis(topic="learning_rate_too_high", message=f"{_rate(fit)} {seen}", change=lower_rate(fit))


def _jumps_by_itself(fit: FitEvidence) -> bool:
    """Whether the training loss would jump at any rate, or the last steps were short all the same."""
    training, validation = fit.training_curve, fit.validation_curve
    # Steps that are too long make both losses jump.
    jumps_alone = (
        training is not None and validation is not None and validation.relative_noise < training.relative_noise / 2
    )
    are_few = fit.has_random_layers and fit.telling_rows < _FEWEST_OF_RANDOM
    return fit.ends_slowly or are_few or (fit.has_noisy_layers and jumps_alone)


def _rate_too_low(fit: FitEvidence) -> Diagnosis | None:
    if not fit.has_steady_rate:
        return _schedule_too_low(fit)
    curves = fit.training_curve, fit.validation_curve
    if any(
        curve is None or not (curve.fall > curve.least_difference and curve.later_share > _STEADY_FALL)
        for curve in curves
    ):
        return None
    training, validation = curves
    assert training is not None and validation is not None  # noqa: S101, PT018 - checked above
    if validation.still_to_gain <= 0:
        return None
    message = (
        f"{_rate(fit)} the training loss fell by {100 * training.fall / abs(training.start):.2g}% in "
        f"{len(fit.epochs)} epochs, {training.later_share:.0%} as much in the second half as in the first"
    )
    change = higher_rate(fit, training.later_share)
    return Diagnosis(topic="learning_rate_too_low", message=message, change=change)


def _schedule_too_low(fit: FitEvidence) -> Diagnosis | None:
    """Rates of a schedule that are all far below the usual one, where much is left to learn."""
    if not 0 < fit.rate < _LOW_RATE * fit.usual_rate or not (fit.misses_much or fit.improvement < LEAST_IMPROVEMENT):
        return None
    message = (
        f"the rates of the schedule reach {fit.rate:.3g}, where up to {fit.usual_rate:g} is usual, and the "
        f"{fit.facts.train.name} on training rows is {figure(fit.facts.train.mean)}, where that of the best constant "
        f"prediction is {figure(fit.facts.train_baseline.mean)}"
    )
    change = learning_rate(fit, 10 * _LOW_RATE * fit.usual_rate / fit.rate)
    return Diagnosis(topic="learning_rate_too_low", message=message, change=change)


def _dead_units(fit: FitEvidence) -> Diagnosis | None:
    dead = {name: share for name, share in fit.facts.dead_units.items() if share >= _NEARLY_ALL_DEAD}
    if not dead:
        return None
    name = max(dead, key=lambda layer: dead[layer])
    message = f"{dead[name]:.0%} of the ReLU units of {name} are 0 for every training row and cannot learn any more"
    return Diagnosis(topic="dead_units", message=message, change=lower_rate(fit))


def _overfitting(fit: FitEvidence) -> Diagnosis | None:
    validation, training = fit.validation_curve, fit.training_curve
    if fit.keeps_best or validation is None or training is None:
        return None
    rise = validation.end - validation.lowest
    lowest = validation.lowest_epoch
    fell = float(training.values[lowest - 1]) - training.end
    if rise < max(WORTH * abs(validation.lowest), validation.least_difference) or fell < training.least_difference:
        return None
    if not fit.can_be_by_heart or fit.facts.train.mean >= fit.facts.validation.mean:
        # The validation rows are others than the training rows by chance, and no harder.
        return None
    message = (
        f"the validation loss was lowest around epoch {lowest} ({figure(validation.lowest)}) and is "
        f"{figure(validation.end)} at the end, while the training loss fell on to {figure(training.end)}"
    )
    return Diagnosis(topic="overfitting", message=message, change=keep_best_epoch(fit))


def _stopped_too_early(fit: FitEvidence) -> Diagnosis | None:
    curve = fit.validation_curve
    if curve is None:
        return _too_few_epochs(fit)
    if not fit.has_steady_rate:
        return None
    gain, least = curve.still_to_gain, WORTH_OF_TREND * abs(curve.end)
    if not curve.ends_lowest or gain < least or (gain < WORTH * curve.fall and not fit.misses_much):
        return _too_few_epochs(fit) if fit.still_learns and not fit.is_by_heart else None
    message = (
        f"the validation loss was still falling after {counted(len(fit.epochs), 'epoch')}, to {figure(curve.end)}; "
        f"half as many again would bring it near {figure(curve.end - gain)}"
    )
    return Diagnosis(topic="stopped_too_early", message=message, change=more_epochs(fit))


def _too_few_epochs(fit: FitEvidence) -> Diagnosis | None:
    """For fits whose validation loss is too short a curve, or too uneven a one, to show it."""
    n_epochs = len(fit.epochs)
    if n_epochs < fit.config.training.epochs or not fit.misses_much:
        return None
    assert fit.facts.missed is not None  # noqa: S101 - it misses much
    message = (
        f"after {counted(n_epochs, 'epoch')} the inputs still tell {fit.facts.missed.share:.0%} of what is left over"
    )
    return Diagnosis(topic="stopped_too_early", message=message, change=more_epochs(fit))


def _underfitting(fit: FitEvidence) -> Diagnosis | None:
    facts, curve = fit.facts, fit.validation_curve
    if not fit.misses_much or fit.is_by_heart or fit.still_learns:
        return None
    if curve is not None and curve.noise >= WORTH * abs(curve.lowest):
        # What one epoch leaves over, the next one may not.
        return None
    assert facts.missed is not None  # noqa: S101 - it misses much
    message = (
        f"the inputs tell {facts.missed.share:.0%} of what the network leaves over on {facts.missed.rows:,} validation "
        f"rows; its {facts.train.name} is {figure(facts.train.mean)} on training and {figure(facts.validation.mean)} "
        "on validation rows"
    )
    return Diagnosis(topic="underfitting", message=message, change=more_capacity(fit))


def _test_differs(fit: FitEvidence) -> Diagnosis | None:
    validation, test = fit.facts.validation, fit.facts.test
    noise = math.hypot(validation.standard_error, test.standard_error)
    difference = test.mean - validation.mean
    if not (difference > SURE * noise and difference > 2 * WORTH * validation.mean):
        return None
    message = (
        f"the {test.name} is {figure(test.mean)} on the test rows and {figure(validation.mean)} on the validation "
        f"rows{standard_errors(difference, noise, 'apart')}: the two are not alike"
    )
    split = fit.config.split
    is_drawn = split.strategy in ("random", "stratified", "group", "hash") and not isinstance(split.test, str)
    # Folds tell how far test rows differ; another seed only draws again.
    change = "split.folds=5" if is_drawn and split.folds is None else None
    return Diagnosis(topic="test_differs", message=message, change=change)


def _noisy_validation(fit: FitEvidence) -> Diagnosis | None:
    validation, training = fit.validation_curve, fit.training_curve
    if validation is None or training is None:
        return None
    share, gain = validation.relative_noise, fit.validation_gain
    if fit.ends_slowly:
        return None
    is_luck = not fit.keeps_best and gain >= LEAST_IMPROVEMENT and share >= _JUMPS_OF_GAIN * gain
    if share < WORTH or not (is_luck or validation.noise >= _JUMPS * (validation.start - validation.lowest)):
        return None
    jumps = f"the validation loss jumps by {share:.0%} from epoch to epoch"
    # The same steps make both losses jump; few rows make the validation loss jump alone, by its standard error at most.
    jumps_alone = training.relative_noise < share / 2
    few_rows_explain_it = share <= fit.facts.validation.relative_standard_error
    if jumps_alone and few_rows_explain_it and fit.rate <= fit.usual_rate:
        message = f"{jumps}, so which epoch is best is luck: {fit.validation_rows:,} validation rows are few"
        return Diagnosis(topic="noisy_validation", message=message, change=more_validation_rows(fit))
    beside = f", where the best constant prediction is {gain:.0%} worse" if is_luck else ""
    message = f"{_rate(fit)} {jumps}{beside}, and does not settle"
    return Diagnosis(topic="learning_rate_too_high", message=message, change=settling_rate(fit))


def _rate(fit: FitEvidence) -> str:
    return f"at the rate {fit.rate:.3g}"


_Rule = tuple[Callable[[FitEvidence], Diagnosis | None], frozenset[str]]

_TARGET: Final = "unscaled_target"
_NOT_LEARNED: Final = frozenset({_TARGET, "learning_rate_too_high", "learning_rate_too_low", "dead_units"})
_CAUSES: Final = frozenset({"unscaled_inputs", "overfitting", "stopped_too_early", "underfitting"})

_RULES: Final[tuple[_Rule, ...]] = (
    (_unseen_labels, frozenset()),
    (_repeated_output, frozenset()),
    (_one_row, frozenset()),
    (_unscaled, frozenset()),
    (_unscaled_target, frozenset()),
    (_rate_of_zero, frozenset()),
    (_rate_too_low, frozenset({_TARGET, "learning_rate_too_low"})),
    (_dead_units, frozenset()),
    (_rate_too_high, frozenset({_TARGET, "learning_rate_too_low", "dead_units", "unscaled_inputs", "one_row"})),
    (_overfitting, frozenset({"one_row"})),
    (_stopped_too_early, _NOT_LEARNED),
    (_noisy_validation, _NOT_LEARNED | {"unscaled_inputs", "overfitting", "one_row"}),
    (no_better_than_baseline, _NOT_LEARNED | {"overfitting", "stopped_too_early", "one_row", UNSEEN_LABELS}),
    (_underfitting, _NOT_LEARNED | {"unscaled_inputs", "stopped_too_early", "no_better_than_baseline", "one_row"}),
    (worse_than_linear, _NOT_LEARNED | _CAUSES | {"no_better_than_baseline", "one_row", UNSEEN_LABELS}),
    (_test_differs, frozenset({"one_row", UNSEEN_LABELS})),
)
"""The rules, the gravest first, and the topics that make each of them superfluous."""
