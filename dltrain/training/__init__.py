"""Finding the weights: dltrain's own loop over Keras objects, with many steps in one compiled program."""

from dltrain.training.dead_units import dead_units
from dltrain.training.examples import Examples
from dltrain.training.keeping import Keeping
from dltrain.training.loop import train
from dltrain.training.state import Snapshot

__all__ = ["Examples", "Keeping", "Snapshot", "dead_units", "train"]
