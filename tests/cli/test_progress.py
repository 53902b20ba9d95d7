"""What a person is shown of a fit, event by event."""

import io
from itertools import count
from types import SimpleNamespace

import pytest

from dltrain.cli.live_line import Training
from dltrain.cli.progress import FitDisplay
from dltrain.config import config_from_dict
from dltrain.workflows.fitting.events import EpochGoesOn, NetworkReady

CONFIG = config_from_dict(
    {"data": {"path": "a.csv", "target": "y"}, "model": {"layers": []}, "training": {"loss": "mse"}}
).config
N_BLOCKS = 100


class Terminal(io.StringIO):
    """Shows what would be drawn."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The share of the epoch in every line that is drawn, where every look at the clock takes 15 milliseconds."""
    shares: list[float] = []

    def live_line(training: Training, **_: object) -> str:
        shares.append(training.share)
        return f"at {training.share:.0%}"

    clock = count()
    monkeypatch.setattr("dltrain.cli.progress.live_line", live_line)
    # Of this module alone: threads that other tests have left look at the clock as well.
    monkeypatch.setattr("dltrain.cli.progress.time", SimpleNamespace(monotonic=lambda: next(clock) * 0.015))
    return shares


def show_an_epoch(stream: io.StringIO, *, is_quiet: bool = False) -> str:
    """What is printed of the blocks of an epoch, after the network."""
    with FitDisplay(stream, is_quiet=is_quiet) as display:
        display(NetworkReady((), CONFIG))
        before = stream.tell()
        for n in range(1, N_BLOCKS):
            display(EpochGoesOn(n / N_BLOCKS, n / 10))
    return stream.getvalue()[before:]


def test_a_terminal_sees_a_long_epoch_go_on_ten_times_a_second(drawn: list[float]) -> None:
    show_an_epoch(Terminal())
    # The first line is drawn with the network; blocks of 15 ms move it every seventh time.
    assert drawn[0] == 0
    assert drawn == sorted(drawn)
    assert 10 <= len(drawn) <= N_BLOCKS * 0.015 / 0.1 + 2


def test_a_log_and_a_quiet_command_are_told_nothing_of_it(drawn: list[float]) -> None:
    assert show_an_epoch(io.StringIO()) == ""
    assert show_an_epoch(Terminal(), is_quiet=True) == ""
    assert drawn == []
