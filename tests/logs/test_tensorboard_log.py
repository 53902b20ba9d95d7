"""Event files, read back by TensorBoard itself."""

from pathlib import Path

import pytest
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.backend.event_processing.plugin_event_accumulator import EventAccumulator as ShownAccumulator

from dltrain.config import to_yaml
from dltrain.logs import TensorBoardLog
from dltrain.run.members import SEEDS
from tests.logs.runs import a_result, a_run, an_epoch

# TensorBoard reads with TensorFlow where that is installed.
pytestmark = pytest.mark.slow


def read(folder: Path) -> EventAccumulator:
    events = EventAccumulator(str(folder))
    events.Reload()
    return events


def points(events: EventAccumulator, tag: str) -> list[tuple[int, float]]:
    return [(event.step, event.value) for event in events.Scalars(tag)]


def test_every_number_of_an_epoch_is_a_curve(tmp_path: Path) -> None:
    log = TensorBoardLog(tmp_path / "tb")
    log.begin(a_run(tmp_path / "runs" / "wine-3"))
    for number in (1, 2, 4):
        log.add(an_epoch(number), 1_000.0 + number)
    log.finish(a_result(best_epoch=2))

    assert [path.name for path in (tmp_path / "tb").iterdir()] == ["wine-3"]
    events = read(tmp_path / "tb" / "wine-3")
    assert set(events.Tags()["scalars"]) == {"loss", "val_loss", "val_rmse", "learning_rate", "seconds", "test.rmse"}
    assert points(events, "loss") == [(1, 1.0), (2, 0.5), (4, 0.25)]
    assert points(events, "val_rmse") == [(1, 3.0), (2, 6.0), (4, 12.0)]
    assert points(events, "learning_rate") == [(1, 0.125), (2, 0.125), (4, 0.125)]
    assert points(events, "test.rmse") == [(2, 0.75)]
    assert [event.wall_time for event in events.Scalars("loss")] == [1_001.0, 1_002.0, 1_004.0]


def test_the_config_is_a_text(tmp_path: Path) -> None:
    run = a_run(tmp_path / "runs" / "wine-1", data={"path": "/ü.csv", "target": "y"})
    log = TensorBoardLog(tmp_path / "tb")
    log.begin(run)
    log.stop(is_interrupted=True)

    events = read(tmp_path / "tb" / "wine-1")
    assert events.summary_metadata["config"].plugin_data.plugin_name == "text"
    (text,) = events.Tensors("config")[0].tensor_proto.string_val
    lines = text.decode().splitlines()
    assert all(line.startswith("    ") for line in lines)
    assert [line[4:] for line in lines] == to_yaml(run.config).splitlines()


def test_points_can_be_read_while_training_goes_on(tmp_path: Path) -> None:
    log = TensorBoardLog(tmp_path)
    log.begin(a_run(tmp_path / "runs" / "wine-1"))
    log.add(an_epoch(1), 1.0)
    assert points(read(tmp_path / "wine-1"), "loss") == [(1, 1.0)]
    log.stop(is_interrupted=True)


def test_a_resumed_run_has_every_epoch_once(tmp_path: Path) -> None:
    run = a_run(tmp_path / "runs" / "wine-1")
    for numbers in ((1, 2, 3), (1, 2, 3, 4)):
        # Interrupted in epoch 4, resumed from a checkpoint of epoch 2: 3 is computed again.
        log = TensorBoardLog(tmp_path / "tb")
        log.begin(run)
        for number in numbers:
            log.add(an_epoch(number), 1.0)
        log.stop(is_interrupted=True)

    assert [step for step, _ in points(read(tmp_path / "tb" / "wine-1"), "loss")] == [1, 2, 3, 4]
    shown = ShownAccumulator(str(tmp_path / "tb" / "wine-1"))
    shown.Reload()
    assert [event.step for event in shown.Tensors("loss")] == [1, 2, 3, 4]
    assert len(shown.Tensors("config")) == 1


def test_a_run_of_a_group_lies_in_the_folder_of_the_group(tmp_path: Path) -> None:
    run = a_run(tmp_path / "runs" / "wine-2" / "seed-1")
    (run.path.parent / SEEDS.origin_name).touch()
    log = TensorBoardLog(tmp_path / "tb")
    log.begin(run)
    log.stop(is_interrupted=True)
    assert (tmp_path / "tb" / "wine-2" / "seed-1").is_dir()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs the device of a full disk")
def test_a_full_disk_is_an_error_at_once_and_the_file_is_closed(tmp_path: Path) -> None:
    log = TensorBoardLog(tmp_path)
    log.begin(a_run(tmp_path / "runs" / "wine-1"))
    log._file._writer.close()
    log._file._writer = Path("/dev/full").open("wb")  # noqa: SIM115 - the log closes it
    with pytest.raises(OSError, match="No space left"):
        log.add(an_epoch(1), 1.0)
    assert log._file.closed
