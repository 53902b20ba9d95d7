"""Folds: every row is tested once."""

from typing import get_args

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dltrain.config.sections.split import FoldStrategy, SplitSection, Strategy
from dltrain.errors import DataError
from dltrain.splitting import Split, split_rows
from dltrain.splitting.folds import fold_numbers

WITH_FOLDS: tuple[FoldStrategy, ...] = get_args(FoldStrategy)
CHANCE: list[Strategy] = ["random", "stratified", "group"]


def labels_and_keys(strategy: Strategy, n_rows: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    keys = rng.random(n_rows) if strategy == "hash" else rng.integers(0, max(n_rows // 3, 3), n_rows)
    return rng.integers(0, 3, n_rows), keys


def folds_of(strategy: Strategy, n_folds: int, n_rows: int, *, seed: int = 0, data_seed: int = 0) -> list[Split]:
    labels, keys = labels_and_keys(strategy, n_rows, data_seed)
    return [
        split_rows(
            SplitSection(folds=n_folds, fold=fold, seed=seed),
            n_rows=n_rows,
            strategy=strategy,
            labels=labels,
            keys=keys,
        )
        for fold in range(1, n_folds + 1)
    ]


@pytest.mark.parametrize("strategy", WITH_FOLDS)
@settings(max_examples=40)
@given(n_rows=st.integers(30, 300), n_folds=st.integers(2, 7), seed=st.integers(0, 50))
def test_every_row_is_tested_in_one_fold_and_has_one_part_in_each(
    strategy: Strategy, n_rows: int, n_folds: int, seed: int
) -> None:
    try:
        splits = folds_of(strategy, n_folds, n_rows, seed=seed, data_seed=seed)
    except DataError:
        assert strategy in ("hash", "group")
        return

    np.testing.assert_array_equal(np.sort(np.concatenate([split.test for split in splits])), np.arange(n_rows))
    for split in splits:
        parts = [split.train, split.validation, split.test]
        assert all(part.size > 0 and (np.diff(part) > 0).all() for part in parts)
        np.testing.assert_array_equal(np.sort(np.concatenate(parts)), np.arange(n_rows))


@pytest.mark.parametrize("strategy", WITH_FOLDS)
def test_the_same_seed_gives_the_same_folds(strategy: Strategy) -> None:
    for once, again in zip(folds_of(strategy, 4, 200, seed=3), folds_of(strategy, 4, 200, seed=3), strict=True):
        np.testing.assert_array_equal(once.test, again.test)
        np.testing.assert_array_equal(once.validation, again.validation)


@pytest.mark.parametrize("strategy", CHANCE)
def test_another_seed_gives_other_folds(strategy: Strategy) -> None:
    one, other = (folds_of(strategy, 4, 200, seed=seed)[1] for seed in (3, 4))
    assert set(one.test.tolist()) != set(other.test.tolist())


@pytest.mark.parametrize("strategy", ["random", "stratified"])
@given(n_rows=st.integers(20, 200), n_folds=st.integers(2, 9))
def test_validation_rows_are_a_fraction_of_all_rows_and_folds_differ_by_one_row(
    strategy: Strategy, n_rows: int, n_folds: int
) -> None:
    splits = folds_of(strategy, n_folds, n_rows)

    assert {split.test.size for split in splits} <= {n_rows // n_folds, -(-n_rows // n_folds)}
    assert {split.validation.size for split in splits} == {int(0.16 * n_rows + 0.5)}


@settings(max_examples=100)
@given(counts=st.lists(st.integers(1, 60), min_size=1, max_size=8), n_folds=st.integers(2, 9), seed=st.integers(0, 9))
def test_stratified_folds_keep_class_ratios_within_a_row(counts: list[int], n_folds: int, seed: int) -> None:
    labels = np.random.default_rng(0).permutation(np.repeat(np.arange(len(counts)), counts))
    if labels.size < n_folds:
        return

    folds = fold_numbers(n_folds, n_rows=labels.size, strategy="stratified", seed=seed, labels=labels)

    for fold in range(1, n_folds + 1):
        of_fold = np.bincount(labels[folds == fold], minlength=len(counts))
        assert (np.abs(of_fold - np.array(counts) / n_folds) < 1).all()


@settings(max_examples=100)
@given(counts=st.lists(st.integers(1, 12), min_size=14, max_size=40), n_folds=st.integers(2, 6), seed=st.integers(0, 9))
def test_groups_stay_whole_in_every_fold_and_folds_are_of_like_size(counts: list[int], n_folds: int, seed: int) -> None:
    groups = np.random.default_rng(0).permutation(np.repeat(np.arange(len(counts)), counts))

    for fold in range(1, n_folds + 1):
        section = SplitSection(folds=n_folds, fold=fold, seed=seed)
        split = split_rows(section, n_rows=groups.size, strategy="group", keys=groups)
        parts = [set(groups[part].tolist()) for part in (split.train, split.validation, split.test)]
        assert sum(map(len, parts)) == len(counts)
        assert abs(split.test.size - groups.size / n_folds) < max(counts)


@settings(max_examples=50)
@given(n_folds=st.integers(2, 12), fold=st.integers(1, 12), seed=st.integers(0, 9))
def test_hashed_rows_keep_fold_and_part_when_the_table_is_shuffled_or_grows(n_folds: int, fold: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    keys, order = rng.random(3_000), rng.permutation(3_000)
    section = SplitSection(folds=n_folds, fold=min(fold, n_folds))

    large, small, shuffled = (
        split_rows(section, n_rows=some.size, strategy="hash", keys=some) for some in (keys, keys[:1_500], keys[order])
    )

    for part in ("train", "validation", "test"):
        of_large = getattr(large, part)
        np.testing.assert_array_equal(getattr(small, part), of_large[of_large < 1_500])
        np.testing.assert_array_equal(np.sort(order[getattr(shuffled, part)]), of_large)
    assert large.validation.size / 3_000 == pytest.approx(0.16, abs=0.05)


@pytest.mark.parametrize("n_folds", range(2, 101))
def test_the_largest_hash_is_in_the_last_fold_and_the_smallest_in_the_first(n_folds: int) -> None:
    keys = np.array([0.0, *(np.arange(n_folds) + 0.5) / n_folds, 1 - 2**-53])

    folds = fold_numbers(n_folds, n_rows=keys.size, strategy="hash", seed=0, keys=keys)

    assert folds.tolist() == [1, *range(1, n_folds + 1), n_folds]


def test_the_first_fold_of_hashes_is_the_split_without_folds() -> None:
    keys = np.random.default_rng(0).random(500)

    split, fold = (
        split_rows(section, n_rows=500, strategy="hash", keys=keys)
        for section in (SplitSection(), SplitSection(folds=5))
    )

    np.testing.assert_array_equal(split.test, fold.test)
    np.testing.assert_array_equal(split.validation, fold.validation)


def test_validation_rows_of_two_folds_are_drawn_apart() -> None:
    first, second = folds_of("random", 5, 1_000)[:2]
    places = [np.searchsorted(np.sort(np.r_[s.train, s.validation]), s.validation).tolist() for s in (first, second)]
    assert places[0] != places[1]


def test_the_first_fold_stands_for_all_when_none_is_named() -> None:
    one, none = (split_rows(SplitSection(folds=4, fold=fold), n_rows=50, strategy="random") for fold in (1, None))
    np.testing.assert_array_equal(one.test, none.test)


def test_validation_rows_of_a_file_leave_the_other_folds_to_training() -> None:
    section = SplitSection(folds=4, fold=2, validation="validation.csv")
    split = split_rows(section, n_rows=40, strategy="random")
    assert (split.train.size, split.validation.size, split.test.size) == (30, 0, 10)


def test_a_class_of_one_row_is_tested_once_and_otherwise_trained_on() -> None:
    labels = np.array([0] * 30 + [1])
    splits = [
        split_rows(SplitSection(folds=3, fold=fold), n_rows=31, strategy="stratified", labels=labels)
        for fold in (1, 2, 3)
    ]
    assert sorted(30 in split.test for split in splits) == [False, False, True]
    assert all(30 in split.train or 30 in split.test for split in splits)


@pytest.mark.parametrize(
    ("strategy", "keys", "problem"),
    [
        (
            "random",
            [0, 0],
            "split.folds: expected rows for each of the 3 folds, strategy 'random' leaves none of the 2",
        ),
        ("hash", [0.1, 0.9], "strategy 'hash' leaves none of the 2 rows for fold 2"),
        ("group", [0, 1], "strategy 'group' leaves none of the 2 rows for fold 3"),
        ("group", [0, 1, 1], None),
    ],
)
def test_a_fold_without_rows_is_refused(strategy: Strategy, keys: list[float], problem: str | None) -> None:
    section = SplitSection(folds=3, validation=0.3)
    if problem is None:
        problem = "strategy 'group' leaves none of the 3 rows for fold 3"
    with pytest.raises(DataError) as caught:
        split_rows(section, n_rows=len(keys), strategy=strategy, keys=np.array(keys))
    assert problem in caught.value.message


def test_a_fold_that_takes_all_groups_but_one_is_refused_before_it_is_its_turn() -> None:
    groups = np.concatenate([np.zeros(50), np.arange(1, 11)])
    with pytest.raises(DataError) as caught:
        split_rows(SplitSection(folds=2, fold=1), n_rows=60, strategy="group", keys=groups)
    assert caught.value.message == (
        "split.column: expected at least 2 groups beside those of every fold, got 1 beside fold 2 of 2"
    )


def test_a_large_fold_is_refused_before_it_is_its_turn() -> None:
    groups = np.concatenate([np.zeros(50), np.arange(1, 11)])
    with pytest.raises(DataError, match="got 60 rows of which 50 are for testing and 10 for validation"):
        split_rows(SplitSection(folds=3, fold=3), n_rows=60, strategy="group", keys=groups)


def test_folds_that_leave_no_rows_to_train_on_are_refused() -> None:
    with pytest.raises(DataError, match="got 2 rows of which 1 are for testing and 1 for validation"):
        split_rows(SplitSection(folds=2), n_rows=2, strategy="random")
