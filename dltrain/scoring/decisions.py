"""Settling on the validation rows how probabilities become labels."""

import numpy as np

from dltrain.config.sections.decision import DecisionSection, ThresholdSection
from dltrain.run.decision import Decision
from dltrain.scoring.metrics import compute_metrics
from dltrain.scoring.temperature import fit_temperature, tempered
from dltrain.scoring.thresholds import choose_threshold


def choose_decision(
    section: DecisionSection | None,
    probabilities: np.ndarray,
    codes: np.ndarray,
    weight: np.ndarray | None = None,
) -> Decision | None:
    """What a config asks for, as numbers. The threshold is chosen on calibrated probabilities.

    Args:
        section: Of the config; None asks for nothing.
        probabilities: float64 `(n, n_classes)`, of the validation rows.
        codes: int `(n,)`, their true classes.
        weight: float64 `(n,)`, sample weights without class weights: a least precision, a cost, a probability are of
            rows as they come. None weighs all rows alike.

    Returns:
        None if nothing is asked for.
    """
    if section is None or (section.threshold is None and section.calibrate is None):
        return None
    temperature, losses = None, dict[str, float]()
    if section.calibrate is not None:
        temperature, losses = _calibrated(probabilities, codes, weight)
        probabilities = tempered(probabilities, temperature)
    if not isinstance(section.threshold, ThresholdSection):
        return Decision(threshold=section.fixed_threshold, temperature=temperature, validation=losses)
    chosen = choose_threshold(section.threshold, codes == 1, probabilities[:, 1], weight)
    return Decision(
        threshold=chosen.threshold,
        temperature=temperature,
        validation=losses | chosen.measures,
        is_met=chosen.is_met,
    )


def _calibrated(
    probabilities: np.ndarray, codes: np.ndarray, weight: np.ndarray | None
) -> tuple[float, dict[str, float]]:
    """The temperature, and the log loss without and with it; 1 where it does not make the loss smaller."""

    def log_loss(values: np.ndarray) -> float:
        return compute_metrics(["log_loss"], codes, values, sample_weight=weight)["log_loss"]

    before = log_loss(probabilities)
    if not np.isfinite(before):
        return 1.0, {}
    temperature = fit_temperature(probabilities, codes, weight)
    after = log_loss(tempered(probabilities, temperature))
    # Where all temperatures are alike but for rounding, or log_loss clips.
    if not after < before:
        temperature, after = 1.0, before
    return temperature, {"log_loss": after, "uncalibrated_log_loss": before}
