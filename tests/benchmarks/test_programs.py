"""The programs that benchmarks run still fit the library, and do the work they are compared by."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from benchmarks.processes import PROJECT

pytestmark = pytest.mark.slow

FEW_ROWS = 2_000

STEPS_PROGRAM = """
import importlib, sys
from benchmarks.steps import rows, stopwatch
rows.N_ROWS = {n_rows}
stopwatch.WARM_UP_SECONDS = stopwatch.COUNTED_SECONDS = 0
importlib.import_module("benchmarks.steps.{module}").main()
"""


def run(*arguments: str) -> Any:
    result = subprocess.run([sys.executable, *arguments], cwd=PROJECT, capture_output=True, text=True, check=True)
    return json.loads(result.stdout) if result.stdout else None


def test_the_steps_of_dltrain_and_keras_reach_the_same_loss() -> None:
    ours, theirs = (
        run("-c", STEPS_PROGRAM.format(n_rows=FEW_ROWS, module=module), "3x64")
        for module in ("dltrain_loop", "keras_fit")
    )

    assert ours["ms_per_step"] > 0
    assert ours["first_loss"] == pytest.approx(theirs["first_loss"], abs=0.05)


def test_tables_are_encoded_alike(tmp_path: Path) -> None:
    path = tmp_path / "mixed.csv"
    run("-m", "benchmarks.encodings.mixed_table", str(path), str(FEW_ROWS))

    ours, theirs = (
        run("-m", f"benchmarks.encodings.{module}", str(path)) for module in ("dltrain_encoding", "by_hand")
    )

    assert ours["n_features"] == theirs["n_features"]
    assert ours["checksum"] == pytest.approx(theirs["checksum"], rel=1e-5)
