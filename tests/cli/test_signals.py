"""Signals that arrive in odd moments; how commands end in good order is tested in tests/reliability."""

import subprocess
import sys

import pytest

from dltrain.cli import signals
from dltrain.cli.app import app
from tests.conftest import PATIENCE, PROJECT

_PRESS = "import os, signal\ndef press():\n    os.kill(os.getpid(), signal.SIGINT)\n    return sum(range(1000))\n"


def _ended(script: str) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-c", _PRESS + script], capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    return done.returncode, done.stderr


def test_a_signal_before_the_command_begins_ends_it_as_one_that_comes_later() -> None:
    script = (
        "from dltrain.cli import failures\n"
        "listen = failures.listen\n"
        "failures.listen = lambda: (listen(), press())\n"
        "os._exit(failures.exit_code_of(lambda: None))"
    )
    assert _ended(script) == (130, "interrupted\n")


@pytest.mark.parametrize("page", [str(app.info.epilog), (PROJECT / "README.md").read_text(encoding="utf-8")])
def test_the_exit_code_of_every_signal_is_told(page: str) -> None:
    exit_codes = page[page.index("Exit codes: ") :]
    assert [code for number in signals.SIGNALS if str(code := 128 + number) not in exit_codes] == []


@pytest.mark.parametrize("wait", ["time.sleep(60)", "any(time.sleep(0.01) for _ in range(6000))"])
def test_a_signal_while_an_object_is_taken_apart_is_not_lost(wait: str) -> None:
    script = (
        "import time\n"
        "from dltrain.cli.failures import exit_code_of\n"
        "class Taken:\n"
        "    def __del__(self):\n"
        "        press()\n"
        "def command():\n"
        "    Taken()\n"
        f"    {wait}\n"
        "os._exit(exit_code_of(command))"
    )
    assert _ended(script) == (130, "interrupted\n")
