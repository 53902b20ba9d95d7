from typing import Any, get_args

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dltrain.config.sections.split import SplitSection, Strategy
from dltrain.errors import DataError
from dltrain.splitting import Split, split_rows

STRATEGIES: tuple[Strategy, ...] = get_args(Strategy)
SEEDED: list[Strategy] = ["random", "stratified", "group"]
FRACTIONS = st.sampled_from([0.1, 0.16, 0.2, 0.25, 0.33, 0.4])


def keys_for(strategy: Strategy, n_rows: int, seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    match strategy:
        case "random" | "stratified":
            return np.empty(0)
        case "group" | "time":
            return rng.integers(0, max(n_rows // 3, 3), n_rows)
        case "column":
            return np.concatenate([[0, 1, 2], rng.integers(0, 3, n_rows - 3)])
        case "hash":
            return rng.random(n_rows)


def split_of(strategy: Strategy, n_rows: int = 200, data_seed: int = 0, **section: Any) -> Split:
    labels = np.random.default_rng(data_seed).integers(0, 3, n_rows)
    keys = keys_for(strategy, n_rows, data_seed)
    return split_rows(SplitSection(**section), n_rows=n_rows, strategy=strategy, labels=labels, keys=keys)


def sizes(split: Split) -> tuple[int, int, int]:
    return split.train.size, split.validation.size, split.test.size


@pytest.mark.parametrize("strategy", STRATEGIES)
@settings(max_examples=30)
@given(n_rows=st.integers(30, 300), test=FRACTIONS, validation=FRACTIONS, seed=st.integers(0, 50))
def test_a_split_is_a_partition(strategy: Strategy, n_rows: int, test: float, validation: float, seed: int) -> None:
    try:
        split = split_of(strategy, n_rows, seed, test=test, validation=validation, seed=seed)
    except DataError:
        assert strategy in ("hash", "group", "column")
        return

    parts = [split.train, split.validation, split.test]
    assert all(part.dtype == np.int64 and part.size > 0 for part in parts)
    assert all((np.diff(part) > 0).all() for part in parts)
    np.testing.assert_array_equal(np.sort(np.concatenate(parts)), np.arange(n_rows))


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_the_same_seed_gives_the_same_rows(strategy: Strategy) -> None:
    once, again = split_of(strategy, seed=3), split_of(strategy, seed=3)

    np.testing.assert_array_equal(once.train, again.train)
    np.testing.assert_array_equal(once.test, again.test)


@pytest.mark.parametrize("strategy", SEEDED)
def test_another_seed_gives_other_rows(strategy: Strategy) -> None:
    assert set(split_of(strategy, seed=3).test.tolist()) != set(split_of(strategy, seed=4).test.tolist())


@pytest.mark.parametrize("strategy", ["random", "stratified"])
@pytest.mark.parametrize(
    ("n_rows", "test", "validation", "expected"),
    [
        (200, 0.2, 0.16, (128, 32, 40)),
        (10, 0.25, 0.25, (4, 3, 3)),
        (100, 0.145, 0.005, (84, 1, 15)),
        (7, 0.01, 0.01, (5, 1, 1)),
        (1_000, 0.3335, 0.3335, (332, 334, 334)),
    ],
)
def test_sizes_are_rounded_half_up_and_at_least_one(
    strategy: Strategy, n_rows: int, test: float, validation: float, expected: Any
) -> None:
    assert sizes(split_of(strategy, n_rows, test=test, validation=validation)) == expected


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_a_part_that_is_a_file_takes_no_rows(strategy: Strategy) -> None:
    keys = np.arange(100) % 2 if strategy == "column" else keys_for(strategy, 100)
    section = SplitSection(test="test.csv")

    split = split_rows(section, n_rows=100, strategy=strategy, labels=np.arange(100) % 3, keys=keys)

    assert split.test.size == 0
    assert split.train.size + split.validation.size == 100


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_all_rows_are_for_training_when_both_parts_are_files(strategy: Strategy) -> None:
    keys = np.zeros(5) if strategy == "column" else keys_for(strategy, 5)
    section = SplitSection(test="test.csv", validation="validation.csv")

    split = split_rows(section, n_rows=5, strategy=strategy, labels=np.arange(5), keys=keys)

    assert sizes(split) == (5, 0, 0)


@pytest.mark.parametrize("strategy", ["random", "stratified", "group", "time"])
@pytest.mark.parametrize("n_rows", [0, 1, 2])
def test_too_few_rows_are_refused(strategy: Strategy, n_rows: int) -> None:
    rows = np.arange(n_rows)

    with pytest.raises(DataError, match=f"^split: expected rows to train on, got {n_rows} rows"):
        split_rows(SplitSection(), n_rows=n_rows, strategy=strategy, labels=rows, keys=rows)


@settings(max_examples=100)
@given(counts=st.lists(st.integers(1, 60), min_size=1, max_size=8), test=FRACTIONS, validation=FRACTIONS)
def test_stratified_keeps_class_ratios(counts: list[int], test: float, validation: float) -> None:
    labels = np.random.default_rng(0).permutation(np.repeat(np.arange(len(counts)), counts))
    section = SplitSection(test=test, validation=validation)
    wanted = [max(1, int(fraction * labels.size + 0.5)) for fraction in (validation, test)]
    if labels.size - sum(wanted) < max(len(counts), 1):
        with pytest.raises(DataError):
            split_rows(section, n_rows=labels.size, strategy="stratified", labels=labels)
        return

    split = split_rows(section, n_rows=labels.size, strategy="stratified", labels=labels)

    per_class = [np.bincount(labels[part], minlength=len(counts)) for part in (split.validation, split.test)]
    assert [part.sum() for part in per_class] == wanted
    assert set(labels[split.train].tolist()) == set(range(len(counts)))
    for shares, total in zip(per_class, wanted, strict=True):
        quotas = total * np.array(counts) / labels.size
        # Rare classes go to training first, which others make up for.
        is_common = np.array(counts) > 20
        if is_common.all():
            assert (np.abs(shares - quotas) <= 1).all()


def test_stratified_gives_rare_classes_to_training_first() -> None:
    labels = np.array([0] * 96 + [1] * 2 + [2] + [3])

    split = split_rows(SplitSection(), n_rows=100, strategy="stratified", labels=labels)

    assert {1, 2, 3} <= set(labels[split.train].tolist())
    assert sizes(split) == (64, 16, 20)


def test_stratified_refuses_more_classes_than_training_rows() -> None:
    with pytest.raises(DataError, match="needs a training row for each of the 10 classes, 6 of 10 rows") as caught:
        split_rows(SplitSection(), n_rows=10, strategy="stratified", labels=np.arange(10))

    assert caught.value.hint == "split.strategy: random"


@settings(max_examples=100)
@given(counts=st.lists(st.integers(1, 12), min_size=12, max_size=40), test=FRACTIONS, seed=st.integers(0, 20))
def test_groups_stay_whole_and_sizes_come_near(counts: list[int], test: float, seed: int) -> None:
    groups = np.random.default_rng(0).permutation(np.repeat(np.arange(len(counts)), counts))
    section = SplitSection(test=test, validation=0.1, seed=seed)

    split = split_rows(section, n_rows=groups.size, strategy="group", keys=groups)

    parts = [set(groups[part].tolist()) for part in (split.train, split.validation, split.test)]
    assert sum(map(len, parts)) == len(counts)
    smallest_left = min(counts[group] for group in parts[0] | parts[1])
    assert abs(split.test.size - int(test * groups.size + 0.5)) <= smallest_left / 2


def test_every_group_can_be_tested() -> None:
    groups = np.repeat(np.arange(6), [5, 1, 2, 3, 4, 6])

    tested = {
        int(group)
        for seed in range(60)
        for group in groups[
            split_rows(SplitSection(test=0.3, seed=seed), n_rows=21, strategy="group", keys=groups).test
        ]
    }

    assert tested == set(range(6))


def test_a_huge_group_leaves_rows_for_every_part() -> None:
    groups = np.concatenate([np.zeros(90), np.arange(1, 11)])

    split = split_rows(SplitSection(), n_rows=100, strategy="group", keys=groups)

    assert split.train.size == 90
    assert sizes(split)[1:] == (1, 9)


def test_one_group_for_each_part_is_enough_and_two_are_not() -> None:
    split = split_rows(SplitSection(), n_rows=90, strategy="group", keys=np.arange(90) // 30)

    assert sizes(split) == (30, 30, 30)
    with pytest.raises(DataError, match=r"split\.column: expected at least 3 different groups, got 2"):
        split_rows(SplitSection(), n_rows=90, strategy="group", keys=np.arange(90) // 45)


def test_the_latest_rows_are_for_testing_and_those_before_for_validation() -> None:
    times = np.random.default_rng(0).permutation(100)

    split = split_rows(SplitSection(), n_rows=100, strategy="time", keys=times)

    assert sizes(split) == (64, 16, 20)
    assert times[split.train].max() < times[split.validation].min()
    assert times[split.validation].max() < times[split.test].min()


@settings(max_examples=100)
@given(counts=st.lists(st.integers(1, 9), min_size=3, max_size=12), seed=st.integers(0, 20))
def test_equal_times_stay_together_when_there_are_three_or_more(counts: list[int], seed: int) -> None:
    times = np.random.default_rng(seed).permutation(np.repeat(np.arange(len(counts)), counts))

    split = split_rows(SplitSection(), n_rows=times.size, strategy="time", keys=times)

    assert times[split.train].max() < times[split.validation].min()
    assert times[split.validation].max() < times[split.test].min()


def test_times_move_to_the_nearest_edge() -> None:
    times = np.repeat([0, 1, 2, 3], [50, 18, 10, 22])

    assert sizes(split_rows(SplitSection(), n_rows=100, strategy="time", keys=times)) == (68, 10, 22)


@pytest.mark.parametrize(
    ("counts", "expected"), [([100], (64, 16, 20)), ([1, 99], (64, 16, 20)), ([60, 40], (64, 16, 20))]
)
def test_equal_times_are_torn_apart_in_order_when_there_is_no_other_way(counts: list[int], expected: Any) -> None:
    times = np.repeat(np.arange(len(counts)), counts)

    split = split_rows(SplitSection(), n_rows=100, strategy="time", keys=times)

    assert sizes(split) == expected
    np.testing.assert_array_equal(np.concatenate([split.train, split.validation, split.test]), np.arange(100))


def test_equal_times_are_torn_apart_in_the_order_of_the_rows() -> None:
    times = np.random.default_rng(0).permutation(np.repeat([0, 1], [40, 960]))

    split = split_rows(SplitSection(), n_rows=1_000, strategy="time", keys=times)

    assert split.train[times[split.train] == 1].max() < split.validation.min()
    assert split.validation.max() < split.test.min()


def test_the_column_decides_whatever_the_fractions() -> None:
    split = split_rows(SplitSection(), n_rows=5, strategy="column", keys=np.array([2, 0, 1, 0, 2]))

    assert [part.tolist() for part in (split.train, split.validation, split.test)] == [[1, 3], [2], [0, 4]]


@pytest.mark.parametrize(("keys", "part"), [([0, 0, 1], "test"), ([0, 2, 2], "validation"), ([1, 2, 2], "train")])
def test_a_column_without_rows_for_a_part_is_refused(keys: list[int], part: str) -> None:
    with pytest.raises(DataError, match=f"strategy 'column' leaves none of the 3 rows for {part}"):
        split_rows(SplitSection(), n_rows=3, strategy="column", keys=np.array(keys))


def test_a_column_with_rows_for_a_part_that_is_a_file_is_refused() -> None:
    with pytest.raises(DataError, match=r"split\.test: names a file, but split\.column puts 1 rows into the same part"):
        split_rows(SplitSection(test="test.csv"), n_rows=3, strategy="column", keys=np.array([0, 1, 2]))


def test_hashed_rows_keep_their_part_when_the_table_grows_or_is_shuffled() -> None:
    keys = np.random.default_rng(0).random(3_000)
    order = np.random.default_rng(1).permutation(3_000)

    small = split_rows(SplitSection(), n_rows=1_000, strategy="hash", keys=keys[:1_000])
    large = split_rows(SplitSection(), n_rows=3_000, strategy="hash", keys=keys)
    shuffled = split_rows(SplitSection(), n_rows=3_000, strategy="hash", keys=keys[order])

    np.testing.assert_array_equal(small.test, large.test[large.test < 1_000])
    np.testing.assert_array_equal(small.validation, large.validation[large.validation < 1_000])
    np.testing.assert_array_equal(np.sort(order[shuffled.test]), large.test)
    assert sizes(large) == pytest.approx((1_920, 480, 600), rel=0.1)


def test_hashes_that_leave_a_part_empty_are_refused() -> None:
    with pytest.raises(DataError, match="strategy 'hash' leaves none of the 2 rows for validation"):
        split_rows(SplitSection(), n_rows=2, strategy="hash", keys=np.array([0.1, 0.9]))
