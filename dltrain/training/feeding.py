"""How the rows of a block reach the program: the whole table lies there, or a thread gathers them block by block."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np

from dltrain.background import run_ahead
from dltrain.training.compiled import DeviceRows
from dltrain.training.examples import Examples

BLOCK_STEPS: Final = 256
"""Most steps of a block: enough that calling its program costs nothing, few enough to notice NaN soon."""

BLOCK_OPERATIONS: Final = 5e10
"""Most floating-point operations of a block of several steps: one to three seconds on a slow core, so that a request to
stop is heard soon. On a fast machine they take a tenth of a second, of which calling the program is next to nothing."""

GATHERED_BYTES: Final = 32 << 20
"""Most memory of a gathered block; three may exist at a time."""

RESIDENT_SHARE: Final = 0.25
"""Part of the free memory that a second copy of the training rows may take."""


class Block(NamedTuple):
    """What the program of a block wants.

    Attributes:
        rows: Holds the rows of the block, among others.
        order: int32 `(capacity, batch_size)`: where they are.
        n_steps: How many batches of `order` count; the others only keep its shape.
    """

    rows: DeviceRows
    order: np.ndarray
    n_steps: int


@dataclass(frozen=True)
class Feeder:
    """Hands out the training rows of an epoch.

    Attributes:
        examples: All of them.
        resident: The same as tensors, when there is memory for that.
        operations: Floating-point operations that training on one row takes.
    """

    examples: Examples
    resident: DeviceRows | None
    operations: float

    @classmethod
    def build(cls, examples: Examples, *, free_bytes: float, n_parameters: int) -> "Feeder":
        """Decides where the rows are kept.

        Args:
            examples: All training rows.
            free_bytes: Memory that may be used.
            n_parameters: Of the network.
        """
        fits = examples.n_bytes <= RESIDENT_SHARE * free_bytes
        # A product and a sum for every weight, forward and twice backward.
        return cls(examples, DeviceRows.from_examples(examples) if fits else None, operations=6.0 * n_parameters)

    @contextmanager
    def blocks(self, order: np.ndarray, *, start: int = 0) -> Iterator[Iterator[Block]]:
        """The full batches of an epoch, int32 `(n_batches, batch_size)`, in blocks.

        Args:
            order: The rows of every batch.
            start: Batches that are left out because they are done.
        """
        # A fixed shape keeps one compiled program for all blocks.
        capacity = self._capacity(order)
        parts = (order[first : first + capacity] for first in range(start, len(order), capacity))
        padded = ((np.concatenate([part, order[: capacity - len(part)]]), len(part)) for part in parts)
        if self.resident is not None:
            rows = self.resident
            yield (Block(rows, block, n_steps) for block, n_steps in padded)
            return
        with run_ahead(self._gather(block, n_steps) for block, n_steps in padded) as blocks:
            yield blocks

    def _capacity(self, order: np.ndarray) -> int:
        """Batches of a block, at least 1."""
        n_rows = order.shape[1]
        most = min(BLOCK_STEPS, int(BLOCK_OPERATIONS / max(1.0, self.operations * n_rows)))
        if self.resident is None and order.size:
            batch_bytes = self.examples.n_bytes / self.examples.n_rows * n_rows
            most = min(most, int(GATHERED_BYTES / batch_bytes))
        return max(1, min(len(order), most))

    def _gather(self, block: np.ndarray, n_steps: int) -> Block:
        rows = DeviceRows.from_examples(self.examples.take(block.ravel()))
        return Block(rows, np.arange(block.size, dtype=np.int32).reshape(block.shape), n_steps)

    def single(self, rows: np.ndarray) -> Block:
        """A block of one batch of any size, int32 `(n,)`."""
        block = rows[np.newaxis]
        return self._gather(block, 1) if self.resident is None else Block(self.resident, block, 1)
