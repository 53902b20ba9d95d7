"""Adding up the time of stages."""

import threading
import time
from collections.abc import Iterator

import pytest

from dltrain.stopwatch import Stopwatch


def test_a_stage_counts_every_time_it_is_entered() -> None:
    watch = Stopwatch()
    for _ in range(3):
        with watch.stage("work"):
            time.sleep(0.01)
    assert 0.03 <= watch.seconds["work"] <= watch.elapsed


def test_stages_keep_the_order_in_which_they_began() -> None:
    watch = Stopwatch()
    with watch.stage("outer"), watch.stage("inner"):
        pass
    assert list(watch.seconds) == ["outer", "inner"]


def test_a_stage_that_fails_counts() -> None:
    watch = Stopwatch()

    def fail() -> None:
        with watch.stage("work"):
            time.sleep(0.01)
            raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        fail()
    assert watch.seconds["work"] >= 0.01


class Clock:
    """A clock that goes on when it is told to."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def perf_counter(self) -> float:
        return self.seconds


def test_taking_counts_the_making_of_items_and_not_their_use(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    monkeypatch.setattr("dltrain.stopwatch.time", clock)

    def items() -> Iterator[int]:
        for number in range(3):
            clock.seconds += 1
            yield number
        clock.seconds += 1

    watch = Stopwatch(_started=0.0)
    taken = []
    for item in watch.taking("make", items()):
        clock.seconds += 100
        taken.append(item)
    assert taken == [0, 1, 2]
    assert watch.seconds["make"] == 4
    assert watch.elapsed == 304


def test_threads_add_to_the_same_stage() -> None:
    watch = Stopwatch()

    def work() -> None:
        for _ in range(200):
            with watch.stage("work"):
                pass
        with watch.stage("sleep"):
            time.sleep(0.02)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert watch.seconds["sleep"] >= 0.08
