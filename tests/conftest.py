"""Fixtures that several rooms share."""

import contextlib
import os
import shutil
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import hypothesis
import pytest

from dltrain.cli.app import app
from dltrain.cli.failures import exit_code_of

TESTS = Path(__file__).parent
PROJECT = TESTS.parent
GOLDEN = TESTS / "golden"

PATIENCE = 900.0
"""Seconds after which something hangs, however slow and busy the machine is."""

# Started with nohup or in the background of a script, tests would hand on that these signals are ignored.
for number, usual in ((signal.SIGINT, signal.default_int_handler), (signal.SIGHUP, signal.SIG_DFL)):
    if signal.getsignal(number) == signal.SIG_IGN:
        signal.signal(number, usual)

# What somebody has set for their terminal would change what commands print, here and in the processes of tests.
for name in ("COLUMNS", "FORCE_COLOR", "LINES", "NO_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE"):
    os.environ.pop(name, None)

# How long an example takes depends on what else the machine does, and the same code gives the same result twice:
# new examples are found by `make fuzz`.
FUZZ = int(os.environ.get("DLTRAIN_FUZZ", "1"))
hypothesis.settings.register_profile(
    "dltrain",
    max_examples=100 * FUZZ,
    deadline=None,
    derandomize=FUZZ == 1,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.load_profile("dltrain")
if FUZZ == 1:
    # Otherwise numbers and texts of the modules that happen to be imported are among the examples. No public setting
    # says so; where a later version keeps the function elsewhere, examples vary a little again.
    with contextlib.suppress(ImportError):
        from hypothesis.internal.conjecture import providers

        providers.is_local_module_file = lambda _: False  # type: ignore[assignment, attr-defined]


@dataclass(frozen=True)
class Outcome:
    """What a command did."""

    code: int
    out: str
    err: str


Cli = Callable[..., Outcome]
CheckGolden = Callable[[str, str], None]


@pytest.fixture
def cli(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Cli:
    """Runs the command line in this process."""
    # This process goes on when a command ends before TensorFlow is imported; a user's does not.
    monkeypatch.setattr("dltrain.workflows.start_up.chatter.is_importing", lambda: False)

    def run(*arguments: object) -> Outcome:
        monkeypatch.setattr(sys, "argv", ["dltrain", *map(str, arguments)])
        capfd.readouterr()
        code = exit_code_of(lambda: app(prog_name="dltrain"))
        captured = capfd.readouterr()
        return Outcome(code, captured.out, captured.err)

    return run


@pytest.fixture
def golden_run(tmp_path: Path) -> Path:
    """A copy of the golden run of format 1 that may be damaged."""
    return shutil.copytree(GOLDEN / "people-1", tmp_path / "people-1")


@pytest.fixture
def people() -> Path:
    """The table that the golden run was made from."""
    return GOLDEN / "people.csv"


@pytest.fixture
def check_golden() -> CheckGolden:
    """Compares a text with the one that is kept; `make golden` rewrites those."""

    def check(name: str, text: str) -> None:
        path = GOLDEN / "texts" / name
        if os.environ.get("DLTRAIN_GOLDEN") == "write":
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
        assert text == path.read_text(encoding="utf-8"), f"{name} differs; `make golden` rewrites it"

    return check
