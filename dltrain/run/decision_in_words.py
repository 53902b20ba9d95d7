"""What was settled on the validation rows, in words: for people who read what a fit prints, and its page."""

from typing import Final

from dltrain.config import Config
from dltrain.config.sections.decision import ThresholdSection
from dltrain.features.in_words import NumberText
from dltrain.run.decision import LARGEST_TEMPERATURE, SMALLEST_TEMPERATURE, Decision

_ON: Final = "on validation"


def decision_in_words(config: Config, decision: Decision | None, number: NumberText) -> list[tuple[str, str]]:
    """The threshold and the temperature, those that there are: each by its name, and in words.

    Args:
        config: Resolved.
        decision: What was settled.
        number: Writes a number.
    """
    lines: list[tuple[str, str]] = []
    if decision is None:
        return lines
    if decision.threshold is not None:
        rule = config.decision.threshold if config.decision is not None else None
        why = (
            f" ({_rule_text(rule, decision, number)}{_unweighted(config)})"
            if isinstance(rule, ThresholdSection)
            else ""
        )
        lines.append(("decision", f"p > {threshold_text(decision.threshold, number)}{why}"))
    if decision.temperature is not None:
        losses = decision.validation
        why = ""
        if "log_loss" in losses:
            before, limit = number(losses.get("uncalibrated_log_loss")), _limit_text(config, decision.temperature)
            rows = _ON if config.training.class_weight is None else f"{_ON}, classes unweighted"
            why = f" (log_loss {rows}: {number(losses['log_loss'])}, without {before}{limit})"
        lines.append(("calibrated", f"temperature {number(decision.temperature)}{why}"))
    return lines


def threshold_text(value: float, number: NumberText) -> str:
    """A threshold, with more digits where few would make it 1.

    >>> threshold_text(0.25, "{:.4f}".format), threshold_text(0.99999, "{:.4f}".format)
    ('0.2500', '0.99999')
    """
    shown = number(value)
    return f"{value:.9g}" if float(shown) == 1 else shown


def _unweighted(config: Config) -> str:
    return "" if config.training.class_weight is None else "; classes unweighted"


def _limit_text(config: Config, temperature: float) -> str:
    """What to think of a temperature at the end of its range, where rows do not say how sure one may be."""
    is_at_limit = temperature <= SMALLEST_TEMPERATURE * 1.01 or temperature >= LARGEST_TEMPERATURE / 1.01
    if not is_at_limit:
        return ""
    if config.training.class_weight is not None:
        return "; at its limit: no temperature undoes what class weights shift"
    return "; at its limit: these rows tell too little"


def _rule_text(rule: ThresholdSection, decision: Decision, number: NumberText) -> str:
    """What the threshold is good for, and what it came to."""
    measures = decision.validation
    if not measures.keys() - {"log_loss", "uncalibrated_log_loss"}:
        return "nothing to choose by: the validation rows have one class"
    if rule.maximize is not None:
        return f"maximizes {rule.maximize} {_ON}: {number(measures.get(rule.maximize))}"
    if rule.cost is not None:
        costs = f"false positive {rule.cost.false_positive:g}, false negative {rule.cost.false_negative:g}"
        return f"lowest cost {_ON}: {number(measures.get('cost'))} a row; {costs}"
    name, bound = ("recall", rule.min_recall) if rule.min_recall is not None else ("precision", rule.min_precision)
    reached = f"precision {number(measures.get('precision'))}, recall {number(measures.get('recall'))}"
    if decision.is_met:
        return f"{name} >= {bound:g} {_ON}: {reached}"
    return f"no threshold has {name} >= {bound:g} {_ON}; the best has {reached}"
