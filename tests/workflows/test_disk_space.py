import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from itertools import count
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from dltrain.config import LoadedConfig, config_from_dict
from dltrain.errors import Interrupted, OutputError
from dltrain.run.checkpoint import CHECKPOINT
from dltrain.stopwatch import Stopwatch
from dltrain.workflows.cross_validation import cross_validate
from dltrain.workflows.fit import fit
from dltrain.workflows.fitting.audience import Audience
from dltrain.workflows.fitting.preparing import prepare
from dltrain.workflows.limits.disk_space import check_disk_space, expected_bytes
from dltrain.workflows.resume import resume
from dltrain.workflows.seeds import fit_seeds
from tests.conftest import GOLDEN


def loaded(units: int, **training: Any) -> LoadedConfig:
    return config_from_dict(
        {
            "data": {"path": str(GOLDEN / "people.csv"), "target": "bought", "id": ["person"]},
            "model": {"layers": [{"type": "dense", "units": units, "activation": "relu"}] * 2},
            "training": {"epochs": 3, "batch_size": 64, **training},
        }
    )


@pytest.fixture
def disk_of(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Makes every disk have so many free bytes."""

    def free(n_bytes: float) -> None:
        monkeypatch.setattr(shutil, "disk_usage", lambda path: SimpleNamespace(free=n_bytes))

    return free


def check(folder: Path, units: int, **training: Any) -> None:
    prepared = prepare(loaded(units, **training), Stopwatch())
    check_disk_space(folder, prepared.config, prepared.preprocessing)


def test_a_large_network_needs_room_before_it_is_trained(tmp_path: Path, disk_of: Callable[[float], None]) -> None:
    disk_of(100e6)

    with pytest.raises(
        OutputError, match="of free space, which checkpoints and the result of this fit take, got 100 MB"
    ):
        check(tmp_path / "runs" / "deep", 3_000)

    disk_of(1e9)
    check(tmp_path / "runs" / "deep", 3_000)


def test_small_networks_find_out_at_their_first_checkpoint(tmp_path: Path, disk_of: Callable[[float], None]) -> None:
    disk_of(0)

    check(tmp_path, 8)


def test_a_fit_is_refused_before_anything_is_written(tmp_path: Path, disk_of: Callable[[float], None]) -> None:
    disk_of(100e6)

    with pytest.raises(OutputError):
        fit(loaded(3_000), runs=tmp_path / "runs")

    assert not (tmp_path / "runs").exists()


def test_folds_and_seeds_are_refused_before_anything_is_written(
    tmp_path: Path, disk_of: Callable[[float], None]
) -> None:
    disk_of(600e6)
    check(tmp_path, 3_000)
    one = loaded(3_000)
    folds = one.config.model_copy(update={"split": one.config.split.model_copy(update={"folds": 20, "test": 0.05})})
    runs = tmp_path / "runs"
    for fits in (
        partial(fit_seeds, one, 20, runs=runs),
        partial(cross_validate, replace(one, config=folds), runs=runs),
    ):
        with pytest.raises(OutputError, match="result of these 20 fits take, got 600 MB"):
            fits()
        assert not runs.exists()


@contextmanager
def stopped_in_the_second_epoch() -> Iterator[Callable[[], bool]]:
    """Asked before, between and after the blocks of steps and of validation rows, of which an epoch has one each."""
    asked = count()
    yield lambda: next(asked) >= 4


@pytest.mark.slow
@pytest.mark.parametrize(
    "training",
    [
        {"optimizer": {"type": "adam"}, "early_stopping": {"patience": 2}},
        {"optimizer": {"type": "sgd"}, "early_stopping": None},
        {"optimizer": {"type": "sgd", "momentum": 0.9, "use_ema": True}, "early_stopping": None},
    ],
)
def test_what_is_expected_is_what_is_written(tmp_path: Path, training: dict[str, Any]) -> None:
    config = loaded(600, **training)
    with pytest.raises(Interrupted):
        fit(config, runs=tmp_path, audience=Audience(interruptible=stopped_in_the_second_epoch))
    checkpoint = max(path.stat().st_size for path in (tmp_path / "config-1" / CHECKPOINT).glob("*.safetensors"))
    run = resume(tmp_path / "config-1").path
    networks = sum((run / name).stat().st_size for name in ("model.keras", "model.onnx"))
    prepared = prepare(config, Stopwatch())

    for is_resumed, n_checkpoints in ((False, 3), (True, 1)):
        expected = expected_bytes(prepared.config, prepared.preprocessing, is_resumed=is_resumed)
        assert expected == pytest.approx(networks + n_checkpoints * checkpoint, rel=0.15)
