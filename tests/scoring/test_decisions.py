import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dltrain.config.sections.decision import DecisionSection, ThresholdSection
from dltrain.run.decision import Decision
from dltrain.scoring.decisions import choose_decision
from dltrain.scoring.metrics import compute_metrics
from dltrain.scoring.temperature import tempered
from dltrain.scoring.thresholds import choose_threshold

F1 = ThresholdSection(maximize="f1")
ROWS = st.lists(st.tuples(st.booleans(), st.floats(0, 1, width=32), st.floats(0.1, 3)), min_size=1, max_size=30)


def columns_of(rows: list[tuple[bool, float, float]]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    truth, p, weight = (np.array(column) for column in zip(*rows, strict=True))
    return np.stack([1 - p, p], axis=1), truth.astype(np.int64), weight


@pytest.mark.parametrize("section", [None, DecisionSection()])
def test_nothing_is_decided_unasked(section: DecisionSection | None) -> None:
    assert choose_decision(section, np.array([[0.5, 0.5]]), np.array([0])) is None


def test_a_number_is_taken_as_it_is() -> None:
    assert choose_decision(DecisionSection(threshold=0.3), np.array([[0.5, 0.5]]), np.array([0])) == Decision(
        threshold=0.3
    )


@given(ROWS)
def test_calibration_does_no_harm_on_the_rows_that_it_was_fitted_on(rows: list[tuple[bool, float, float]]) -> None:
    values, codes, weight = columns_of(rows)
    decision = choose_decision(DecisionSection(calibrate="temperature"), values, codes, weight)
    assert decision is not None
    names = ["accuracy", "log_loss"]
    before = compute_metrics(names, codes, values, sample_weight=weight)  # type: ignore[arg-type]
    after = compute_metrics(names, codes, tempered(values, decision.temperature), sample_weight=weight)  # type: ignore[arg-type]
    assert after["log_loss"] <= before["log_loss"]
    assert after["accuracy"] == before["accuracy"]
    assert decision.validation == {"log_loss": after["log_loss"], "uncalibrated_log_loss": before["log_loss"]}


@given(ROWS)
def test_a_threshold_is_chosen_on_calibrated_probabilities(rows: list[tuple[bool, float, float]]) -> None:
    values, codes, weight = columns_of(rows)
    decision = choose_decision(DecisionSection(threshold=F1, calibrate="temperature"), values, codes, weight)
    assert decision is not None
    chosen = choose_threshold(F1, codes == 1, tempered(values, decision.temperature)[:, 1], weight)
    assert (decision.threshold, decision.is_met) == (chosen.threshold, chosen.is_met)
    assert decision.validation.items() >= chosen.measures.items()


def test_without_finite_probabilities_nothing_is_calibrated() -> None:
    section = DecisionSection(threshold=F1, calibrate="temperature")
    decision = choose_decision(section, np.full((2, 2), np.nan), np.array([0, 1]))
    assert decision == Decision(threshold=0.5, temperature=1.0, is_met=False)
