"""The rows of a block reach the program in two ways, with the same result."""

from typing import Any

import numpy as np
import pytest

from dltrain.training.order import epoch_order
from tests.training.test_loop import BATCH, LAYERS, build, examples, section, train

pytestmark = pytest.mark.slow


def feeder(*, free_bytes: float) -> Any:
    from dltrain.training.feeding import Feeder

    return Feeder.build(examples(), free_bytes=free_bytes, n_parameters=100)


@pytest.mark.parametrize("use_xla", [True, False])
def test_gathered_rows_train_the_same_bits_as_resident_ones(use_xla: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dltrain.training.loop.compiling_pays", lambda *_, **__: use_xla)
    monkeypatch.setattr("dltrain.training.feeding.BLOCK_STEPS", 3)

    def weights(free_bytes: float) -> bytes:
        monkeypatch.setattr("dltrain.training.loop.available_memory", lambda: free_bytes)
        network = build(LAYERS["dropout"] + LAYERS["batch_normalization"], examples())
        train(network, section(epochs=3, batch_size=8), examples())
        return b"".join(weight.tobytes() for weight in network.get_weights())

    assert weights(0.0) == weights(1e12)


def test_rows_stay_when_there_is_memory_for_a_copy() -> None:
    n_bytes = examples().n_bytes
    assert feeder(free_bytes=4.1 * n_bytes).resident is not None
    assert feeder(free_bytes=3.9 * n_bytes).resident is None


@pytest.mark.parametrize("free_bytes", [0.0, 1e12])
@pytest.mark.parametrize("block_steps", [1, 2, 3, 4, 256])
def test_blocks_hold_every_batch_once_and_in_order(
    block_steps: int, free_bytes: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dltrain.training.feeding.BLOCK_STEPS", block_steps)
    data = examples()
    order = epoch_order(data.n_rows, seed=1, epoch=1)[: 4 * BATCH].reshape(4, BATCH)
    with feeder(free_bytes=free_bytes).blocks(order) as blocks:
        taken = [(block.n_steps, np.asarray(block.rows.numbers)[block.order], block.order.shape) for block in blocks]
    assert {shape for _, _, shape in taken} == {(min(block_steps, 4), BATCH)}
    batches = np.concatenate([numbers[:n_steps] for n_steps, numbers, _ in taken])
    np.testing.assert_array_equal(batches, data.features.numbers[order])


@pytest.mark.parametrize("free_bytes", [0.0, 1e12])
def test_a_table_smaller_than_a_batch_has_no_blocks(free_bytes: float) -> None:
    with feeder(free_bytes=free_bytes).blocks(np.empty((0, 1000), np.int32)) as blocks:
        assert list(blocks) == []


@pytest.mark.parametrize(("batch_size", "n_batches"), [(8, 11), (30, 3), (90, 1)])
def test_a_gathered_block_is_no_larger_than_its_bound_or_one_batch(
    batch_size: int, n_batches: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = examples()
    row_bytes = data.n_bytes / data.n_rows
    monkeypatch.setattr("dltrain.training.feeding.GATHERED_BYTES", 20 * row_bytes)
    order = epoch_order(data.n_rows, seed=1, epoch=1)[: n_batches * batch_size].reshape(n_batches, batch_size)
    with feeder(free_bytes=0.0).blocks(order) as blocks:
        sizes = [len(np.asarray(block.rows.numbers)) for block in blocks]
    assert max(sizes) <= max(20, batch_size)
    assert len(set(sizes)) == 1


def test_a_batch_size_beyond_the_rows_means_all_of_them() -> None:
    def weights(batch_size: int) -> bytes:
        network = build(LAYERS["batch_normalization"], examples())
        train(network, section(epochs=3, batch_size=batch_size), examples())
        return b"".join(weight.tobytes() for weight in network.get_weights())

    assert weights(90) == weights(1_000)
