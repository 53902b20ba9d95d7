"""How many float32 operations a second matrix products of 512 × 512 reach on this machine.

python -m benchmarks.steps.matrix_rate

Prints JSON: the rates of NumPy and of a program that TensorFlow compiles with XLA. Each is the median over as many
seconds as training steps are timed for, whose time is a median too: the fastest moment of a busy machine would be no
measure for them.
"""

import json
import statistics
import time
from collections.abc import Callable

import numpy as np

from benchmarks.steps.stopwatch import COUNTED_SECONDS

SIZE = 512
PRODUCTS = 100


def typical_seconds(work: Callable[[], object]) -> float:
    """The median time that the work takes, after a first time that does not count."""
    work()
    seconds: list[float] = []
    while sum(seconds) < COUNTED_SECONDS:
        started = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - started)
    return statistics.median(seconds)


def numpy_work(matrix: np.ndarray) -> Callable[[], object]:
    """Products one after the other."""
    values, out = matrix.copy(), np.empty_like(matrix)

    def work() -> None:
        for _ in range(PRODUCTS):
            np.matmul(values, matrix, out=out)

    return work


def xla_work(matrix: np.ndarray) -> Callable[[], object]:
    """A chain of products in one program; each needs the one before, so none can be left out."""
    import tensorflow as tf

    def chain(start: tf.Tensor, factor: tf.Tensor) -> tf.Tensor:
        return tf.while_loop(
            lambda count, _: count < PRODUCTS, lambda count, values: (count + 1, tf.matmul(values, factor)), (0, start)
        )[1]

    compiled, constant = tf.function(chain, jit_compile=True, autograph=False), tf.constant(matrix)
    return lambda: compiled(constant, constant).numpy()


def main() -> None:
    """Measures and prints."""
    # Orthogonal, so that long chains neither grow nor vanish.
    matrix = np.linalg.qr(np.random.default_rng(0).standard_normal((SIZE, SIZE)))[0].astype(np.float32)
    operations = 2 * SIZE**3 * PRODUCTS
    works = {"numpy": numpy_work(matrix), "xla": xla_work(matrix)}
    print(json.dumps({name: operations / typical_seconds(work) for name, work in works.items()}))


if __name__ == "__main__":
    main()
