"""One change of the config that a diagnosis suggests, as `KEY=VALUE`."""

import math

from dltrain.config.sections.model import Dense, Dropout, OutputSection
from dltrain.config.sections.optimizers import CosineDecay, PiecewiseConstantDecay
from dltrain.scoring.fit_evidence import FitEvidence

_LEAST_UNITS = 64
_MOST_UNITS = 1024
_MOST_VALIDATION = 0.3


def learning_rate(fit: FitEvidence, factor: float) -> str | None:
    """Another learning rate; None where a list of rates would have to change."""
    given = fit.config.training.optimizer.learning_rate
    key = "training.optimizer.learning_rate"
    if isinstance(given, float | int):
        return f"{key}={given * factor:.3g}"
    if isinstance(given, PiecewiseConstantDecay):
        return None
    if isinstance(given, CosineDecay) and given.warmup_target is not None:
        return f"{key}.warmup_target={given.warmup_target * factor:.3g}"
    return f"{key}.initial_learning_rate={given.initial_learning_rate * factor:.3g}"


def higher_rate(fit: FitEvidence, later_share: float) -> str | None:
    """A rate with which the loss would settle within the epochs: in tens, at most the usual one.

    A loss that decays exponentially, with `later_share` between its falls, needs 2.5 / ln(1 / later_share) times as
    many epochs to decay five times by e.
    """
    needed = 2.5 / math.log(1 / min(later_share, 0.999))
    room = fit.usual_rate / fit.rate
    factor = 10.0 ** max(1, round(math.log10(needed)))
    return learning_rate(fit, min(factor, room)) if room > 1 else more_epochs(fit)


def lower_rate(fit: FitEvidence) -> str | None:
    """A tenth of the rate, or the usual one where that is lower still; None for a rate of 0."""
    return learning_rate(fit, min(0.1, fit.usual_rate / fit.rate)) if fit.rate > 0 else None


def longer_schedule(fit: FitEvidence) -> str | None:
    """For a rate that became 0: a decay over all epochs, or one from a usual rate; None for other schedules."""
    schedule = fit.config.training.optimizer.learning_rate
    key = "training.optimizer.learning_rate"
    if not isinstance(schedule, CosineDecay):
        return None
    if schedule.initial_learning_rate == 0 and schedule.warmup_target is None:
        return f"{key}.initial_learning_rate={fit.usual_rate / 10:g}"
    return None if schedule.decay_steps is None else f"{key}.decay_steps=null"


def settling_rate(fit: FitEvidence) -> str | None:
    """Below the usual rate, one that falls to 0 as the epochs go by, so that the last steps are short.

    A lower constant rate may not arrive. What falls already, or is high, becomes lower.
    """
    rate = fit.config.training.optimizer.learning_rate
    if not isinstance(rate, float | int) or rate > fit.usual_rate:
        return lower_rate(fit)
    return f"training.optimizer.learning_rate={{type: cosine_decay, initial_learning_rate: {rate:g}}}"


def more_epochs(fit: FitEvidence) -> str:
    """Twice as many epochs; where early stopping ended them, twice its patience."""
    training = fit.config.training
    if training.early_stopping is None or len(fit.epochs) == training.epochs:
        return f"training.epochs={2 * training.epochs}"
    if training.early_stopping.min_delta > 0:
        return "training.early_stopping.min_delta=0"
    return f"training.early_stopping.patience={max(10, 2 * training.early_stopping.patience)}"


def keep_best_epoch(fit: FitEvidence) -> str:
    """Early stopping, or its best weights where it keeps the last ones."""
    if fit.config.training.early_stopping is None:
        patience = max(5, len(fit.epochs) // 10)
        return f"training.early_stopping={{patience: {patience}}}"
    return "training.early_stopping.restore_best_weights=true"


def more_capacity(fit: FitEvidence) -> str | None:
    """Hidden units or an activation for what is linear, less dropout, a wider layer; None where all are wide."""
    if fit.is_linear:
        return f"model.layers=[{{type: dense, units: {_LEAST_UNITS}, activation: relu}}]"
    dense = [at for at, layer in enumerate(fit.config.model.layers) if isinstance(layer, Dense)]
    if all(getattr(layer, "activation", "linear") == "linear" for layer in fit.config.model.layers):
        return f"model.layers.{dense[0]}.activation=relu"
    rates = {at: layer.rate for at, layer in enumerate(fit.config.model.layers) if isinstance(layer, Dropout)}
    strongest = max(rates, key=lambda at: rates[at], default=None)
    if strongest is not None and rates[strongest] >= 0.2:
        return f"model.layers.{strongest}.rate={rates[strongest] / 3:.1g}"
    widths = {at: layer.units for at, layer in enumerate(fit.config.model.layers) if isinstance(layer, Dense)}
    narrowest = min(widths, key=lambda at: widths[at])
    if widths[narrowest] >= _MOST_UNITS:
        return None
    return f"model.layers.{narrowest}.units={max(_LEAST_UNITS, min(4 * widths[narrowest], _MOST_UNITS))}"


def less_by_heart(fit: FitEvidence) -> str | None:
    """A penalty on the weights of the first layer, where most of them are; None where it has one, or is not dense."""
    first = fit.config.model.layers[0] if fit.config.model.layers else fit.config.model.output
    if not isinstance(first, Dense | OutputSection) or first.kernel_regularizer is not None:
        return None
    key = "model.layers.0" if isinstance(first, Dense) else "model.output"
    return f"{key}.kernel_regularizer={{type: l2, l2: 0.01}}"


def more_validation_rows(fit: FitEvidence) -> str | None:
    """Twice the share of the rows; None where they are given as a file, or are many already."""
    share = fit.config.split.validation
    if isinstance(share, str) or share >= _MOST_VALIDATION or fit.config.split.strategy == "column":
        return None
    return f"split.validation={min(2 * share, _MOST_VALIDATION):.2g}"
