"""Finding the weights: dltrain's own loop over Keras objects, with many steps in one compiled program."""

from dltrain.training.examples import Examples
from dltrain.training.history import Epoch
from dltrain.training.loop import train

__all__ = ["Epoch", "Examples", "train"]
