"""Labelled rows as the network sees them."""

from dataclasses import dataclass

import numpy as np

from dltrain.features import EncodedFeatures
from dltrain.workflows.rows.dataset import LabelledRows


@dataclass(frozen=True)
class EncodedRows:
    """Labelled rows as the network sees them.

    Attributes:
        labelled: The rows, without the cells of their table.
        features: What the network sees of them.
        answers: What it should answer, as `Examples.y`.
    """

    labelled: LabelledRows
    features: EncodedFeatures
    answers: np.ndarray
