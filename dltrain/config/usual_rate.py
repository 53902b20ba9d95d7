"""How high a learning rate usually is."""

from typing import Final

from dltrain.config.sections.optimizers import Optimizer, Sgd

USUAL_RATE: Final = 0.01
"""For most optimizers and scaled inputs the best rate lies below."""

_USUAL_RATE_OF_SGD: Final = 0.1
"""Its steps are as short as the gradients of scaled inputs."""


def usual_rate(optimizer: Optimizer) -> float:
    """Rates above this are seldom right."""
    return _USUAL_RATE_OF_SGD if isinstance(optimizer, Sgd) else USUAL_RATE
