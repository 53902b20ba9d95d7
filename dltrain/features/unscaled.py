"""Inputs that are too large for gradients of a usual size."""

from typing import Final

from dltrain.features.encoded import EncodedFeatures

UNSCALED: Final = 100.0
"""Inputs beyond this are called unscaled: scaled columns rarely leave [-10, 10]."""


def largest_input(features: EncodedFeatures) -> float:
    """The largest absolute number among the inputs; 0 where they are one-hot columns alone."""
    return max(float(features.numbers.max(initial=0.0)), -float(features.numbers.min(initial=0.0)))
