import json
from collections.abc import Iterator
from types import SimpleNamespace

import pytest

from benchmarks.steps import stopwatch
from benchmarks.steps.nets import NETS
from benchmarks.steps.stopwatch import Stopwatch


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Seconds that the next laps take, the first one first."""
    laps: list[float] = []

    def times() -> Iterator[float]:
        now = 0.0
        yield now
        while True:
            now += laps.pop(0)
            yield now

    running = times()
    # Of this module alone: threads that other tests have left look at the clock as well.
    monkeypatch.setattr(stopwatch, "time", SimpleNamespace(perf_counter=lambda: next(running)))
    return laps


def test_only_epochs_after_the_warm_up_count(clock: list[float], capsys: pytest.CaptureFixture[str]) -> None:
    net = NETS["3x64"]
    clock += [4.0, 3.0, 1.0, 2.0, 1.5]
    watch = Stopwatch(net)
    losses = [0.9, 0.8, 0.7, 0.6, 0.5]

    were_over = []
    for loss in losses:
        watch.lap(loss)
        were_over.append(watch.is_over)
    watch.report()

    assert were_over == [False, False, False, False, True]
    assert json.loads(capsys.readouterr().out) == {
        "ms_per_step": pytest.approx(1e3 * 1.5 / net.n_steps),
        "compile_seconds": pytest.approx(7.0 - 2 * 1.5),
        "first_loss": 0.9,
    }
