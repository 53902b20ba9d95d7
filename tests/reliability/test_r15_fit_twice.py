"""R15: two processes never work on one run directory; the second one stops with exit 4."""

import json
import signal
from pathlib import Path

import pytest

from dltrain.run.checkpoint import CHECKPOINT
from tests.reliability.fit_results import check_finished, check_unfinished, fingerprint, names
from tests.reliability.fitting import Launcher, LightFit, Uninterrupted

pytestmark = pytest.mark.slow

RECIPE = "momentum"


def test_r15_a_run_that_is_being_trained_is_not_resumed(
    tmp_path: Path, launcher: Launcher, light_fit: LightFit, recipes: Path, uninterrupted: Uninterrupted
) -> None:
    run, expected = tmp_path / "runs" / f"{RECIPE}-1", fingerprint(uninterrupted(RECIPE))
    first = launcher.start(recipes / f"{RECIPE}.yaml", "--runs", run.parent, "-q")
    first.wait_until((run / CHECKPOINT / ".lock").exists)
    first.send(signal.SIGSTOP)
    second = light_fit("--resume", run)
    first.send(signal.SIGCONT)
    assert second.code == 4
    assert second.err.startswith(f"error: {run}: another process is writing it\nhint: ")
    first.kill()
    check_unfinished(run, expected)
    racers = [launcher.start("--resume", run, "-q") for _ in range(2)]
    ended = sorted((racer.end() for racer in racers), key=lambda one: one.code)
    assert [one.code for one in ended] == [0, 4], ended
    assert ended[1].err.startswith(f"error: {run}: another process is writing it\n")
    check_finished(run, expected)
    assert names(run.parent) == [run.name]


def test_r15_two_fits_at_once_make_two_runs(
    tmp_path: Path, launcher: Launcher, recipes: Path, uninterrupted: Uninterrupted
) -> None:
    runs = tmp_path / "runs"
    both = [launcher.start(recipes / f"{RECIPE}.yaml", "--runs", runs, "--json") for _ in range(2)]
    ended = [one.end() for one in both]
    assert [one.code for one in ended] == [0, 0], ended
    assert sorted(json.loads(one.out)["run"] for one in ended) == [str(runs / f"{RECIPE}-{n}") for n in (1, 2)]
    assert names(runs) == [f"{RECIPE}-1", f"{RECIPE}-2"]
    for run in runs.iterdir():
        check_finished(run, fingerprint(uninterrupted(RECIPE)))
