"""Running the network over the validation rows."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from dltrain.config.sections.training import EVALUATION_ROWS
from dltrain.training.compiled import DeviceRows, Programs
from dltrain.training.examples import Examples


@dataclass(frozen=True)
class Evaluator:
    """The rows in blocks of one size, so that one compiled program serves them all.

    Attributes:
        blocks: Cover the rows in order; the last one begins with rows that the one before it has already.
        repeated: How many those are.
        weight: float64 `(n,)`.
    """

    blocks: tuple[DeviceRows, ...]
    repeated: int
    weight: np.ndarray

    @classmethod
    def build(cls, examples: Examples) -> "Evaluator":
        """Copies the rows, at least one, to the device."""
        n_blocks = math.ceil(examples.n_rows / EVALUATION_ROWS)
        size = math.ceil(examples.n_rows / n_blocks)
        starts = [min(number * size, examples.n_rows - size) for number in range(n_blocks)]
        blocks = (DeviceRows.from_examples(examples.take(slice(start, start + size))) for start in starts)
        return cls(tuple(blocks), n_blocks * size - examples.n_rows, examples.weight.astype(np.float64))

    def run(self, programs: Programs, *, before_block: Callable[[], None] = lambda: None) -> tuple[np.ndarray, float]:
        """The outputs for all rows, float32 `(n, n_outputs)`, and the weighted mean of their losses.

        Args:
            programs: Evaluate.
            before_block: Called before each block; may raise to end the work.
        """
        results = []
        for block in self.blocks:
            before_block()
            results.append(programs.evaluate(block))
        outputs, losses = (self._joined([np.asarray(part) for part in parts]) for parts in zip(*results, strict=True))
        return outputs, float(np.average(losses.astype(np.float64), weights=self.weight))

    def _joined(self, parts: list[np.ndarray]) -> np.ndarray:
        return np.concatenate([*parts[:-1], parts[-1][self.repeated :]])
