"""The line that a terminal shows while training."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dltrain.cli.live_line import Training, live_line, sparkline
from dltrain.run import Epoch
from dltrain.workflows.fitting.events import EpochGoesOn


def training(
    n_epochs: int,
    *,
    planned: int = 100,
    may_stop: bool = True,
    seconds: float = 1.9,
    going_on: EpochGoesOn | None = None,
) -> Training:
    epochs = [
        Epoch(n, loss=1 / n, val_loss=2 / n, metrics={"rmse": 3 / n}, learning_rate=1e-3, seconds=seconds)
        for n in range(1, n_epochs + 1)
    ]
    return Training(epochs, planned, 1_000, may_stop, epochs[-1] if epochs else None, going_on)


def test_a_wide_terminal_shows_everything_in_its_order() -> None:
    assert live_line(training(20), width=150) == (
        "epoch  20/100  █▆▅▄▄▃▃▃▂▂▂▂▁▁▁▁  loss 0.0500  val_loss 0.1000  best 0.1000 in 20  val_rmse 0.1500  "
        "rate 0.001  526 rows/s  ≤ 2:32 left"
    )


@pytest.mark.parametrize(
    ("width", "shown"),
    [
        (5, " 20/1"),
        (10, " 20/100"),
        (20, "epoch  20/100"),
        (40, "epoch  20/100  val_loss 0.1000"),
        (60, "epoch  20/100  loss 0.0500  val_loss 0.1000  ≤ 2:32 left"),
        (80, "epoch  20/100  loss 0.0500  val_loss 0.1000  best 0.1000 in 20  ≤ 2:32 left"),
    ],
)
def test_a_narrow_terminal_drops_the_least_wanted_first(width: int, shown: str) -> None:
    assert live_line(training(20), width=width) == shown


@given(st.integers(0, 30), st.integers(1, 200), st.booleans())
def test_a_line_is_never_longer_than_the_terminal(n_epochs: int, width: int, is_long: bool) -> None:
    going_on = EpochGoesOn(0.5, 30.0) if is_long else None
    shown = live_line(training(n_epochs, seconds=60.0 if is_long else 1.0, going_on=going_on), width=width)
    assert len(shown) <= width


def test_the_first_epoch_is_followed_and_timed_while_it_lasts() -> None:
    begun = training(0, planned=10, may_stop=False, going_on=EpochGoesOn(0.25, 15.0))
    assert live_line(begun, width=80) == "epoch  1/10  at 25%  17 rows/s  9:45 left"
    assert live_line(begun, width=25) == "epoch  1/10  at 25%"


def test_within_a_long_epoch_its_share_moves_and_the_time_left_shrinks() -> None:
    def line(going_on: EpochGoesOn | None) -> str:
        return live_line(training(20, seconds=60.0, going_on=going_on), width=70)

    assert line(None) == "epoch  20/100  next   0%  loss 0.0500  val_loss 0.1000  ≤ 1 h 20 left"
    assert line(EpochGoesOn(0.5, 30.0)) == "epoch  20/100  next  50%  loss 0.0500  val_loss 0.1000  ≤ 1 h 19 left"


def test_the_share_of_a_short_epoch_does_not_flicker() -> None:
    assert "next" not in live_line(training(20, going_on=EpochGoesOn(0.5, 0.1)), width=150)


def test_without_early_stopping_the_time_left_is_no_upper_bound() -> None:
    assert live_line(training(20, may_stop=False), width=150).endswith("  2:32 left")


def test_no_sparkline_where_it_could_not_be_read() -> None:
    assert live_line(training(20), width=150, is_unicode=False).isascii() is False  # the sign for "at most"
    assert "█" not in live_line(training(20), width=150, is_unicode=False)


def test_equal_losses_are_a_flat_line() -> None:
    assert sparkline([2.0, 2.0, 2.0]) == "▁▁▁"
