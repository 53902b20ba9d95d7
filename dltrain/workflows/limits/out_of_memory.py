"""Memory that runs out all the same: others may have taken it since the estimate."""

from collections.abc import Iterator
from contextlib import contextmanager

from dltrain.errors import TrainingError
from dltrain.workflows.limits.memory import MemoryEstimate


class MemoryUsedUpError(TrainingError):
    """Training needed memory that the system did not have; nothing is wrong with its numbers."""


@contextmanager
def memory_errors(memory: MemoryEstimate) -> Iterator[None]:
    """Says in our words that there is no memory left.

    Args:
        memory: What the fit was expected to take.

    Raises:
        MemoryUsedUpError: Python, NumPy or TensorFlow could not get memory.
    """
    try:
        yield
    except Exception as error:
        if not is_out_of_memory(error):
            raise
        raise MemoryUsedUpError(
            f"training: the memory is used up: expected a fit to take {memory}, got no more from the system",
            hint="end other programs, or make the largest part smaller: model.layers, training.batch_size",
        ) from error


def is_out_of_memory(error: BaseException) -> bool:
    """Whether an error means this; TensorFlow's is known by its name, so that nobody has to import it."""
    return isinstance(error, MemoryError) or type(error).__name__ == "ResourceExhaustedError"
