"""Rows → training, validation and test rows, from their number, their classes, or the keys of a column."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple, assert_never

import numpy as np

from dltrain.config.sections.split import FoldStrategy, SplitSection, Strategy
from dltrain.errors import DataError
from dltrain.splitting.folds import NOTHING, fold_numbers
from dltrain.splitting.keys import TEST, TRAIN, VALIDATION

_Seed = int | list[int]


@dataclass(frozen=True)
class Split:
    """Which row belongs where.

    Attributes:
        train, validation, test: int64 row numbers from 0, ascending; every row is in exactly one of them.
    """

    train: np.ndarray
    validation: np.ndarray
    test: np.ndarray


class _Sizes(NamedTuple):
    """Wanted numbers of rows; 0 when the part is a file of its own."""

    validation: int
    test: int


class _Rows(NamedTuple):
    """The rows to divide, and what strategies need to know of them, as in `split_rows`."""

    n_rows: int
    labels: np.ndarray
    keys: np.ndarray


def split_rows(
    section: SplitSection,
    *,
    n_rows: int,
    strategy: Strategy,
    labels: np.ndarray = NOTHING,
    keys: np.ndarray = NOTHING,
) -> Split:
    """Divides rows; the same arguments always give the same parts.

    random: by chance. stratified: by chance, every class in proportion and in the training rows.
    group: whole groups by chance, as near to the fractions as the groups allow. time: the latest rows are for
    testing, those before them for validation; equal times stay together when there are at least as many
    different times as parts. column: as the column says. hash: as the hash of a row's value says, whatever other
    rows there are; the fractions are met approximately.

    With folds, see `fold_numbers`, the rows of one are for testing, and validation rows are drawn from the others in
    the same way. The first fold stands for all when the section names none.

    Args:
        section: Fractions, folds and seed. A part that is a file of its own stays empty.
        n_rows: Rows to divide.
        strategy: How; `section.strategy` is not looked at, because it may be left to the task.
        labels: int `(n_rows,)`, the class of every row; only stratified looks at it.
        keys: `(n_rows,)`, from `split_keys`; only group, time, column and hash look at it.

    Raises:
        DataError: There are too few rows, classes or groups to divide.
    """
    parts = _parts(_Rows(n_rows, labels, keys), section, strategy)
    _check_parts(parts, section, strategy)
    train, validation, test = (np.flatnonzero(parts == part) for part in range(3))
    return Split(train=train, validation=validation, test=test)


def _parts(rows: _Rows, section: SplitSection, strategy: Strategy) -> np.ndarray:
    match strategy:
        case "random" | "stratified" | "group" | "hash" if section.folds is not None:
            return _fold_parts(rows, section, strategy, section.folds)
        case "random":
            return _random_parts(rows.n_rows, _sizes(section, rows.n_rows), section.seed)
        case "stratified":
            return _stratified_parts(rows.labels, _sizes(section, rows.n_rows), section.seed)
        case "group":
            return _group_parts(rows.keys, _sizes(section, rows.n_rows), section.seed)
        case "time":
            return _time_parts(rows.keys, _sizes(section, rows.n_rows))
        case "column":
            return rows.keys
        case "hash":
            return _hash_parts(rows.keys, section)
        case _:
            assert_never(strategy)


def _fold_parts(rows: _Rows, section: SplitSection, strategy: FoldStrategy, n_folds: int) -> np.ndarray:
    """One fold is for testing; validation rows are drawn from the others as they are without folds."""
    fold = section.fold or 1
    folds = fold_numbers(
        n_folds, n_rows=rows.n_rows, strategy=strategy, seed=section.seed, labels=rows.labels, keys=rows.keys
    )
    if strategy == "hash":
        # Turned round, so that the interval of the fold is the first one, where `_hash_parts` has the test rows.
        turned = _hash_parts((rows.keys * n_folds - (fold - 1)) % n_folds / n_folds, section)
        return np.where(folds == fold, TEST, np.where(turned == TRAIN, TRAIN, VALIDATION))
    rest = np.flatnonzero(folds != fold)
    sizes = _Sizes(validation=_size(section.validation, rows.n_rows), test=0)
    # All folds are checked with each of them: a mistake should not come to light after hours of training.
    if strategy == "group":
        _check_groups(rows.keys, folds, n_least=1 + (sizes.validation > 0))
    _check_sizes(_Sizes(sizes.validation, int(np.bincount(folds).max())), rows.n_rows)
    # A seed of its own, or the same places among the others would be drawn for every fold.
    seed = [section.seed, fold]
    parts = np.full(rows.n_rows, TEST)
    match strategy:
        case "random":
            parts[rest] = _random_parts(rest.size, sizes, seed)
        case "stratified":
            parts[rest] = _stratified_parts(rows.labels[rest], sizes, seed)
        case "group":
            parts[rest] = _group_parts(rows.keys[rest], sizes, seed)
    return parts


def _check_groups(keys: np.ndarray, folds: np.ndarray, *, n_least: int) -> None:
    """Checks that every fold leaves groups for the other parts."""
    groups, first = np.unique(keys, return_index=True)
    n_others = groups.size - np.bincount(folds[first])[1:]
    if n_others.min() < n_least:
        raise DataError(
            f"split.column: expected at least {n_least} groups beside those of every fold, got {n_others.min()} beside "
            f"fold {n_others.argmin() + 1} of {n_others.size}",
            hint="more folds have fewer groups each" if groups.size > n_others.size else None,
        )


def _sizes(section: SplitSection, n_rows: int) -> _Sizes:
    sizes = _Sizes(validation=_size(section.validation, n_rows), test=_size(section.test, n_rows))
    _check_sizes(sizes, n_rows)
    return sizes


def _check_sizes(sizes: _Sizes, n_rows: int) -> None:
    if sum(sizes) >= n_rows:
        raise DataError(
            f"split: expected rows to train on, got {n_rows:,} rows of which {sizes.test:,} are for testing and "
            f"{sizes.validation:,} for validation"
        )


def _size(part: float | str, n_rows: int) -> int:
    if isinstance(part, str):
        return 0
    # Decimal, because 0.145 of 100 rows is 15, not the 14 of binary fractions.
    return max(1, int((Decimal(str(part)) * n_rows).to_integral_value(ROUND_HALF_UP)))


def _check_parts(parts: np.ndarray, section: SplitSection, strategy: Strategy) -> None:
    """Checks that exactly those parts have rows that should; only columns, hashes and huge groups can fail here."""
    expected = {"train": True, "validation": section.validation, "test": section.test}
    for part, (name, share) in enumerate(expected.items()):
        n_rows = int((parts == part).sum())
        if n_rows and isinstance(share, str):
            raise DataError(f"split.{name}: names a file, but split.column puts {n_rows:,} rows into the same part")
        if not n_rows and not isinstance(share, str):
            raise DataError(f"split: strategy '{strategy}' leaves none of the {parts.size:,} rows for {name}")


def _random_parts(n_rows: int, sizes: _Sizes, seed: _Seed) -> np.ndarray:
    parts = np.full(n_rows, TRAIN)
    order = np.random.default_rng(seed).permutation(n_rows)
    parts[order[: sizes.test]] = TEST
    parts[order[sizes.test : sum(sizes)]] = VALIDATION
    return parts


def _stratified_parts(labels: np.ndarray, sizes: _Sizes, seed: _Seed) -> np.ndarray:
    _, classes, counts = np.unique(labels, return_inverse=True, return_counts=True)
    if labels.size - sum(sizes) < counts.size:
        raise DataError(
            f"split.strategy: 'stratified' needs a training row for each of the {counts.size:,} classes, "
            f"{labels.size - sum(sizes):,} of {labels.size:,} rows are for training",
            hint="split.strategy: random",
        )
    test = _apportioned(sizes.test, counts, room=counts - 1)
    validation = _apportioned(sizes.validation, counts, room=counts - 1 - test)
    order = np.random.default_rng(seed).permutation(labels.size)
    order = order[np.argsort(classes[order], kind="stable")]
    ordered = classes[order]
    rank = np.arange(labels.size) - (np.cumsum(counts) - counts)[ordered]
    parts = np.full(labels.size, TRAIN)
    parts[order[rank < (test + validation)[ordered]]] = VALIDATION
    parts[order[rank < test[ordered]]] = TEST
    return parts


def _apportioned(total: int, counts: np.ndarray, *, room: np.ndarray) -> np.ndarray:
    """Shares out `total` rows in proportion to the counts by largest remainders, never more than there is room."""
    quotas = total * counts / counts.sum()
    shares: np.ndarray = np.minimum(np.floor(quotas).astype(np.int64), room)
    by_remainder = np.lexsort((-counts, np.floor(quotas) - quotas))
    while (rest := total - int(shares.sum())) > 0:
        has_room = (room > shares)[by_remainder]
        shares[by_remainder[has_room][:rest]] += 1
    return shares


def _group_parts(keys: np.ndarray, sizes: _Sizes, seed: _Seed) -> np.ndarray:
    _, groups, counts = np.unique(keys, return_inverse=True, return_counts=True)
    wanted = [(part, size) for part, size in ((TEST, sizes.test), (VALIDATION, sizes.validation)) if size]
    if counts.size <= len(wanted):
        raise DataError(f"split.column: expected at least {len(wanted) + 1} different groups, got {counts.size}")
    free = np.random.default_rng(seed).permutation(counts.size)
    parts = np.full(counts.size, TRAIN)
    for n_later, (part, size) in zip(reversed(range(len(wanted))), wanted, strict=True):
        is_chosen = _choose_groups(counts[free], size, n_most=free.size - n_later - 1)
        parts[free[is_chosen]] = part
        free = free[~is_chosen]
    return np.asarray(parts[groups])


def _choose_groups(counts: np.ndarray, total: int, *, n_most: int) -> np.ndarray:
    """Takes every group that still fits, in order, then the smallest of the others if that comes nearer to `total`."""
    is_chosen = np.zeros(counts.size, dtype=np.bool_)
    rest, n_left = total, n_most
    for group, count in enumerate(counts.tolist()):
        if count <= rest and n_left:
            is_chosen[group] = True
            rest, n_left = rest - count, n_left - 1
            if not rest:
                return is_chosen
    smallest = np.flatnonzero(~is_chosen)[np.argmin(counts[~is_chosen])]
    if n_left and (counts[smallest] - rest < rest or not is_chosen.any()):
        is_chosen[smallest] = True
    return is_chosen


def _time_parts(keys: np.ndarray, sizes: _Sizes) -> np.ndarray:
    order = np.argsort(keys, kind="stable")
    cuts = np.flatnonzero(np.diff(keys[order])) + 1
    if cuts.size < (sizes.test > 0) + (sizes.validation > 0):
        # Too few different times to keep equal ones together.
        cuts = np.arange(1, keys.size)
    test_start = validation_start = keys.size
    if sizes.test:
        test_start = _nearest(cuts[1:] if sizes.validation else cuts, keys.size - sizes.test)
    if sizes.validation:
        validation_start = _nearest(cuts[cuts < test_start], test_start - sizes.validation)
    parts = np.full(keys.size, TRAIN)
    parts[order[validation_start:]] = VALIDATION
    parts[order[test_start:]] = TEST
    return parts


def _nearest(cuts: np.ndarray, wanted: int) -> int:
    return int(cuts[np.argmin(np.abs(cuts - wanted))])


def _hash_parts(keys: np.ndarray, section: SplitSection) -> np.ndarray:
    test, validation = (0.0 if isinstance(part, str) else part for part in (section.test, section.validation))
    return np.where(keys < test, TEST, np.where(keys < test + validation, VALIDATION, TRAIN))
