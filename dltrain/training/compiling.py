"""Whether XLA pays: it costs up to a second once and saves a fraction of a millisecond in every step.

The constants were measured with `python -m benchmarks.compiling`, which prints them again for another machine. The
rule looks at the network and at the number of steps, never at a clock: a run that is repeated has to compute the same
bits.
"""

from typing import Final

from dltrain.config.sections.training import TrainingSection
from dltrain.network.backend import keras

COMPILE_SECONDS: Final = (0.12, 0.06, 0.04)
"""What compiling takes longer than tracing a plain graph: in any case; for a dense layer; for a layer of other kind."""

SAVED_MILLISECONDS: Final = (0.02, 0.02, 0.02, 0.003)
"""What a compiled step takes less: likewise; and for 1,000 numbers that layers of other kinds put out."""

COMPILE_FROM_EVALUATIONS: Final = 50
"""Compiling an evaluation takes 0.1 s longer and saves up to 2.5 ms of a block of 8,192 rows."""

PATIENT_EPOCHS: Final = 3
"""With early stopping this many times `patience` are expected: the best epoch comes early or late, nobody knows."""


def compiling_pays(network: keras.Sequential, section: TrainingSection, *, steps_per_epoch: int) -> bool:
    """Judges by the number of full batches and the layers, output included."""
    others = [layer for layer in network.layers if not isinstance(layer, keras.layers.Dense)]
    n_numbers = section.batch_size * sum(layer.output.shape[-1] for layer in others)
    sizes = (1, len(network.layers) - len(others), len(others), n_numbers / 1e3)
    cost = sum(size * seconds for size, seconds in zip(sizes[:3], COMPILE_SECONDS, strict=True))
    saved = sum(size * milliseconds for size, milliseconds in zip(sizes, SAVED_MILLISECONDS, strict=True)) / 1e3
    return bool(expected_epochs(section) * steps_per_epoch * saved > cost)


def compiling_evaluations_pays(section: TrainingSection, *, n_blocks: int) -> bool:
    """Judges by the number of evaluation blocks."""
    return expected_epochs(section) * n_blocks >= COMPILE_FROM_EVALUATIONS


def expected_epochs(section: TrainingSection) -> int:
    """How many epochs to count on."""
    if section.early_stopping is None:
        return section.epochs
    return min(section.epochs, PATIENT_EPOCHS * (section.early_stopping.patience + 1))
