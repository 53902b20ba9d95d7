"""The line that a terminal shows while training."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dltrain.cli.live_line import Training, live_line, sparkline
from dltrain.run import Epoch


def training(n_epochs: int, *, planned: int = 100, may_stop: bool = True) -> Training:
    epochs = [
        Epoch(n, loss=1 / n, val_loss=2 / n, metrics={"rmse": 3 / n}, learning_rate=1e-3, seconds=2.0)
        for n in range(1, n_epochs + 1)
    ]
    return Training(epochs, planned, rows=1_000, may_stop=may_stop, best=epochs[-1] if epochs else None)


def test_a_wide_terminal_shows_everything_in_its_order() -> None:
    assert live_line(training(20), width=150) == (
        "epoch  20/100  █▆▅▄▄▃▃▃▂▂▂▂▁▁▁▁  loss 0.0500  val_loss 0.1000  best 0.1000 in 20  val_rmse 0.1500  "
        "rate 0.001  500 rows/s  ≤ 2:40 left"
    )


@pytest.mark.parametrize(
    ("width", "shown"),
    [
        (5, " 20/1"),
        (10, " 20/100"),
        (20, "epoch  20/100"),
        (40, "epoch  20/100  val_loss 0.1000"),
        (60, "epoch  20/100  loss 0.0500  val_loss 0.1000  ≤ 2:40 left"),
        (80, "epoch  20/100  loss 0.0500  val_loss 0.1000  best 0.1000 in 20  ≤ 2:40 left"),
    ],
)
def test_a_narrow_terminal_drops_the_least_wanted_first(width: int, shown: str) -> None:
    assert live_line(training(20), width=width) == shown


@given(st.integers(0, 30), st.integers(1, 200))
def test_a_line_is_never_longer_than_the_terminal(n_epochs: int, width: int) -> None:
    assert len(live_line(training(n_epochs), width=width)) <= width


def test_without_early_stopping_the_time_left_is_no_upper_bound() -> None:
    assert live_line(training(20, may_stop=False), width=150).endswith("  2:40 left")


def test_no_sparkline_where_it_could_not_be_read() -> None:
    assert live_line(training(20), width=150, is_unicode=False).isascii() is False  # the sign for "at most"
    assert "█" not in live_line(training(20), width=150, is_unicode=False)


def test_equal_losses_are_a_flat_line() -> None:
    assert sparkline([2.0, 2.0, 2.0]) == "▁▁▁"
