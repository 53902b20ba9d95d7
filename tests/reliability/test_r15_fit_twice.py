"""R15: two processes never work on one run directory; the second one stops with exit 4."""

import json
from pathlib import Path

import pytest

from tests.reliability.fit_launcher import epoch_over
from tests.reliability.fit_results import check_finished, check_unfinished, fingerprint, names
from tests.reliability.fitting import Launcher, LightFit, Uninterrupted

pytestmark = pytest.mark.slow

RECIPE = "momentum"


def test_r15_a_run_that_is_being_trained_is_not_resumed(
    tmp_path: Path, launcher: Launcher, light_fit: LightFit, recipes: Path, uninterrupted: Uninterrupted
) -> None:
    run, expected = tmp_path / "runs" / f"{RECIPE}-1", fingerprint(uninterrupted(RECIPE))
    first = launcher.start(recipes / f"{RECIPE}.yaml", "--runs", run.parent, "-q", waits_at=epoch_over(1))
    first.wait_until(lambda: first.is_waiting)
    second = light_fit("--resume", run)
    assert second.code == 4
    assert second.err.startswith(f"error: {run}: another process is writing it\nhint: ")
    first.kill()
    check_unfinished(run, expected)
    # The one that goes on waits at its second epoch: the other one comes in time, however late it is.
    racers = [launcher.start("--resume", run, "-q", waits_at=epoch_over(2)) for _ in range(2)]
    racers[0].wait_until(lambda: not all(racer.is_running for racer in racers))
    late, winner = sorted(racers, key=lambda racer: racer.is_running)
    ended = late.end()
    assert (ended.code, ended.err.splitlines()[0]) == (4, f"error: {run}: another process is writing it")
    assert winner.is_running
    winner.wait_until(lambda: winner.is_waiting)
    winner.kill()
    ended = launcher.run("--resume", run, "-q")
    assert ended.code == 0, ended.err
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
