"""Rows as one number each, to find equal ones."""

from typing import Final

import numpy as np

_MULTIPLIERS: Final = (np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB))
_SHIFTS: Final = (np.uint64(30), np.uint64(27), np.uint64(31))


def hash_rows(*blocks: np.ndarray) -> np.ndarray:
    """Hashes rows; different ones share a number in one of 2⁶⁴ cases.

    Args:
        blocks: float32 or int32 `(n_rows, n)` or `(n_rows,)`, the parts of the rows.

    Returns:
        uint64 `(n_rows,)`.
    """
    n_rows = len(blocks[0])
    hashes = np.zeros(n_rows, np.uint64)
    seed = 0
    for block in blocks:
        for column in block.reshape(n_rows, -1).T:
            seed += 1
            hashes += _mixed(_bits(column) + _mixed(np.full(1, seed, np.uint64)))
    return hashes


def hash_labelled_rows(numbers: np.ndarray, codes: np.ndarray, truth: np.ndarray) -> np.ndarray:
    """Hashes encoded rows together with their target.

    Args:
        numbers: float32 `(n_rows, n_numbers)`.
        codes: int32 `(n_rows, n_codes)`.
        truth: Number or class code of every row, `(n_rows,)`, of any type that float64 holds.

    Returns:
        uint64 `(n_rows,)`.
    """
    # The two halves of each float64. Adding 0 makes 0.0 of -0.0, which equals it.
    halves = (truth.astype(np.float64) + 0.0).view(np.int32).reshape(-1, 2)
    return hash_rows(numbers, codes, halves)


def _bits(column: np.ndarray) -> np.ndarray:
    # -0.0 equals 0.0; as bits they differ.
    numbers = column + np.float32(0) if column.dtype == np.float32 else column
    return np.ascontiguousarray(numbers).view(np.uint32).astype(np.uint64)


def _mixed(values: np.ndarray) -> np.ndarray:
    """splitmix64's finalizer: every bit of the input changes half of those of the output (Steele et al. 2014)."""
    values = (values ^ (values >> _SHIFTS[0])) * _MULTIPLIERS[0]
    values = (values ^ (values >> _SHIFTS[1])) * _MULTIPLIERS[1]
    return np.asarray(values ^ (values >> _SHIFTS[2]))
