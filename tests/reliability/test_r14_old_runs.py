"""R14: a run of every format that there ever was predicts as it did."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from dltrain.run import load_run
from dltrain.run.manifest import FORMAT
from dltrain.scoring import Predictor
from dltrain.table import read_table
from tests.conftest import GOLDEN

OLD_RUNS = sorted(path.parent for path in GOLDEN.glob("*/manifest.json"))


def test_r14_there_is_a_run_of_every_format() -> None:
    formats = {json.loads((run / "manifest.json").read_text())["format"] for run in OLD_RUNS}
    assert formats == set(range(1, FORMAT + 1))


@pytest.mark.parametrize("path", OLD_RUNS, ids=lambda path: path.name)
def test_r14_old_runs_predict_as_they_did(path: Path) -> None:
    run = load_run(path)
    predictions = Predictor.from_run(run).predictions(run.preprocessing.encode(read_table(GOLDEN / "people.csv")))
    with (GOLDEN / "people_predictions.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    expected = np.array([[float(row["p_no"]), float(row["p_yes"])] for row in rows])
    np.testing.assert_allclose(predictions.values, expected, rtol=0, atol=1e-6)
