"""R2, inside the loop: a training that was interrupted and goes on computes the bits of one that was not."""

from collections.abc import Callable
from dataclasses import asdict, replace
from typing import Any

import numpy as np
import pytest

from dltrain.config.sections.training import TrainingSection
from dltrain.errors import Interrupted, RunError, TrainingError
from dltrain.run import Epoch, Progress
from dltrain.run.history import HISTORY, history_to_arrays, under
from tests.training.test_loop import HIDDEN, LAYERS, OPTIMIZERS, build, examples, section, train

pytestmark = pytest.mark.slow

PLATEAU = {
    "type": "sgd",
    "learning_rate": {"type": "reduce_on_plateau", "initial_learning_rate": 0.3, "patience": 1, "cooldown": 1},
}
CASES: dict[str, tuple[list[dict[str, Any]], dict[str, Any]]] = {
    "dropout and batch normalisation": (LAYERS["dropout"] + LAYERS["batch_normalization"], {}),
    "noise": (LAYERS["gaussian_noise"], {}),
    "moving averages": (HIDDEN, {"optimizer": {"type": "adam", "use_ema": True, "ema_momentum": 0.8}}),
    "cosine": (HIDDEN, {"optimizer": OPTIMIZERS["cosine"]}),
    "plateau": (HIDDEN, {"optimizer": PLATEAU}),
    "early stopping": (
        HIDDEN,
        {
            "optimizer": {"type": "sgd", "learning_rate": 0.5},
            "early_stopping": {"monitor": "val_loss", "patience": 2, "restore_best_weights": True},
        },
    ),
    "nadam": (HIDDEN, {"optimizer": "nadam"}),
    "amsgrad": (HIDDEN, {"optimizer": OPTIMIZERS["adam"]}),
}


@pytest.fixture(autouse=True)
def short_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """An epoch has blocks of two, of two, and of one step, and a short batch."""
    monkeypatch.setattr("dltrain.training.feeding.BLOCK_STEPS", 2)


def settings(name: str, **values: Any) -> TrainingSection:
    return section(**({"epochs": 6, "batch_size": 17} | CASES[name][1] | values))


def outcome(network: Any, epochs: tuple[Epoch, ...]) -> tuple[list[bytes], list[dict[str, Any]]]:
    weights = [np.asarray(weight).tobytes() for weight in network.get_weights()]
    return weights, [asdict(replace(epoch, seconds=0.0)) for epoch in epochs]


def stop_at(question: int) -> Callable[[], bool]:
    """Answers no, and yes from a certain question on."""
    asked = iter(range(1, 10_000))
    return lambda: next(asked) >= question


def run(name: str, *, stops: tuple[int, ...] = (), **values: Any) -> tuple[list[bytes], list[dict[str, Any]]]:
    """Trains, going on in a new network after every stop."""
    from dltrain.training import Keeping, Snapshot

    saved: list[Snapshot] = []
    for question in stops:
        start = saved[-1] if saved else None
        keeping = Keeping(saved.append, stop_at(question))
        with pytest.raises(Interrupted):
            train(
                build(CASES[name][0], examples()), settings(name, **values), examples(), keeping=keeping, resume=start
            )
    network = build(CASES[name][0], examples())
    epochs = train(network, settings(name, **values), examples(), resume=saved[-1] if saved else None)
    return outcome(network, epochs)


@pytest.mark.parametrize("name", CASES)
def test_r2_a_training_interrupted_anywhere_gives_the_same_bits(name: str) -> None:
    # Before the first step, after the short batch of an epoch, before that of the next one, and at its end.
    assert run(name, stops=(1, 4, 6, 5)) == run(name)


def test_r2_so_it_does_when_xla_compiles_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dltrain.training.loop.compiling_pays", lambda *_, **__: True)
    name = "dropout and batch normalisation"
    assert run(name, stops=(2, 6)) == run(name)


def test_r2_a_training_interrupted_at_its_very_end_only_has_to_end() -> None:
    from dltrain.training import Keeping, Snapshot

    saved: list[Snapshot] = []
    n_questions = 1 + 6 * 6
    keeping = Keeping(saved.append, stop_at(n_questions))
    with pytest.raises(Interrupted):
        train(build(HIDDEN, examples()), settings("nadam"), examples(), keeping=keeping)
    assert saved[-1].progress.epoch == 7
    assert run("nadam", stops=(n_questions,)) == run("nadam")


def test_a_checkpoint_does_not_change_with_the_training(monkeypatch: pytest.MonkeyPatch) -> None:
    from dltrain.training import Keeping, Snapshot

    monkeypatch.setattr("dltrain.training.keeping.MAX_SHARE", 1e9)

    saved: list[Snapshot] = []
    copies: list[list[bytes]] = []

    def save(snapshot: Snapshot) -> None:
        saved.append(snapshot)
        copies.append([array.tobytes() for array in snapshot.arrays.values()])

    train(build(HIDDEN, examples()), settings("early stopping"), examples(), keeping=Keeping(save, every_seconds=0.0))
    assert [[array.tobytes() for array in snapshot.arrays.values()] for snapshot in saved] == copies
    assert len({str(copy) for copy in copies}) == len(copies) > 1


def is_finite(snapshot: Any) -> bool:
    return all(np.isfinite(array).all() for array in snapshot.arrays.values())


def test_r8_the_last_finite_state_is_saved_when_the_loss_diverges() -> None:
    from dltrain.training import Keeping, Snapshot

    saved: list[Snapshot] = []
    training = section(optimizer={"type": "sgd", "learning_rate": 1e30}, epochs=3)
    with pytest.raises(TrainingError) as error:
        train(build(HIDDEN, examples()), training, examples(), keeping=Keeping(saved.append))
    assert is_finite(saved[-1])
    assert saved[-1].progress.divergence == error.value.message
    assert saved[-1].progress == Progress(divergence=error.value.message)


def test_r8_a_state_that_is_not_finite_is_never_saved() -> None:
    """The gradient of the last step is infinite, its loss is not: the next loss would show it."""
    from dltrain.training import Keeping, Snapshot

    saved: list[Snapshot] = []
    training = section(optimizer={"type": "sgd", "learning_rate": 1e38}, batch_size=90, epochs=2)
    with pytest.raises(TrainingError, match=r"epoch 1, validation|epoch 2"):
        train(build(HIDDEN, examples()), training, examples(), keeping=Keeping(saved.append, every_seconds=0.0))
    assert all(map(is_finite, saved))


def test_a_checkpoint_of_another_network_is_refused() -> None:
    from dltrain.training import Snapshot

    network = build(LAYERS["batch_normalization"], examples())
    arrays = {"network/0/kernel": np.zeros((3, 3), np.float32), **under(HISTORY, history_to_arrays([]))}
    start = Snapshot(Progress(steps=1), arrays)
    with pytest.raises(RunError, match="expected the arrays of this network, 'network/0/"):
        train(network, section(), examples(), resume=start)


def test_r4_keeping_takes_a_small_part_of_the_time_however_slow_the_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """By a clock of its own: an epoch takes a second, copying half as long, saving three times as long."""
    from dltrain.stopwatch import Stopwatch
    from dltrain.training import Keeping, Snapshot
    from dltrain.training.keeping import MAX_SHARE
    from dltrain.training.state import TrainingState

    seconds, n_copied, n_saved = 0.0, 0, 0
    copy = TrainingState.copy

    class Clock:
        @staticmethod
        def perf_counter() -> float:
            return seconds

    def copy_slowly(state: TrainingState) -> Snapshot:
        nonlocal seconds, n_copied
        seconds, n_copied = seconds + 0.5, n_copied + 1
        return copy(state)

    def save_slowly(_: Snapshot) -> None:
        nonlocal seconds, n_saved
        seconds, n_saved = seconds + 3, n_saved + 1

    def end_epoch(_: Epoch) -> None:
        nonlocal seconds
        seconds += 1

    for module in ("dltrain.stopwatch", "dltrain.training.keeping"):
        monkeypatch.setattr(f"{module}.time", Clock)
    monkeypatch.setattr(TrainingState, "copy", copy_slowly)
    watch, keeping = Stopwatch(_started=0.0), Keeping(save_slowly, every_seconds=0.0)
    train(
        build(HIDDEN, examples()), section(epochs=1_000), examples(), keeping=keeping, watch=watch, on_epoch=end_epoch
    )
    assert seconds > 1_000
    # The first of both come before any step, and the first save is expected to take ten times a copy.
    assert 2 <= n_saved - 1 <= MAX_SHARE * seconds / 3
    assert 10 <= n_copied - 1 <= MAX_SHARE * seconds / 0.5 + n_saved
    assert watch.seconds["checkpoint"] == 0.5 * n_copied + 3 * n_saved < 0.03 * watch.elapsed


def test_a_small_state_is_saved_in_time_although_its_first_copy_takes_long(monkeypatch: pytest.MonkeyPatch) -> None:
    from dltrain.training import Keeping, Snapshot
    from dltrain.training.state import TrainingState

    seconds, copy = 0.0, TrainingState.copy
    saved: list[float] = []

    class Clock:
        @staticmethod
        def perf_counter() -> float:
            return seconds

    def copy_slowly_once(state: TrainingState) -> Snapshot:
        nonlocal seconds
        seconds += 0.0 if saved else 0.5
        return copy(state)

    def end_epoch(_: Epoch) -> None:
        nonlocal seconds
        seconds += 1

    for module in ("dltrain.stopwatch", "dltrain.training.keeping"):
        monkeypatch.setattr(f"{module}.time", Clock)
    monkeypatch.setattr(TrainingState, "copy", copy_slowly_once)
    keeping = Keeping(lambda _: saved.append(seconds), every_seconds=10.0)
    train(build(HIDDEN, examples()), section(epochs=25), examples(), keeping=keeping, on_epoch=end_epoch)
    assert saved[:3] == [0.5, 10.5, 20.5]
