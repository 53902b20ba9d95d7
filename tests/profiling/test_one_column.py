from collections import Counter
from statistics import mean

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import rankdata
from sklearn.metrics import r2_score

from dltrain.profiling.one_column import Answers, Column, cross_validated_skill, one_column_skill, rank

ROWS = st.lists(st.tuples(st.sampled_from([0.0, 1.0, 2.0, 3.0, np.nan]), st.integers(0, 2)), min_size=4, max_size=40)


@settings(deadline=None)
@given(st.lists(st.sampled_from([-1.0, 0.0, 2.5, 7.0]), min_size=1, max_size=20))
def test_ranks_are_those_of_scipy(values: list[float]) -> None:
    np.testing.assert_array_equal(rank(np.array(values)), rankdata(values) - 1)


def halves(n_rows: int) -> tuple[np.ndarray, np.ndarray]:
    return np.arange(0, n_rows, 2), np.arange(1, n_rows, 2)


@settings(deadline=None)
@given(ROWS)
def test_the_skill_for_classes_is_that_of_a_loop(rows: list[tuple[float, int]]) -> None:
    # A weight for every class keeps two classes from being equally frequent.
    rows = [row for row in rows for _ in range(1 + row[1] * 50)]
    values, y = np.array([row[0] for row in rows]), np.array([row[1] for row in rows])
    train, scored = halves(len(rows))
    by_value: dict[str, Counter[int]] = {}
    for place in train:
        by_value.setdefault(str(values[place]), Counter())[int(y[place])] += 1
    trivial = Counter(y[train].tolist()).most_common(1)[0][0]
    tied = any(len(set(counts.values())) < len(counts) for counts in [*by_value.values(), Counter(y[train].tolist())])
    predictions = [by_value.get(str(values[place]), Counter([trivial])).most_common(1)[0][0] for place in scored]
    skill = one_column_skill(Column(values, False), Answers(y, True), train=train, scored=scored)
    if not tied:
        assert skill.n_right == sum(int(a == b) for a, b in zip(predictions, y[scored], strict=True))
        assert skill.n_right_trivially == int((y[scored] == trivial).sum())


def test_the_skill_for_numbers_is_r2_of_the_means_by_value() -> None:
    rng = np.random.default_rng(0)
    values = rng.integers(0, 5, 400).astype(np.float64)
    values[rng.random(400) < 0.1] = np.nan
    y = np.nan_to_num(values, nan=9.0) + rng.normal(size=400)
    train, scored = halves(400)
    means = {key: mean(y[train][[str(v) == key for v in values[train]]]) for key in set(map(str, values[train]))}
    predictions = [means[str(value)] for value in values[scored]]
    skill = one_column_skill(Column(values, False), Answers(y, False), train=train, scored=scored)
    spread = ((y[scored] - y[scored].mean()) ** 2).sum() / ((y[scored] - y[train].mean()) ** 2).sum()
    assert skill.share == pytest.approx(1 - (1 - r2_score(y[scored], predictions)) * spread)


def test_a_number_between_known_ones_is_foretold_from_its_neighbours() -> None:
    values = np.random.default_rng(0).normal(size=2_000)
    train, scored = halves(2_000)
    ordered, codes = Column(values, True), Column(values, False)
    line = Answers(rank(np.exp(values)), False)
    assert one_column_skill(ordered, line, train=train, scored=scored).share > 0.9999
    assert one_column_skill(codes, line, train=train, scored=scored).share == pytest.approx(0, abs=0.01)
    above = Answers((values > 0.3).astype(np.int64), True)
    assert one_column_skill(ordered, above, train=train, scored=scored).share > 0.99
    assert one_column_skill(codes, above, train=train, scored=scored).share == 0


def test_cross_validation_finds_neither_skill_in_noise_nor_noise_in_a_copy() -> None:
    rng = np.random.default_rng(0)
    y = rng.integers(0, 2, 100)
    rows = np.arange(100)
    assert cross_validated_skill(Column(rng.normal(size=100), True), Answers(y, True), rows) < 0.3
    assert cross_validated_skill(Column(y.astype(np.float64), True), Answers(y, True), rows) == 1


def test_a_column_without_any_value_has_no_skill() -> None:
    column = Column(np.full(20, np.nan), True)
    train, scored = halves(20)
    for answers in (Answers(np.arange(20) % 2, True), Answers(np.arange(20.0), False)):
        assert one_column_skill(column, answers, train=train, scored=scored).share <= 0


def test_an_unknown_number_is_of_the_class_of_the_nearest_known_one() -> None:
    values = np.array([0.0, 0.0, 10.0, 10.0, 10.0, 1.0, 9.0])
    answers = Answers(np.array([0, 0, 1, 1, 1, 0, 1]), True)
    skill = one_column_skill(Column(values, True), answers, train=np.arange(5), scored=np.array([5, 6]))
    assert (skill.n_right, skill.n_right_trivially, skill.share) == (2, 1, 1.0)


def test_a_missing_number_is_foretold_from_missing_ones() -> None:
    values = np.array([1.0, 2.0, 3.0, np.nan] * 10)
    answers = Answers(np.array([1.0, 2.0, 3.0, 9.0] * 10), False)
    skill = one_column_skill(Column(values, True), answers, train=np.arange(20), scored=np.arange(20, 40))
    assert skill.share == 1
