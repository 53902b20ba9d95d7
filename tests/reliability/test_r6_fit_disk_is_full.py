"""R6: a full disk or a limit of the file size ends fit with exit 4; what was there stays, and the run can go on."""

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from dltrain.run.checkpoint import CHECKPOINT, is_unfinished
from tests.reliability.fit_results import check_finished, check_unfinished, contents, fingerprint, names, newest_state
from tests.reliability.fitting import Ended, Launcher, Uninterrupted

pytestmark = pytest.mark.slow

RECIPE = "weights"
SHORT = ("training.epochs=3", "training.checkpoint_seconds=1000")
"""Then there is one checkpoint, smaller than model.keras."""

FEW_BYTES = 512
"""The first checkpoint, which says what training begins with, is larger."""
PAGE_BYTES = 4096
CHECKPOINT_PAGES = 2
TOO_LARGE = "the file would be larger than the allowed size"
NO_SPACE = "no space left on the disk"


def check_refused(ended: Ended, path: Path, reason: str) -> int:
    """The line names the path, the reason and how much was written: the bytes. A hint follows where a run is kept."""
    assert ended.code == 4, ended.err
    message = re.escape(f"error: {path}: cannot be written: {reason} after ") + r"([\d,]+) bytes\n(hint: .*\n)?"
    match = re.fullmatch(message, ended.err)
    assert match, ended.err
    run = path if path.parent.name != CHECKPOINT else path.parent.parent
    if is_unfinished(run):
        hint = f"hint: dltrain fit --resume {run} goes on from the last checkpoint once it can be written\n"
        assert match[2] == hint
    return int(match[1].replace(",", ""))


@pytest.fixture
def earlier(tmp_path: Path, uninterrupted: Uninterrupted) -> dict[Path, bytes]:
    """Puts a finished run into the folder of runs; its content."""
    return contents(shutil.copytree(uninterrupted(RECIPE), tmp_path / f"{RECIPE}-1"))


def test_r6_a_checkpoint_beyond_the_file_size_limit_leaves_the_one_before(
    tmp_path: Path, launcher: Launcher, recipes: Path, uninterrupted: Uninterrupted, earlier: dict[Path, bytes]
) -> None:
    """With the weights of the best epoch, and with every epoch, checkpoints become larger."""
    config, run, expected = recipes / f"{RECIPE}.yaml", tmp_path / f"{RECIPE}-2", fingerprint(uninterrupted(RECIPE))
    ended = launcher.run(config, "--runs", tmp_path, "-q", max_file_bytes=FEW_BYTES)
    assert check_refused(ended, tmp_path / RECIPE, TOO_LARGE) <= FEW_BYTES
    assert names(tmp_path) == [f"{RECIPE}-1"]

    ended = launcher.run(config, "--runs", tmp_path, "-q", max_file_bytes=2 * PAGE_BYTES)
    number = newest_state(run) + 1
    assert check_refused(ended, run / CHECKPOINT / f"state-{number}.safetensors", TOO_LARGE) <= 2 * PAGE_BYTES
    assert names(tmp_path) == [f"{RECIPE}-1", run.name]
    check_unfinished(run, expected)
    assert names(run) == [CHECKPOINT]
    assert not [name for name in names(run / CHECKPOINT) if name.startswith(".")]

    ended = launcher.run("--resume", run, "-q")
    assert ended.code == 0, ended.err
    check_finished(run, expected)
    assert contents(tmp_path / f"{RECIPE}-1") == earlier


def test_r6_a_network_beyond_the_file_size_limit_leaves_the_checkpoint(
    tmp_path: Path, launcher: Launcher, recipes: Path
) -> None:
    whole, run = (tmp_path / f"{RECIPE}-{number}" for number in (1, 2))
    fit = (recipes / f"{RECIPE}.yaml", *SHORT, "--runs", tmp_path, "-q")
    assert launcher.run(*fit).code == 0
    size = (whole / "model.keras").stat().st_size
    ended = launcher.run(*fit, max_file_bytes=size - 1)
    check_refused(ended, run, TOO_LARGE)
    assert names(tmp_path) == [whole.name, run.name]
    assert names(run) == [CHECKPOINT]
    largest = max(path.stat().st_size for path in whole.iterdir())
    ended = launcher.run("--resume", run, "-q", max_file_bytes=largest + PAGE_BYTES)
    assert ended.code == 0, ended.err
    check_finished(run, fingerprint(whole))


@pytest.fixture
def small_disk(mount_disk: Callable[[int], Path]) -> Path:
    """A disk of 512 KB."""
    return mount_disk(512)


def fill(disk: Path, *, but: int) -> None:
    """Leaves so many free pages."""
    (disk / "filler").unlink(missing_ok=True)
    (disk / "filler").write_bytes(bytes((shutil.disk_usage(disk).free // PAGE_BYTES - but) * PAGE_BYTES))


def pages(path: Path) -> int:
    """What a file takes on the disk."""
    return -(-path.stat().st_size // PAGE_BYTES)


def test_r6_on_a_full_disk_every_result_can_be_the_first_without_room(
    tmp_path: Path, small_disk: Path, launcher: Launcher, recipes: Path
) -> None:
    """The folder itself, the checkpoint, and all results in the order in which they are written."""
    fit = (recipes / f"{RECIPE}.yaml", *SHORT, "-q", "--runs")
    assert launcher.run(*fit, tmp_path / "runs").code == 0
    whole, run = tmp_path / "runs" / f"{RECIPE}-1", small_disk / f"{RECIPE}-1"
    fill(small_disk, but=0)
    check_refused(launcher.run(*fit, small_disk), small_disk / RECIPE, NO_SPACE)
    assert names(small_disk) == ["filler"]

    order = [
        "config.yaml",
        "preprocessing.json",
        "model.keras",
        "model.onnx",
        "history.csv",
        "metrics.json",
        "report.html",
    ]
    written = -1
    for position, name in enumerate(order):
        shutil.rmtree(run, ignore_errors=True)
        fill(small_disk, but=CHECKPOINT_PAGES + sum(pages(whole / before) for before in order[:position]))
        before, written = written, check_refused(launcher.run(*fit, small_disk), run, NO_SPACE)
        assert written > before, name
        assert names(small_disk) == ["filler", run.name]
        assert names(run) == [CHECKPOINT]
    (small_disk / "filler").unlink()
    ended = launcher.run("--resume", run, "-q")
    assert ended.code == 0, ended.err
    check_finished(run, fingerprint(whole))
