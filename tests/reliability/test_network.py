"""S8: no command ever tries to reach the network."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from dltrain.cli.app import app
from tests.conftest import GOLDEN

pytestmark = pytest.mark.slow

# Notes every attempt to find or to reach another machine, then runs what it is given.
HOOK = """
import os, sys
notes = os.open(os.environ["NOTES"], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
PREFIXES = ("socket.connect", "socket.get", "socket.send", "urllib.", "http.", "ftplib.", "smtplib.")
def hook(event, arguments):
    # socket.gethostname asks this machine alone.
    if event.startswith(PREFIXES) and event != "socket.gethostname":
        os.write(notes, f"{event} {arguments!r}\\n".encode())
sys.addaudithook(hook)
"""
DLTRAIN = HOOK + "from dltrain.cli import main; main()"
CONNECT = HOOK + "import socket; socket.socket(socket.AF_INET, socket.SOCK_DGRAM).connect(('127.0.0.1', 9))"


def attempts_of(code: str, *arguments: object, folder: Path) -> tuple[int, str]:
    """Runs a program under the hook; returns its exit code and the attempts it made."""
    notes = folder / "attempts.txt"
    command = [sys.executable, "-c", code, *map(str, arguments)]
    done = subprocess.run(
        command, cwd=folder, env={**os.environ, "NOTES": str(notes)}, capture_output=True, check=False
    )
    return done.returncode, notes.read_text(encoding="utf-8")


def test_s8_the_hook_notices_a_connection(tmp_path: Path) -> None:
    code, attempts = attempts_of(CONNECT, folder=tmp_path)
    assert code == 0
    assert "socket.connect" in attempts


def test_s8_no_command_reaches_for_the_network(tmp_path: Path) -> None:
    config, table, run = GOLDEN / "people.yaml", GOLDEN / "people.csv", tmp_path / "runs" / "people-1"
    commands: list[tuple[int, list[object]]] = [
        (0, ["--help"]),
        (0, ["--version"]),
        (0, ["schema"]),
        (0, ["check", config]),
        (0, ["init", table, "--target", "bought", "-o", tmp_path / "people.yaml"]),
        (0, ["fit", config, "training.epochs=1"]),
        (4, ["fit", "--resume", run]),
        (2, ["fit", config, "training.epoch=1"]),
        (0, ["evaluate", "--run", run]),
        (0, ["evaluate", "--data", table]),
        (0, ["predict", table, "--run", run, "-o", tmp_path / "out.csv"]),
        (0, ["show", run]),
        (0, ["report", run]),
        (0, ["runs", "--runs", tmp_path / "runs"]),
        (0, ["compare", run, run]),
        (0, ["split", config, "-o", tmp_path / "parts"]),
        (4, ["show", tmp_path / "none"]),
        (3, ["predict", "https://example.org/people.csv", "--run", run]),
    ]
    verbs = {command.callback.__name__ for command in app.registered_commands if command.callback is not None}
    assert verbs == {str(arguments[0]) for _, arguments in commands} - {"--help", "--version"}
    for expected, arguments in commands:
        assert attempts_of(DLTRAIN, *arguments, folder=tmp_path) == (expected, ""), arguments


def test_s8_native_code_keeps_nothing_to_tell_its_makers(tmp_path: Path, golden_run: Path) -> None:
    """ONNX Runtime's telemetry is a database in the home and threads that no hook of Python sees."""
    home = tmp_path / "home"
    home.mkdir()
    names = {"ORT_DISABLE_TELEMETRY", "XDG_CACHE_HOME", "CI"}
    environment = {name: value for name, value in os.environ.items() if name not in names} | {"HOME": str(home)}
    command = [sys.executable, "-m", "dltrain", "predict", str(GOLDEN / "people.csv"), "--run", str(golden_run)]
    subprocess.run(command, env=environment, capture_output=True, check=True)
    assert list(home.rglob("*")) == []
