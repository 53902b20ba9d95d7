import numpy as np
import pytest

from dltrain.profiling.findings_leaks import leak_finding, missing_leak_finding
from dltrain.profiling.one_column import Answers, Column, rank
from tests.profiling.configs import config_of

N = 2_000
RNG = np.random.default_rng(0)
PRICE = np.exp(RNG.normal(size=N) * 2)
LABEL = RNG.integers(0, 3, N)
NOISE = RNG.normal(size=N)


def topic(
    values: np.ndarray, answers: Answers, *, is_ordered: bool = True, n_rows: int = N, amounts: Answers | None = None
) -> str | None:
    finding = leak_finding(
        "x",
        Column(np.asarray(values, np.float64)[:n_rows], is_ordered),
        Answers(answers.values[:n_rows], answers.are_classes),
        train=np.arange(n_rows * 4 // 5),
        scored=np.arange(n_rows * 4 // 5, n_rows),
        target="y",
        config=config_of(),
        amounts=amounts,
    )
    return None if finding is None else finding.topic


def is_leak(values: np.ndarray, answers: Answers, *, is_ordered: bool = True, n_rows: int = N) -> bool:
    return topic(values, answers, is_ordered=is_ordered, n_rows=n_rows) == "leak"


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (np.where(LABEL == 1, NOISE, np.nan), "that it has a value gives the rows of 'open' away"),
        (np.where(LABEL == 2, np.nan, NOISE), "that it has no value gives the rows of 'paid' away"),
        (np.where(LABEL == 2, np.nan, np.where(NOISE > 1, np.nan, 0)), None),
        (np.where(NOISE > 1, np.nan, 0), None),
        (np.full(N, np.nan), None),
        (NOISE, None),
    ],
)
@pytest.mark.parametrize("n_rows", [100, N])
def test_a_value_that_one_of_several_classes_has_is_found(values: np.ndarray, message: str | None, n_rows: int) -> None:
    finding = missing_leak_finding(
        "x",
        Column(values[:n_rows], is_ordered=True),
        Answers(LABEL[:n_rows], are_classes=True),
        train=np.arange(n_rows * 4 // 5),
        scored=np.arange(n_rows * 4 // 5, n_rows),
        target="y",
        labels=["new", "open", "paid"],
        config=config_of(),
    )
    assert (finding is None) == (message is None)
    if finding is not None and message is not None:
        assert (finding.topic, finding.grade) == ("leak", "warning")
        assert finding.message == f"{message}: is it known before 'y' is?"


NUMBERS, CLASSES = Answers(rank(PRICE), False), Answers(LABEL, True)
RARE = Answers((NOISE > 1.8).astype(np.int64), True)


@pytest.mark.parametrize(
    ("values", "answers", "is_ordered"),
    [
        (PRICE, NUMBERS, True),
        (PRICE * 1.19 + 5, NUMBERS, True),
        (np.log(PRICE), NUMBERS, True),
        (np.round(PRICE, 1), NUMBERS, True),
        (LABEL, CLASSES, False),
        (10 * LABEL + RNG.integers(0, 5, N), CLASSES, False),
        (LABEL * 100 + NOISE, CLASSES, True),
        (np.where(LABEL == 1, np.nan, LABEL), CLASSES, True),
        (NOISE, RARE, True),
    ],
)
def test_what_gives_the_target_away_is_found(values: np.ndarray, answers: Answers, is_ordered: bool) -> None:
    assert is_leak(values, answers, is_ordered=is_ordered)


@pytest.mark.parametrize(
    ("values", "answers", "is_ordered"),
    [
        (np.log(PRICE) + 0.4 * NOISE, NUMBERS, True),
        (np.round(np.log(PRICE)), NUMBERS, True),
        (NOISE, NUMBERS, True),
        (np.where(RNG.random(N) < 0.04, (LABEL + 1) % 3, LABEL), CLASSES, False),
        (np.arange(N), CLASSES, False),
        (np.arange(N), NUMBERS, True),
        (np.minimum(LABEL, 1), CLASSES, False),
        (NOISE + 0.1 * RNG.normal(size=N), RARE, True),
    ],
)
def test_a_good_honest_column_is_none(values: np.ndarray, answers: Answers, is_ordered: bool) -> None:
    assert not is_leak(values, answers, is_ordered=is_ordered)


def test_few_rows_are_tried_in_folds_before_they_raise_an_alarm() -> None:
    # Right for all 24 validation rows by luck, and wrong for one in ten of the others.
    wrong = np.where((np.arange(120) % 10 == 0) & (np.arange(120) < 96), (LABEL[:120] + 1) % 3, LABEL[:120])
    assert not is_leak(wrong, CLASSES, is_ordered=False, n_rows=120)
    assert is_leak(LABEL, CLASSES, is_ordered=False, n_rows=120)


def test_a_handful_of_rows_raises_none() -> None:
    assert not is_leak(LABEL, CLASSES, is_ordered=False, n_rows=30)


DEPARTURE = np.round(np.where(RNG.random(N) < 0.25, RNG.exponential(60, N), RNG.normal(-3, 5, N)))
ARRIVAL = DEPARTURE + RNG.normal(-5, 17, N)
RANKS, AMOUNTS = Answers(rank(ARRIVAL), False), Answers(ARRIVAL, False)


def test_a_column_that_tells_most_is_worth_a_question() -> None:
    wrong = np.where(RNG.random(N) < 0.04, (LABEL + 1) % 3, LABEL)
    assert topic(wrong, CLASSES, is_ordered=False) == "strong_column"
    assert topic(np.log(PRICE) + 0.8 * NOISE, NUMBERS) is None


def test_a_kindred_column_is_worth_one_sooner() -> None:
    assert topic(DEPARTURE, RANKS) is None
    assert topic(DEPARTURE, RANKS, amounts=AMOUNTS) == "strong_column"
    assert topic(RNG.normal(size=N), RANKS, amounts=AMOUNTS) is None


def test_leaks_of_few_rows_that_do_not_hold_in_folds_are_questions_at_most() -> None:
    assert topic(LABEL, CLASSES, is_ordered=False, n_rows=30) is None


def test_of_few_rows_a_question_does_not_depend_on_which_ones_validate() -> None:
    place, label = np.arange(120), LABEL[:120]
    wrong = (label + 1) % 3
    # Three of 24 validation rows wrong are many, three of all rows few.
    assert topic(np.where(place >= 117, wrong, label), CLASSES, is_ordered=False, n_rows=120) == "strong_column"
    # No validation row is wrong, but 14 of the others are.
    assert topic(np.where(place < 14, wrong, label), CLASSES, is_ordered=False, n_rows=120) is None
