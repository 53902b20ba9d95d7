"""Test rows that are among the training rows, as in a table that was written twice: a fit tells of many."""

import math
from collections.abc import Iterator

import numpy as np

from dltrain.errors import counted
from dltrain.features import EncodedFeatures, Preprocessing
from dltrain.features.categorical import CategoricalFeature
from dltrain.features.preprocessing import is_one_hot
from dltrain.profiling.findings_rows import LEAST_DIFFERENT, MANY_REPEATED
from dltrain.profiling.row_hashes import hash_labelled_rows, hash_rows
from dltrain.workflows.rows.encoded_rows import EncodedRows


def notes_on_repeated_rows(preprocessing: Preprocessing, train: EncodedRows, test: EncodedRows) -> list[str]:
    """A line when so many test rows equal a training row, target included, that the score misleads.

    Args:
        preprocessing: Fitted. Where it encodes categories by means of the target nothing is said: those of the training
            rows differ from those of equal rows elsewhere.
        train: The training rows; those of weight 0 are not learned from.
        test: The test rows, of the same table.
    """
    if any(isinstance(f, CategoricalFeature) and f.encode_as == "target" for f in preprocessing.features):
        return []
    known, tried = _hashes(train), _hashes(test)
    n_repeated = int(np.isin(tried, known).sum())
    if n_repeated < MANY_REPEATED * tried.size:
        return []
    if math.prod(_different_values(preprocessing, train.features)) < LEAST_DIFFERENT * known.size:
        return []
    return [
        f"{n_repeated:,} of {counted(tried.size, 'test row')} ({n_repeated / tried.size:.0%}) equal a training row in "
        "all features and the target, so the score counts what was learned by heart; dltrain check says more"
    ]


def _hashes(rows: EncodedRows) -> np.ndarray:
    hashes = hash_labelled_rows(rows.features.numbers, rows.features.codes, rows.labelled.truth)
    return hashes if rows.labelled.weight is None else hashes[rows.labelled.weight > 0]


def _different_values(preprocessing: Preprocessing, features: EncodedFeatures) -> Iterator[float]:
    """How many different values each column has; the parts of a date are one."""
    n_numbers = n_codes = 0
    for feature in preprocessing.features:
        if is_one_hot(feature):
            yield float(np.unique(features.codes[:, n_codes]).size)
            n_codes += 1
        elif feature.width:
            block = features.numbers[:, n_numbers : n_numbers + feature.width]
            yield float(np.unique(hash_rows(block)).size)
            n_numbers += feature.width
