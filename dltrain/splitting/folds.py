"""Rows → the fold that tests them."""

from heapq import heapify, heapreplace
from typing import Final, assert_never

import numpy as np

from dltrain.config.sections.split import FoldStrategy
from dltrain.errors import DataError

NOTHING: Final = np.empty(0)
"""In the place of labels or keys that a strategy does not look at."""


def fold_numbers(
    n_folds: int,
    *,
    n_rows: int,
    strategy: FoldStrategy,
    seed: int,
    labels: np.ndarray = NOTHING,
    keys: np.ndarray = NOTHING,
) -> np.ndarray:
    """Deals rows out to folds; the same arguments always give the same folds.

    random and stratified: the sizes of the folds differ by one row at most; stratified: so do the rows of every class.
    group: whole groups, the largest first, each to the fold with the fewest rows; groups of one size come by chance.
    hash: as the hash of a row's value says, whatever other rows there are.

    Args:
        n_folds: How many there are.
        n_rows: Rows to deal out.
        strategy: How.
        seed: `split.seed`; not looked at for hash, whose keys depend on it already.
        labels: int `(n_rows,)`, the class of every row; only stratified looks at it.
        keys: `(n_rows,)`, from `split_keys`; only group and hash look at it.

    Returns:
        int64 `(n_rows,)`, from 1 to `n_folds`.

    Raises:
        DataError: Some fold would have no row.
    """
    rng = np.random.default_rng(seed)
    match strategy:
        case "random":
            folds = _dealt(rng.permutation(n_rows), n_folds)
        case "stratified":
            order = rng.permutation(n_rows)
            # Class after class, so that the rows of each one go round the folds.
            folds = _dealt(order[np.argsort(labels[order], kind="stable")], n_folds)
        case "group":
            folds = _group_folds(keys, n_folds, rng)
        case "hash":
            folds = _hash_folds(keys, n_folds)
        case _:
            assert_never(strategy)
    empty = np.flatnonzero(np.bincount(folds, minlength=n_folds + 1)[1:] == 0) + 1
    if empty.size:
        raise DataError(
            f"split.folds: expected rows for each of the {n_folds} folds, strategy '{strategy}' leaves none of the "
            f"{n_rows:,} rows for fold {empty[0]}",
            hint="fewer folds have more rows each",
        )
    return folds


def _hash_folds(keys: np.ndarray, n_folds: int) -> np.ndarray:
    """The folds of hashes in [0, 1): equal intervals, int64 `(n,)` from 1."""
    # No key is above 1 - 2^-53, and no product with a number of folds is rounded up to that number.
    return np.asarray((keys * n_folds).astype(np.int64) + 1)


def _dealt(order: np.ndarray, n_folds: int) -> np.ndarray:
    """Folds of rows that are dealt out in an order, one by one."""
    folds = np.empty(order.size, np.int64)
    folds[order] = np.arange(order.size) % n_folds + 1
    return folds


def _group_folds(keys: np.ndarray, n_folds: int, rng: np.random.Generator) -> np.ndarray:
    _, groups, counts = np.unique(keys, return_inverse=True, return_counts=True)
    order = rng.permutation(counts.size)
    order = order[np.argsort(-counts[order], kind="stable")]
    sizes = [(0, fold) for fold in range(1, n_folds + 1)]
    heapify(sizes)
    folds = np.empty(counts.size, np.int64)
    for group in order.tolist():
        n_rows, fold = sizes[0]
        folds[group] = fold
        heapreplace(sizes, (n_rows + int(counts[group]), fold))
    return np.asarray(folds[groups])
