"""Work that other threads do ahead."""

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dltrain.background import begin, map_ahead, run_ahead
from tests.conftest import PATIENCE


def is_soon(condition: Callable[[], bool]) -> bool:
    """Whether a condition becomes true before patience ends."""
    deadline = time.monotonic() + PATIENCE
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.001)
    return condition()


def test_work_that_has_begun_goes_on_beside_this_thread() -> None:
    may_end = threading.Event()
    wait = begin(lambda: may_end.wait(PATIENCE), name="waiting")
    assert "waiting" in {thread.name for thread in threading.enumerate()}
    may_end.set()
    assert wait()
    assert wait(), "it can be asked again"


def test_an_error_of_work_that_has_begun_is_raised_where_it_is_waited_for() -> None:
    wait = begin(lambda: int("ten"), name="failing")
    with pytest.raises(ValueError, match="ten"):
        wait()


@settings(deadline=None)
@given(st.lists(st.integers()), st.integers(1, 4), st.integers(0, 3))
def test_results_are_those_of_map(items: list[int], threads: int, n_ahead: int) -> None:
    with map_ahead(str, items, threads=threads, n_ahead=n_ahead) as results:
        assert list(results) == list(map(str, items))


def test_results_keep_the_order_of_the_items_when_the_first_takes_longest() -> None:
    is_second_done = threading.Event()

    def work(item: int) -> int:
        if item == 0:
            assert is_second_done.wait(PATIENCE)
        is_second_done.set()
        return item

    with map_ahead(work, range(5), threads=2) as results:
        assert list(results) == [0, 1, 2, 3, 4]


def test_the_function_runs_in_several_threads_at_once() -> None:
    everybody = threading.Barrier(3)
    with map_ahead(lambda _: everybody.wait(PATIENCE), range(3), threads=3) as results:
        assert sorted(results) == [0, 1, 2]


def test_items_are_taken_by_one_thread_at_a_time() -> None:
    taking = threading.Lock()

    def items() -> Iterator[int]:
        for number in range(50):
            assert taking.acquire(blocking=False)
            time.sleep(0.0001)
            taking.release()
            yield number

    with map_ahead(lambda item: item, items(), threads=4) as results:
        assert list(results) == list(range(50))


@pytest.mark.parametrize(("threads", "n_ahead"), [(1, 1), (1, 3), (2, 1), (3, 2)])
def test_no_more_items_are_taken_ahead_than_there_is_room_for(threads: int, n_ahead: int) -> None:
    taken = list[int]()

    def items() -> Iterator[int]:
        for number in range(100):
            taken.append(number)
            yield number

    with map_ahead(lambda item: item, items(), threads=threads, n_ahead=n_ahead) as results:
        assert is_soon(lambda: len(taken) == threads + n_ahead)
        for result in results:
            # The one in our hands counts until we ask for the next.
            assert len(taken) <= result + threads + n_ahead
            if result == 20:
                assert is_soon(lambda: len(taken) == 20 + threads + n_ahead)
                break


def test_a_result_is_handed_out_while_the_next_item_lets_wait() -> None:
    is_used = threading.Event()

    def items() -> Iterator[str]:
        yield "first"
        assert is_used.wait(PATIENCE)
        yield "second"

    with map_ahead(str.upper, items(), threads=2) as results:
        assert next(results) == "FIRST"
        is_used.set()
        assert list(results) == ["SECOND"]


def failing_items(n_items: int) -> Iterator[int]:
    yield from range(n_items)
    raise ValueError("no more")


def failing_at(bad: int, item: int) -> int:
    if item == bad:
        raise ValueError("bad item")
    return item


@pytest.mark.parametrize("threads", [1, 3])
@pytest.mark.parametrize("n_before", [0, 1, 7])
def test_an_error_comes_in_the_place_of_its_result(threads: int, n_before: int) -> None:
    got = list[int]()
    with (
        pytest.raises(ValueError, match="no more"),
        map_ahead(lambda item: item, failing_items(n_before), threads=threads) as results,
    ):
        got.extend(results)
    with (
        pytest.raises(ValueError, match="bad item"),
        map_ahead(partial(failing_at, n_before), range(20), threads=threads) as results,
    ):
        got.extend(results)
    # list.extend keeps what came before the error.
    assert got == [*range(n_before), *range(n_before)]


def test_the_error_of_an_earlier_item_comes_first_even_when_it_happens_last() -> None:
    has_failed = threading.Event()

    def work(item: int) -> None:
        if item == 0:
            assert has_failed.wait(PATIENCE)
        has_failed.set()
        raise ValueError(item)

    with pytest.raises(ValueError, match="0"), map_ahead(work, range(5), threads=2) as results:
        list(results)


def test_leaving_early_ends_the_threads_and_closes_the_items() -> None:
    is_closed = threading.Event()

    def items() -> Iterator[int]:
        try:
            yield from range(10**9)
        finally:
            is_closed.set()

    before = set(threading.enumerate())
    with map_ahead(lambda item: item, items(), threads=3) as results:
        assert next(results) == 0
    assert is_closed.wait(PATIENCE)
    assert is_soon(lambda: set(threading.enumerate()) <= before)


def test_an_error_of_the_user_goes_out_unchanged_and_ends_the_threads() -> None:
    before = set(threading.enumerate())
    with pytest.raises(KeyError, match="mine"), run_ahead(range(10**9)):
        raise KeyError("mine")
    assert is_soon(lambda: set(threading.enumerate()) <= before)


def test_leaving_does_not_wait_for_an_item_that_never_comes() -> None:
    never = threading.Event()

    def items() -> Iterator[int]:
        yield 1
        never.wait(PATIENCE)

    started = time.monotonic()
    with map_ahead(lambda item: item, items(), threads=2) as results:
        assert next(results) == 1
    assert time.monotonic() - started < PATIENCE / 2
    never.set()


def test_results_are_let_go_when_they_were_used() -> None:
    alive = 0

    class Large:
        def __init__(self, _: int) -> None:
            nonlocal alive
            alive += 1

        def __del__(self) -> None:
            nonlocal alive
            alive -= 1

    with map_ahead(Large, range(50), threads=1) as results:
        for result in results:
            assert alive <= 3, "the one in use, one that waits, one that is being made"
            del result


def test_running_ahead_hands_on_the_items() -> None:
    with run_ahead(range(5)) as items:
        assert list(items) == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_a_process_whose_thread_waits_for_a_pipe(number: signal.Signals) -> None:
    script = (
        "import os, signal, sys\n"
        "from dltrain.background import run_ahead\n"
        "for number in (signal.SIGINT, signal.SIGTERM):\n"
        "    signal.signal(number, lambda number, _: sys.exit(128 + number))\n"
        "pieces = iter(lambda: os.read(0, 9), b'')\n"
        "with run_ahead(pieces) as pieces:\n"
        "    print('ready', flush=True)\n"
        "    next(pieces)\n"
    )
    with subprocess.Popen([sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        process.send_signal(number)
        with suppress(subprocess.TimeoutExpired):
            process.wait(PATIENCE)
        assert process.poll() == 128 + number
