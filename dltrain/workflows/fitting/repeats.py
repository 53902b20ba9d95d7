"""Test rows that are among the training rows, as in a table that was written twice: a fit tells of many."""

import math

import numpy as np

from dltrain.features import EncodedFeatures, Preprocessing
from dltrain.features.categorical import CategoricalFeature
from dltrain.profiling.findings_rows import LEAST_DIFFERENT, repeated_row_findings
from dltrain.profiling.row_hashes import hash_labelled_rows
from dltrain.workflows.rows.encoded_rows import EncodedRows


def notes_on_repeated_rows(
    preprocessing: Preprocessing, train: EncodedRows, test: EncodedRows, *, is_file: bool
) -> list[str]:
    """A line when so many test rows equal a training row, target included, that the score misleads.

    Args:
        preprocessing: Fitted. Where it encodes categories by means of the target nothing is said: those of the training
            rows differ from those of equal rows elsewhere.
        train: The training rows.
        test: The test rows.
        is_file: Whether the test rows come from a file of their own.
    """
    if any(isinstance(f, CategoricalFeature) and f.encode_as == "target" for f in preprocessing.features):
        return []
    known, tried = (
        hash_labelled_rows(rows.features.numbers, rows.features.codes, rows.labelled.truth) for rows in (train, test)
    )
    # How many rows there could be is looked at only where some are equal.
    found = repeated_row_findings(known, tried, n_different=math.inf, is_file=is_file)
    if not any(finding.grade == "warning" for finding in found):
        return []
    n_different = _n_different(train.features, LEAST_DIFFERENT * known.size)
    found = repeated_row_findings(known, tried, n_different=n_different, is_file=is_file)
    return [finding.message for finding in found if finding.grade == "warning"]


def _n_different(features: EncodedFeatures, enough: float) -> float:
    """How many different rows the values of the columns could make; counted until it is enough."""
    n_different = 1.0
    for block in (features.numbers, features.codes):
        for column in block.T:
            n_different *= np.unique(column).size
            if n_different >= enough:
                return n_different
    return n_different
