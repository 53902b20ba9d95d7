"""Work that other threads do ahead, while this one uses what is done.

It pays where the work leaves the interpreter alone: reading files, Arrow, NumPy, ONNX Runtime and TensorFlow do.
"""

import threading
import time
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from queue import SimpleQueue
from typing import Final, Generic, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

_SECONDS_TO_END: Final = 0.5
"""How long stopping waits for threads. They only get stuck in reading, and then nobody wants what they read."""


def begin(work: Callable[[], Result], *, name: str) -> Callable[[], Result]:
    """Begins one piece of work in a background thread, which the end of the process does not wait for.

    Args:
        work: Called once.
        name: Of the thread.

    Returns:
        A function that waits for the work, and returns or raises what it did.

    >>> begin(lambda: 6 * 7, name="product")()
    42
    """
    task = _Task[Result]()

    def do() -> None:
        try:
            task.result.append(work())
        except BaseException as error:  # noqa: BLE001 - whoever waits gets it
            task.error = error

    thread = threading.Thread(target=do, daemon=True, name=name)
    thread.start()

    def wait() -> Result:
        thread.join()
        if task.error is not None:
            raise task.error
        return task.result[0]

    return wait


@contextmanager
def run_ahead(items: Iterable[Item]) -> Iterator[Iterator[Item]]:
    """Takes items in a background thread, one of them before it is asked for.

    Everything said of `map_ahead` holds here too.

    >>> with run_ahead("abc") as letters:
    ...     "".join(letters)
    'abc'
    """
    with map_ahead(_itself, items, threads=1) as results:
        yield results


@contextmanager
def map_ahead(
    function: Callable[[Item], Result], items: Iterable[Item], *, threads: int, n_ahead: int = 1
) -> Iterator[Iterator[Result]]:
    """Applies a function to items in background threads; the results come in the order of the items.

    The threads also take the items, one of them at a time and never two at once, so that neither taking items nor
    the function holds up whoever uses the results. An error of either is raised in the place of its result.

    Leaving the block stops the threads, each after the item it works on. One that waits for its next item, from a
    pipe for example, is left behind and ends with the process.

    Args:
        function: Called in several threads at once.
        items: Closed by the threads when they stop early, if it is a generator.
        threads: Number of threads, at least 1.
        n_ahead: Results that may wait to be used while all threads work on others.

    Yields:
        The results. At most `threads + n_ahead` items have been taken whose results were not.

    >>> with map_ahead(str.upper, "abc", threads=2) as letters:
    ...     "".join(letters)
    'ABC'
    """
    relay = _Relay(function, iter(items), room=threads + n_ahead)
    workers = [threading.Thread(target=relay.work, daemon=True, name=f"ahead-{n}") for n in range(threads)]
    try:
        for worker in workers:
            worker.start()
        yield relay.results()
    finally:
        relay.stop()
        deadline = time.monotonic() + _SECONDS_TO_END
        for worker in workers:
            if worker.ident is not None:
                worker.join(max(0.0, deadline - time.monotonic()))


def _itself(item: Item) -> Item:
    return item


@dataclass
class _Task(Generic[Result]):
    """A result that is on its way: a list of one, empty when an error came instead."""

    is_done: threading.Event = field(default_factory=threading.Event)
    result: list[Result] = field(default_factory=list)
    error: BaseException | None = None


class _Relay(Generic[Item, Result]):
    """What the threads share with the user of the results."""

    def __init__(self, function: Callable[[Item], Result], items: Iterator[Item], *, room: int) -> None:
        self._function = function
        self._items = items
        self._taking = threading.Lock()
        self._room = threading.Semaphore(room)
        self._tasks: SimpleQueue[_Task[Result] | None] = SimpleQueue()
        self._is_stopped = False

    def work(self) -> None:
        """Takes items and turns them into results until there are no more; what a thread does."""
        while (taken := self._take()) is not None:
            task, item = taken
            try:
                task.result.append(self._function(item))
            except BaseException as error:  # noqa: BLE001 - whoever uses the results gets it
                task.error = error
            task.is_done.set()
            # They may be large, and waiting for the next item may take long.
            del taken, task, item

    def results(self) -> Iterator[Result]:
        """The results in order."""
        while (task := self._tasks.get()) is not None:
            task.is_done.wait()
            if task.error is not None:
                raise task.error
            yield task.result.pop()
            self._room.release()

    def stop(self) -> None:
        """Lets every thread end after the item it works on."""
        self._is_stopped = True
        self._room.release()

    def _take(self) -> tuple[_Task[Result], Item] | None:
        """The next item and the place of its result; places are queued in the order of the items."""
        task = _Task[Result]()
        with self._taking:
            self._room.acquire()
            try:
                item = next(self._remaining_items())
            except StopIteration:
                self._tasks.put(None)
                self._room.release()
                return None
            except BaseException as error:  # noqa: BLE001 - likewise
                task.error = error
                task.is_done.set()
                self._tasks.put(task)
                return None
            self._tasks.put(task)
        return None if self._is_stopped else (task, item)

    def _remaining_items(self) -> Iterator[Item]:
        # Not closed by `stop`: a generator cannot be closed while another thread is in it.
        if self._is_stopped and isinstance(self._items, Generator):
            self._items.close()
        return iter(()) if self._is_stopped else self._items
