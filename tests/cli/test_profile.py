"""`--profile`: where the time went."""

import json
from pathlib import Path

import pytest

from tests.conftest import GOLDEN, Cli


def stages(err: str) -> dict[str, float]:
    """The table of stages, which ends with the peak of memory."""
    lines = err[err.index("stage ") :].splitlines()
    assert lines[0].split() == ["stage", "seconds", "share"]
    assert lines[-1].startswith("peak memory ")
    return {line.split()[0]: float(line.split()[1]) for line in lines[1:-1]}


def test_predict_shows_its_stages(cli: Cli, golden_run: Path, people: Path) -> None:
    outcome = cli("predict", people, "--run", golden_run, "--profile", "--quiet")
    assert outcome.code == 0
    seconds = stages(outcome.err)
    assert list(seconds) == ["start", "load", "read", "encode", "network", "write", "whole"]
    assert max(seconds.values()) == seconds["whole"]
    # The predictions themselves are as they are without it.
    assert outcome.out == cli("predict", people, "--run", golden_run).out


def test_without_the_option_there_is_nothing_of_it(cli: Cli, golden_run: Path, people: Path) -> None:
    assert cli("predict", people, "--run", golden_run, "--quiet").err == ""


@pytest.mark.slow
def test_fit_shows_its_stages(cli: Cli, tmp_path: Path) -> None:
    options = ("training.epochs=2", "--runs", tmp_path, "--profile", "--quiet", "--json")
    outcome = cli("fit", GOLDEN / "people.yaml", *options)
    assert outcome.code == 0
    seconds = stages(outcome.err)
    before = ["start", "read", "encode", "leaks", "linear", "import", "build", "compile", "checkpoint"]
    assert list(seconds) == [
        *before,
        "train",
        "validate",
        "metrics",
        "export",
        "score",
        "diagnose",
        "report",
        "save",
        "whole",
    ]
    # One after the other, they cannot add up to more than the whole.
    assert sum(seconds.values()) <= 2.01 * seconds["whole"]
    json.loads(outcome.out)
