"""The README's blocks do what they say."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import PATIENCE, PROJECT
from tests.pages import read_blocks, run

pytestmark = pytest.mark.slow

README = read_blocks(PROJECT / "README.md")


def blocks(language: str) -> list[str]:
    return [block.text for block in README if block.language == language]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """What a reader has: the shipped tables and the config of the README."""
    shutil.copytree(PROJECT / "data", tmp_path / "data")
    (tmp_path / "penguins.yaml").write_text(blocks("yaml")[0])
    return tmp_path


def test_the_commands_run(folder: Path) -> None:
    commands = next(block for block in blocks("sh") if "dltrain fit" in block)
    done = run(commands, folder)
    assert done.returncode == 0, done.stdout
    assert sorted(path.name for path in (folder / "runs").iterdir()) == ["penguins-1", "penguins-2", "penguins-3"]
    assert (
        (folder / "predictions.csv")
        .read_text()
        .startswith("row,island,prediction,p_Adelie,p_Chinstrap,p_Gentoo,notes\n1,Torgersen,")
    )
    assert sorted(path.name for path in (folder / "parts").iterdir()) == ["test.csv", "train.csv", "validation.csv"]


def test_the_python_block_runs(folder: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", blocks("python")[0]], cwd=folder, capture_output=True, timeout=PATIENCE, check=False
    )
    assert done.returncode == 0, done.stderr.decode()


def test_the_shown_fit_is_what_a_fit_prints(tmp_path: Path) -> None:
    """Same lines but for the figures of the epochs that happen to be shown and the times."""
    shown = next(block for block in blocks("console") if "fit configs/adult.yaml" in block)
    done = subprocess.run(
        [sys.executable, "-m", "dltrain", "fit", "configs/adult.yaml", "--runs", str(tmp_path)],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=True,
    )

    def lines(text: str) -> list[str]:
        kept = [line.rstrip() for line in text.splitlines() if not line.startswith(("epoch ", "epochs ", "saved to"))]
        return [re.sub(r"\b0\.\d{4}\b", "0.0000", line) for line in kept]

    assert lines(done.stderr + done.stdout) == lines(shown.split("\n", 1)[1])


def test_the_shown_mistake_is_what_dltrain_says(folder: Path) -> None:
    command, *shown = next(block for block in blocks("console") if "error: " in block).splitlines()
    arguments = command.removeprefix("$ dltrain ").split()
    done = subprocess.run(
        [sys.executable, "-m", "dltrain", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert done.stderr.splitlines() == shown
    assert done.returncode == 2
