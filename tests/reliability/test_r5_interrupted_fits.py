"""R5: Ctrl-C and SIGTERM end a fit in good order, a second one at once."""

import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from dltrain.cli.signals import SAME_PRESS_SECONDS
from tests.conftest import PATIENCE
from tests.reliability.fit_launcher import ENDLESS_STEP, RESULTS_WRITTEN, epoch_over
from tests.reliability.fit_results import check_finished, check_unfinished, fingerprint, names, newest_state
from tests.reliability.fitting import FUZZ, Ended, Launcher, Process, Uninterrupted
from tests.reliability.terminals import CTRL_C, HIDE_CURSOR, terminal
from tests.speed import allowed, measured, processor_seconds

pytestmark = pytest.mark.slow

RECIPE = "averages"
MOST_SECONDS = 5.0
"""Of processor time, from the first signal to the end."""

LONGEST_WAIT_SECONDS = 1.5
NO_SECOND_SIGNAL = 3_600.0
"""Seconds in which signals count as one, where the second one must not end the process, however late it comes."""

BEGUN = "import os, signal; from dltrain.cli import main; signal.signal(signal.SIGINT, signal.SIG_DFL)"
"""Before that, while Python itself starts, Ctrl-C gives a traceback of Python."""

CODES = {signal.SIGINT: 130, signal.SIGTERM: 143}
WORDS = {signal.SIGINT: "interrupted", signal.SIGTERM: "terminated"}


def interrupt(process: Process, number: signal.Signals, *, again_after: float | None = None) -> Ended:
    """Sends a signal, or twice the same, and waits for the end, which has to come soon."""
    before = processor_seconds(process.pid)
    process.send(number)
    if again_after is not None:
        time.sleep(again_after)
        process.send(number)
    ended = process.end()
    assert process.seconds - before < allowed(MOST_SECONDS)
    return ended


def check_message(ended: Ended, number: signal.Signals, run: Path) -> None:
    """The last two lines say where the training stands and how it goes on."""
    assert ended.code == CODES[number], ended.err
    where, hint = ended.err.splitlines()[-2:]
    assert where.startswith(f"{WORDS[number]} at ")
    assert where.endswith("; the state is saved")
    assert hint == f"hint: dltrain fit --resume {run} goes on"


@pytest.mark.parametrize("seed", range(FUZZ))
def test_r5_an_interrupted_fit_says_how_it_goes_on_and_then_gives_the_same_bits(
    tmp_path: Path, launcher: Launcher, recipes: Path, uninterrupted: Uninterrupted, seed: int
) -> None:
    """SIGTERM, twice SIGINT within half a second, SIGINT while it begins, and SIGINT while the results are written.

    Of the 100 epochs, none of the first three goes beyond the one that it waits at: the training is never over before.
    """
    run, expected, dice = tmp_path / f"{RECIPE}-1", fingerprint(uninterrupted(RECIPE)), random.Random(seed)  # noqa: S311

    process = launcher.start(recipes / f"{RECIPE}.yaml", "--runs", tmp_path, waits_at=epoch_over(30))
    process.wait_until(lambda: newest_state(run))
    time.sleep(dice.uniform(0, LONGEST_WAIT_SECONDS))
    check_message(interrupt(process, signal.SIGTERM), signal.SIGTERM, run)
    check_unfinished(run, expected)

    process = launcher.start("--resume", run, "-q", waits_at=epoch_over(60), same_press_seconds=NO_SECOND_SIGNAL)
    last = newest_state(run)
    process.wait_until(lambda: newest_state(run) > last or process.is_waiting)
    ended = interrupt(process, signal.SIGINT, again_after=dice.uniform(0.01, 0.4))
    check_message(ended, signal.SIGINT, run)
    check_unfinished(run, expected)

    process = launcher.start("--resume", run, waits_at=epoch_over(90))
    process.wait_until(lambda: process.is_listening)
    time.sleep(dice.uniform(0, LONGEST_WAIT_SECONDS))
    process.send(signal.SIGINT)
    # It may have to wait until the programs are compiled, for as long as that takes.
    ended = process.end()
    assert ended.code == CODES[signal.SIGINT], ended.err
    assert "Traceback" not in ended.err
    check_unfinished(run, expected)

    process = launcher.start("--resume", run, waits_at=RESULTS_WRITTEN)
    process.wait_until(lambda: process.is_waiting)
    ended = interrupt(process, signal.SIGINT)
    assert ended.code == CODES[signal.SIGINT], ended.err
    assert "Traceback" not in ended.err
    # What has begun to be written is written.
    check_finished(run, expected)
    assert names(tmp_path) == [run.name]


@pytest.mark.parametrize("number", list(CODES))
def test_r5_a_fit_that_is_interrupted_early_leaves_nothing_or_can_go_on(
    tmp_path: Path, recipes: Path, number: signal.Signals
) -> None:
    """While dltrain starts, the table is read, and TensorFlow is imported; until it listens it ends without a word."""
    dice, runs = random.Random(number), tmp_path / "runs"  # noqa: S311
    # However fast the machine and late the signal, this training is not over.
    fit = ["fit", str(recipes / f"{RECIPE}.yaml"), "training.epochs=1000000", "--runs", str(runs)]
    command = [sys.executable, "-c", f"{BEGUN}; os.write(1, b'!'); main()", *fit]
    for _ in range(3 * FUZZ):
        with (
            measured() as spent,
            subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process,
        ):
            assert process.stdout is not None
            assert process.stdout.read(1) == "!"
            time.sleep(dice.uniform(0, 2.5))
            before = processor_seconds(process.pid)
            process.send_signal(number)
            _, err = process.communicate(timeout=PATIENCE)
        assert spent.seconds - before < allowed(MOST_SECONDS)
        assert process.returncode in (CODES[number], -number), err
        assert "Traceback" not in err
        for name in names(runs) if runs.exists() else []:
            # It was fast, and trained already.
            assert f"dltrain fit --resume {runs / name} goes on" in err
            shutil.rmtree(runs / name)


def test_r5_ctrl_c_on_a_terminal_shows_the_cursor_again(tmp_path: Path, launcher: Launcher, recipes: Path) -> None:
    run = tmp_path / f"{RECIPE}-1"
    with terminal() as screen:
        process = launcher.start(
            recipes / f"{RECIPE}.yaml", "--runs", tmp_path, terminal=screen.command, waits_at=epoch_over(30)
        )
        # An epoch is over: from then on there is something to go on from.
        process.wait_until(lambda: "val_loss " in screen.text)
        assert HIDE_CURSOR in screen.text
        screen.press(CTRL_C)
        assert process.end().code == 130
        assert screen.is_cursor_shown
        assert f"hint: dltrain fit --resume {run} goes on" in screen.text
    assert newest_state(run)


def test_r5_a_second_ctrl_c_leaves_at_once(tmp_path: Path, launcher: Launcher, recipes: Path) -> None:
    """A step keeps TensorFlow busy for ever; the first Ctrl-C waits for its end, the second one does not."""
    run = tmp_path / f"{RECIPE}-1"
    with terminal() as screen:
        process = launcher.start(
            recipes / f"{RECIPE}.yaml", "--runs", tmp_path, terminal=screen.command, waits_at=ENDLESS_STEP
        )
        process.wait_until(lambda: screen.text and process.is_waiting)
        before = newest_state(run)
        screen.press(CTRL_C)
        time.sleep(1.2 * SAME_PRESS_SECONDS)
        is_running = process.is_running
        assert is_running, "the first one waits for the end of the step"
        # A busy machine may take two of them for one.
        deadline = time.monotonic() + PATIENCE
        while process.is_running:
            assert time.monotonic() < deadline
            screen.press(CTRL_C)
            time.sleep(1.2 * SAME_PRESS_SECONDS)
        assert process.end().code == 130
        assert screen.is_cursor_shown
        assert "--resume" not in screen.text
    assert newest_state(run) == before
    assert check_unfinished(run, {}).progress.divergence is None


def test_r5_a_signal_that_comes_twice_does_not_disturb_the_cleaning_up() -> None:
    script = (
        "import os, signal, time\n"
        "from dltrain.cli import signals\n"
        "from dltrain.errors import Interrupted\n"
        f"signals.SAME_PRESS_SECONDS = {NO_SECOND_SIGNAL}\n"
        "signals.listen()\n"
        "try:\n    os.kill(os.getpid(), signal.SIGINT)\n    time.sleep(10)\n"
        "except Interrupted:\n    os.kill(os.getpid(), signal.SIGINT)\n    time.sleep(0.2)\n    print('clean')"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert (done.stdout, done.stderr) == ("clean\n", "")
