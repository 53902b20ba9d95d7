"""R11: every epoch sees the rows in another order, which follows from the seed and the epoch alone."""

import hashlib
import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from dltrain.training.order import epoch_order

N_ROWS, EPOCHS = 90, 12

Orders = Callable[..., list[str]]


def sha256(order: np.ndarray) -> str:
    return hashlib.sha256(np.ascontiguousarray(order).tobytes()).hexdigest()


def test_r11_every_epoch_has_an_order_of_its_own() -> None:
    hashes = [sha256(epoch_order(1_000, seed=0, epoch=epoch)) for epoch in range(1, 501)]
    assert len(set(hashes)) == 500


def test_r11_the_order_follows_from_seed_and_epoch_alone() -> None:
    first = sha256(epoch_order(100, seed=7, epoch=3))
    np.random.default_rng(1).random(10)
    assert sha256(epoch_order(100, seed=7, epoch=3)) == first
    assert sha256(epoch_order(100, seed=8, epoch=3)) != first


@pytest.fixture
def trained_orders(monkeypatch: pytest.MonkeyPatch) -> Orders:
    """Trains, and gives the hash of the rows of every epoch in the order in which they reached the program."""
    from dltrain.config.sections.training import TrainingSection
    from dltrain.features import EncodedFeatures
    from dltrain.network import build_network
    from dltrain.training import Examples, train
    from dltrain.training.compiled import Programs
    from tests.training.test_loop import model_section

    seen: list[list[int]] = [[]]
    numbers = np.arange(N_ROWS, dtype=np.float32)[:, np.newaxis]
    features = EncodedFeatures(numbers / N_ROWS, np.empty((N_ROWS, 0), np.int32), widths=())
    # The answer of a row is its number, so the program can be asked which rows it got.
    data = Examples(features, numbers, np.ones(N_ROWS, np.float32))

    def note_rows(name: str) -> None:
        original = getattr(Programs, name)

        def noting(programs: Programs, rows: Any, order: np.ndarray, n_steps: int, **others: Any) -> Any:
            seen[-1] += np.asarray(rows.y)[order[:n_steps].ravel(), 0].astype(int).tolist()
            return original(programs, rows, order, n_steps, **others)

        monkeypatch.setattr(Programs, name, noting)

    for name in ("train_block", "train_short_block"):
        note_rows(name)

    def run(*, seed: int, batch_size: int, free_bytes: float = np.inf) -> list[str]:
        monkeypatch.setattr("dltrain.training.loop.available_memory", lambda: free_bytes)
        seen[:] = [[]]
        content = {"loss": "mse", "batch_size": batch_size, "epochs": EPOCHS, "early_stopping": None, "seed": seed}
        section = TrainingSection.model_validate_json(json.dumps(content))
        network = build_network(model_section([]), n_features=1, n_outputs=1, seed=0)
        train(
            network,
            section,
            training=data,
            validation=data,
            score=lambda _: {},
            on_epoch=lambda _: seen.append([]),
        )
        epochs = seen[:EPOCHS]
        assert all(sorted(rows) == list(range(N_ROWS)) for rows in epochs)
        return [sha256(np.array(rows)) for rows in epochs]

    return run


@pytest.mark.slow
@pytest.mark.parametrize("batch_size", [1, 20, 45, 128])
def test_r11_the_rows_reach_the_program_in_another_order_every_epoch(trained_orders: Orders, batch_size: int) -> None:
    hashes = trained_orders(seed=3, batch_size=batch_size)
    assert len(set(hashes)) == EPOCHS
    assert hashes == [sha256(epoch_order(N_ROWS, seed=3, epoch=n).astype(int)) for n in range(1, EPOCHS + 1)]


@pytest.mark.slow
def test_r11_the_same_seed_gives_the_same_orders_wherever_the_rows_are_kept(trained_orders: Orders) -> None:
    first = trained_orders(seed=3, batch_size=20)
    assert trained_orders(seed=3, batch_size=20) == first
    assert trained_orders(seed=3, batch_size=20, free_bytes=0) == first
    assert not set(trained_orders(seed=4, batch_size=20)) & set(first)
