"""When the state of a training is copied and saved."""

import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final, NoReturn

from dltrain.errors import Interrupted, TrainingError
from dltrain.stopwatch import Stopwatch
from dltrain.training.state import Snapshot, TrainingState

MAX_SHARE: Final = 0.01
"""Part of the time that copies may take, and that saving may take."""

_SAVE_PER_COPY: Final = 10
"""How much longer than copying, saving is taken to last before the first time."""

_BYTES_PER_SECOND: Final = 50e6
"""Of a slow disk: bounds that guess for a small state, most of whose first copy is TensorFlow's start."""

_WORTH_SAVING: Final = 0.1
"""Part of the time between two snapshots, after which the trained state is worth a snapshot of its own."""

_WORTH_SAVING_SECONDS: Final = 1.0
"""Likewise, at least."""


@dataclass(frozen=True)
class Keeping:
    """What to do with the state of a training.

    Attributes:
        save: Puts a snapshot where it survives this process.
        is_interrupted: Whether training should save its state and stop.
        every_seconds: Time between two snapshots that are saved, at least; more where saving takes long.
    """

    save: Callable[[Snapshot], None] = lambda _: None
    is_interrupted: Callable[[], bool] = lambda: False
    every_seconds: float = math.inf


class Keeper:
    """Copies and saves the state between blocks of steps, in a small part of the time.

    When it does depends on the clock; no number of the training does.
    """

    def __init__(self, state: TrainingState, keeping: Keeping, watch: Stopwatch) -> None:
        self._state = state
        self._keeping = keeping
        self._watch = watch
        self._copying, self._saving = _Pace(0.0), _Pace(keeping.every_seconds)
        with self._watch.stage("checkpoint"), self._copying.working():
            self._latest = state.copy()

    def begin(self) -> None:
        """Saves that training begins. Its arrays follow from the config, and may be large."""
        self._save(Snapshot(self._latest.progress, {}))
        n_bytes = sum(array.nbytes for array in self._latest.arrays.values())
        slow_disk_seconds = 2 * self._saving.last_seconds + n_bytes / _BYTES_PER_SECOND
        self._saving.expect(min(_SAVE_PER_COPY * self._copying.last_seconds, slow_disk_seconds))

    def save_if_due(self) -> None:
        """Copies and saves the state if it is time to.

        Raises:
            Interrupted: Training has to stop; its state is saved.
        """
        if self._keeping.is_interrupted():
            self.save_and_stop()
        has_to_save = self._saving.is_due
        if has_to_save or self._copying.is_due:
            is_new = self._copy()
            if has_to_save and is_new:
                self._save(self._latest)

    def raise_if_interrupted(self) -> None:
        """Lets a part of the work end early during which the state cannot be copied.

        Raises:
            Interrupted: Training has to stop; whoever began that part calls `save_and_stop`.
        """
        if self._keeping.is_interrupted():
            raise Interrupted

    def save_and_stop(self) -> NoReturn:
        """Saves the state.

        Raises:
            Interrupted: Always.
        """
        self._copy()
        self._save(self._latest)
        raise Interrupted(f"at {self._latest.progress.place}")

    def end(self) -> None:
        """Saves the trained state unless the last checkpoint is fresh: the result is still to be made."""
        fresh_seconds = max(_WORTH_SAVING_SECONDS, _WORTH_SAVING * self._keeping.every_seconds)
        if self._saving.seconds_since > fresh_seconds and self._copy():
            self._save(self._latest)

    def rescue(self, error: TrainingError) -> None:
        """Saves the last state whose numbers were finite, with the reason why training could not go on."""
        progress = self._latest.progress.model_copy(update={"divergence": error.message})
        self._save(Snapshot(progress, self._latest.arrays))

    def _save(self, snapshot: Snapshot) -> None:
        with self._watch.stage("checkpoint"), self._saving.working():
            self._keeping.save(snapshot)

    def _copy(self) -> bool:
        """Copies the state; a step may have made it worthless before a loss shows it, then the older copy is kept."""
        with self._watch.stage("checkpoint"), self._copying.working():
            is_finite = self._state.is_finite
            if is_finite:
                # Two copies of a large network at a time would be more memory than training needs.
                del self._latest
                self._latest = self._state.copy()
        return is_finite


@dataclass
class _Pace:
    """Spreads work so that it takes no more than `MAX_SHARE` of the time."""

    least_seconds: float
    _ended: float = field(default=-math.inf, init=False)
    _next: float = field(default=0.0, init=False)
    last_seconds: float = field(default=0.0, init=False)

    @property
    def is_due(self) -> bool:
        return time.perf_counter() >= self._next

    @property
    def seconds_since(self) -> float:
        return time.perf_counter() - self._ended

    @contextmanager
    def working(self) -> Iterator[None]:
        started = time.perf_counter()
        yield
        self._ended = time.perf_counter()
        self.last_seconds = self._ended - started
        self.expect(self.last_seconds)

    def expect(self, seconds: float) -> None:
        """Puts the next work off until so many seconds are a small part of the time since the last one."""
        self._next = self._ended + max(self.least_seconds, seconds / MAX_SHARE)
