"""Checkpoints: the last two are kept, the newest whole one is read; one process works on a run."""

import math
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from dltrain.config import to_yaml
from dltrain.errors import OutputError, RunError
from dltrain.run import Epoch, Origin, Progress, UnfinishedRun, load_run, lock, newest_run, unfinished
from dltrain.run.checkpoint import CHECKPOINT, is_unfinished, origin_config, read_checkpoint
from dltrain.run.history import HISTORY, history_to_arrays, under
from dltrain.run.progress import Patience
from dltrain.run.unfinished import is_being_trained
from tests.reliability.run_writing import golden_files, history


def origin() -> Origin:
    files = golden_files()
    return Origin(created="", versions={"keras": "3"}, data={"data": files.data["data"]}, config=to_yaml(files.config))


def arrays(number: int) -> dict[str, np.ndarray]:
    """Of a training in the epoch of that number."""
    kernel = np.full((2, 3), number, np.float32)
    return {"network/0/kernel": kernel, "optimizer/0": np.array(number, np.int64), **history(number - 1)}


def save(run: UnfinishedRun, *epochs: int) -> Path:
    for epoch in epochs:
        run.save(Progress(epoch=epoch), arrays(epoch))
    assert run.path is not None
    return run.path


def states(run: Path) -> list[str]:
    return sorted(path.name for path in (run / CHECKPOINT).iterdir())


def test_the_last_two_are_kept_and_the_newest_is_read(tmp_path: Path) -> None:
    with UnfinishedRun(tmp_path / "runs", "people", origin()) as run:
        path = save(run, 1, 2, 3, 4)
    assert path == tmp_path / "runs/people-1"
    assert states(path) == ["state-3.safetensors", "state-4.safetensors"]
    checkpoint = read_checkpoint(path / CHECKPOINT)
    assert (checkpoint.origin, checkpoint.progress, checkpoint.note) == (origin(), Progress(epoch=4), None)
    np.testing.assert_equal(dict(checkpoint.arrays), arrays(4))


def test_the_tenth_is_newer_than_the_ninth(tmp_path: Path) -> None:
    with UnfinishedRun(tmp_path, "people", origin()) as run:
        path = save(run, *range(1, 11))
    assert read_checkpoint(path / CHECKPOINT).progress.epoch == 10


@pytest.mark.parametrize("damage", [b"", b"x", None])
def test_a_damaged_checkpoint_gives_way_to_the_one_before(tmp_path: Path, damage: bytes | None) -> None:
    with UnfinishedRun(tmp_path, "people", origin()) as run:
        path = save(run, 1, 2)
    newest = path / CHECKPOINT / "state-2.safetensors"
    newest.write_bytes(newest.read_bytes()[:-1] if damage is None else damage)
    checkpoint = read_checkpoint(path / CHECKPOINT)
    assert checkpoint.progress.epoch == 1
    assert checkpoint.note is not None
    assert checkpoint.note.startswith(f"{newest}: damaged checkpoint: ")
    (path / CHECKPOINT / "state-1.safetensors").write_bytes(b"")
    with pytest.raises(RunError, match=r"state-2\.safetensors: damaged checkpoint"):
        read_checkpoint(path / CHECKPOINT)


def test_progress_is_read_to_the_last_bit(tmp_path: Path) -> None:
    progress = Progress(
        epoch=2,
        steps=7,
        loss_sum=math.pi,
        loss=0.1 + 0.2,
        seconds=0.5,
        stopping=Patience(best=-0.0, waited=3),
        plateau=Patience(best=1e30, cooling=2),
    )
    with UnfinishedRun(tmp_path, "people", origin()) as run:
        run.save(progress, {})
        assert run.path is not None
        assert repr(read_checkpoint(run.path / CHECKPOINT).progress) == repr(progress)


def test_a_history_of_any_length_is_read_to_the_last_bit(tmp_path: Path) -> None:
    """Metrics may be undefined or infinite."""
    epochs = [
        Epoch(
            number=number,
            loss=0.1 + 0.2 * number,
            val_loss=1e-300,
            metrics={"rmse": math.inf if number == 2 else 1 / 3, "r2": math.nan},
            learning_rate=1e-3,
            seconds=2.0,
            is_best=number % 3 == 0,
        )
        for number in range(1, 100_001)
    ]
    with UnfinishedRun(tmp_path, "people", origin()) as run:
        run.save(Progress(epoch=100_001), under(HISTORY, history_to_arrays(epochs)))
        assert run.path is not None
        # repr, because nan differs from itself
        assert repr(read_checkpoint(run.path / CHECKPOINT).epochs) == repr(epochs)


@pytest.mark.parametrize(
    "change",
    [
        {"history/loss": np.zeros(2)},
        {"history/loss": np.zeros((3, 1))},
        {"history/loss": np.zeros(3, np.float32)},
        {"history/other": np.zeros(3)},
        {"history/is_best": np.zeros(3)},
    ],
)
def test_another_history_is_refused(tmp_path: Path, change: dict[str, np.ndarray]) -> None:
    epoch = Epoch(number=1, loss=1.0, val_loss=1.0, metrics={}, learning_rate=1.0, seconds=1.0)
    good = under(HISTORY, history_to_arrays([epoch] * 3))
    with UnfinishedRun(tmp_path, "people", origin()) as run:
        for arrays, n_epochs in ((good | change, 3), (good, 4)):
            run.save(Progress(epoch=n_epochs + 1), arrays)
            assert run.path is not None
            with pytest.raises(RunError, match=r"state-\d\.safetensors: damaged checkpoint: expected"):
                read_checkpoint(run.path / CHECKPOINT)


def test_a_finished_run_has_no_checkpoint_and_loads(tmp_path: Path) -> None:
    with UnfinishedRun(tmp_path, "people", origin()) as run:
        path = save(run, 1)
        assert is_unfinished(path)
        with pytest.raises(RunError, match="the run is not finished"):
            load_run(path)
        with pytest.raises(RunError, match="expected a finished run in here, got unfinished ones only"):
            newest_run(tmp_path)
        run.finish(golden_files())
    assert not is_unfinished(path)
    assert not (path / CHECKPOINT).exists()
    assert load_run(path).path == path
    with pytest.raises(RunError, match="this one is finished"):
        UnfinishedRun.reopen(path)


def test_r15_only_one_process_goes_on_with_a_run(tmp_path: Path) -> None:
    with UnfinishedRun(tmp_path, "people", origin()) as run:
        path = save(run, 1)
        assert is_being_trained(path)
        with pytest.raises(OutputError, match="another process"):
            UnfinishedRun.reopen(path)
    assert not is_being_trained(path)
    reopened, checkpoint = UnfinishedRun.reopen(path)
    with reopened:
        assert checkpoint.progress.epoch == 1
        assert is_being_trained(path)
        save(reopened, 2)
    assert read_checkpoint(path / CHECKPOINT).progress.epoch == 2
    assert [entry.name for entry in tmp_path.iterdir()] == ["people-1"]


def test_r15_a_run_is_locked_before_it_has_a_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    locked_when_named = []
    rename = Path.rename

    def watched(self: Path, target: Path) -> Path:
        locked_when_named.append(is_being_trained(self))
        return rename(self, target)

    with UnfinishedRun(tmp_path, "people", origin()) as run:
        with monkeypatch.context() as patch:
            patch.setattr(Path, "rename", watched)
            path = save(run, 1)
        assert is_being_trained(path)
    assert locked_when_named == [True]
    assert not is_being_trained(path)


def test_r15_a_run_that_was_finished_while_it_was_reopened_is_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with UnfinishedRun(tmp_path, "people", origin()) as run:
        path = save(run, 1)

    @contextmanager
    def late(path: Path, *, lock_path: Path) -> Iterator[bool]:
        (path / "manifest.json").touch()
        with lock.locked(path, lock_path=lock_path) as is_held:
            yield is_held

    monkeypatch.setattr(unfinished, "locked", late)
    with pytest.raises(RunError, match="this one is finished"):
        UnfinishedRun.reopen(path)
    assert not is_being_trained(path)


def test_no_more_files_are_tried_than_a_fit_leaves(tmp_path: Path) -> None:
    with UnfinishedRun(tmp_path, "people", origin()) as run:
        path = save(run, 1)
    (path / CHECKPOINT / "state-2.safetensors").write_bytes(b"")
    (path / CHECKPOINT / "state-3.safetensors").write_bytes(b"")
    assert read_checkpoint(path / CHECKPOINT).progress.epoch == 1
    (path / CHECKPOINT / "state-4.safetensors").write_bytes(b"")
    with pytest.raises(RunError, match=r"state-4\.safetensors: damaged"):
        read_checkpoint(path / CHECKPOINT)


def test_the_config_it_was_begun_with_comes_back(tmp_path: Path) -> None:
    assert origin_config(origin(), source="runs/x").config == golden_files().config
    broken = origin().model_copy(update={"config": "data: 3"})
    with pytest.raises(RunError, match="runs/x: damaged run: "):
        origin_config(broken, source="runs/x")


@pytest.mark.parametrize("name", ["nothing", "empty", "file"])
def test_what_is_no_unfinished_run_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "file").touch()
    with pytest.raises(RunError, match=r"expected an unfinished run, got (no checkpoint in it|nothing of that name)"):
        UnfinishedRun.reopen(tmp_path / name)


def test_the_checkpoint_that_a_training_goes_on_from_is_kept_not_the_damaged_one(tmp_path: Path) -> None:
    with UnfinishedRun(tmp_path, "people", origin()) as run:
        path = save(run, 1, 2)
    folder = path / CHECKPOINT
    (folder / "state-2.safetensors").write_bytes(b"")
    again, checkpoint = UnfinishedRun.reopen(path)
    with again:
        assert checkpoint.progress.epoch == 1
        save(again, 3)
    (folder / states(path)[-1]).write_bytes(b"")
    assert read_checkpoint(folder).progress.epoch == 1
