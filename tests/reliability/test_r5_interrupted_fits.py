"""R5: Ctrl-C and SIGTERM end a fit in good order, a second one at once."""

import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from dltrain.run.checkpoint import is_unfinished
from tests.reliability.fit_results import check_finished, check_unfinished, fingerprint, names, newest_state
from tests.reliability.fitting import FUZZ, PATIENCE, Ended, Launcher, Process, Uninterrupted
from tests.reliability.terminals import CTRL_C, HIDE_CURSOR, terminal

pytestmark = pytest.mark.slow

RECIPE = "averages"
MOST_SECONDS = 5.0
"""From the first signal to the end."""

AT_ONCE_SECONDS = 1.0
"""From the second one."""

LONGEST_WAIT_SECONDS = 1.5
CODES = {signal.SIGINT: 130, signal.SIGTERM: 143}
WORDS = {signal.SIGINT: "interrupted", signal.SIGTERM: "terminated"}


def interrupt(process: Process, number: signal.Signals, *, again_after: float | None = None) -> Ended:
    """Sends a signal, or twice the same, and waits for the end, which has to come soon."""
    started = time.monotonic()
    process.send(number)
    if again_after is not None:
        time.sleep(again_after)
        process.send(number)
    ended = process.end()
    assert time.monotonic() - started < MOST_SECONDS
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
    """SIGTERM, twice SIGINT within half a second, SIGINT while it begins, and SIGINT while the results are written."""
    run, expected, dice = tmp_path / f"{RECIPE}-1", fingerprint(uninterrupted(RECIPE)), random.Random(seed)  # noqa: S311

    process = launcher.start(recipes / f"{RECIPE}.yaml", "--runs", tmp_path)
    process.wait_until(lambda: newest_state(run))
    time.sleep(dice.uniform(0, LONGEST_WAIT_SECONDS))
    check_message(interrupt(process, signal.SIGTERM), signal.SIGTERM, run)
    check_unfinished(run, expected)

    process = launcher.start("--resume", run, "-q")
    last = newest_state(run)
    process.wait_until(lambda: newest_state(run) > last)
    ended = interrupt(process, signal.SIGINT, again_after=dice.uniform(0.01, 0.4))
    check_message(ended, signal.SIGINT, run)
    check_unfinished(run, expected)

    process = launcher.start("--resume", run)
    time.sleep(dice.uniform(0.2, LONGEST_WAIT_SECONDS))
    process.send(signal.SIGINT)
    # It may have to wait until the programs are compiled, for as long as that takes.
    ended = process.end()
    assert ended.code == CODES[signal.SIGINT], ended.err
    assert "Traceback" not in ended.err
    check_unfinished(run, expected)

    process = launcher.start("--resume", run)
    process.wait_until((run / ".result").exists)
    ended = interrupt(process, signal.SIGINT)
    assert ended.code == CODES[signal.SIGINT], ended.err
    assert "Traceback" not in ended.err
    if is_unfinished(run):
        check_unfinished(run, expected)
        assert ended.err.splitlines()[-1] == f"hint: dltrain fit --resume {run} goes on"
        ended = launcher.run("--resume", run)
        assert ended.code == 0, ended.err
    check_finished(run, expected)
    assert names(tmp_path) == [run.name]


@pytest.mark.parametrize("number", list(CODES))
def test_r5_a_fit_that_is_interrupted_early_leaves_nothing_or_can_go_on(
    tmp_path: Path, recipes: Path, number: signal.Signals
) -> None:
    """While Python starts, the table is read, and TensorFlow is imported; Python itself ends without a word."""
    dice = random.Random(number)  # noqa: S311
    command = [
        sys.executable,
        "-m",
        "dltrain",
        "fit",
        str(recipes / f"{RECIPE}.yaml"),
        "--runs",
        str(tmp_path / "runs"),
    ]
    for _ in range(3 * FUZZ):
        with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
            time.sleep(dice.uniform(0.1, 2.5))
            process.send_signal(number)
            started = time.monotonic()
            _, err = process.communicate(timeout=PATIENCE)
        assert time.monotonic() - started < MOST_SECONDS
        assert process.returncode in (CODES[number], -number), err
        assert "Traceback" not in err
        for name in names(tmp_path / "runs") if (tmp_path / "runs").exists() else []:
            # It was fast, and trained already.
            assert f"dltrain fit --resume {tmp_path / 'runs' / name} goes on" in err
            shutil.rmtree(tmp_path / "runs" / name)


def test_r5_ctrl_c_on_a_terminal_shows_the_cursor_again(tmp_path: Path, launcher: Launcher, recipes: Path) -> None:
    run = tmp_path / f"{RECIPE}-1"
    with terminal() as screen:
        process = launcher.start(recipes / f"{RECIPE}.yaml", "--runs", tmp_path, terminal=screen.command)
        # An epoch is over: from then on there is something to go on from.
        process.wait_until(lambda: "val_loss " in screen.text)
        assert HIDE_CURSOR in screen.text
        screen.press(CTRL_C)
        assert process.end().code == 130
        assert screen.is_cursor_shown
        assert f"hint: dltrain fit --resume {run} goes on" in screen.text
    assert newest_state(run)


def test_r5_a_second_ctrl_c_leaves_at_once(tmp_path: Path, launcher: Launcher, recipes: Path) -> None:
    """A step of this network takes seconds; the first Ctrl-C waits for its end."""
    run = tmp_path / "wide-1"
    with terminal() as screen:
        process = launcher.start(recipes / "wide.yaml", "--runs", tmp_path, terminal=screen.command)
        process.wait_until(lambda: "val_loss " in screen.text)
        # The epoch that has ended is being saved; then the next step begins.
        time.sleep(0.5)
        before = newest_state(run)
        screen.press(CTRL_C)
        time.sleep(0.6)
        assert process.is_running, "the step was too short"
        started = time.monotonic()
        screen.press(CTRL_C)
        assert process.end().code == 130
        assert time.monotonic() - started < AT_ONCE_SECONDS
        assert screen.is_cursor_shown
        assert "--resume" not in screen.text, "the step was too short"
    assert newest_state(run) == before
    assert not is_unfinished(run) or check_unfinished(run, {}).progress.divergence is None


def test_r5_a_signal_that_comes_twice_does_not_disturb_the_cleaning_up() -> None:
    script = (
        "import os, signal, time\n"
        "from dltrain.cli.signals import listen\n"
        "from dltrain.errors import Interrupted\n"
        "listen()\n"
        "try:\n    os.kill(os.getpid(), signal.SIGINT)\n    time.sleep(10)\n"
        "except Interrupted:\n    os.kill(os.getpid(), signal.SIGINT)\n    time.sleep(0.2)\n    print('clean')"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert (done.stdout, done.stderr) == ("clean\n", "")
