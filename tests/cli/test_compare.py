"""`dltrain compare` as a user sees it."""

import json
import re
import shutil
from pathlib import Path

import pytest

from tests.conftest import GOLDEN, CheckGolden, Cli
from tests.run.test_agreement import decided

CONFIG = GOLDEN / "people.yaml"


@pytest.fixture
def copies(golden_run: Path) -> tuple[Path, Path]:
    """Two copies of the golden run, whose table lies elsewhere."""
    return golden_run, Path(shutil.copytree(golden_run, golden_run.parent / "people-2"))


def test_a_run_does_not_differ_from_its_copy(cli: Cli, copies: tuple[Path, Path], people: Path) -> None:
    outcome = cli("compare", *copies, "--data", people)
    assert (outcome.code, outcome.err) == (0, "")
    assert re.findall(r"^  (\w+) +0 +0 to 0  equal", outcome.out, re.MULTILINE) == ["accuracy", "roc_auc", "log_loss"]
    assert outcome.out.endswith("  the configs are the same\n")


def test_every_run_is_measured_with_its_own_decision(cli: Cli, copies: tuple[Path, Path], people: Path) -> None:
    decided("{threshold: 0.2, calibrate: temperature}", threshold=0.2, temperature=3)(copies[1])
    compared = json.loads(cli("compare", *copies, "--data", people, "--json").out)["runs"]
    for run in compared:
        evaluated = json.loads(cli("evaluate", run["run"], "--data", people, "--json").out)
        assert run["metrics"] == pytest.approx(evaluated["metrics"], rel=0, abs=1e-12)
    before, after = (run["metrics"] for run in compared)
    assert before["accuracy"] != after["accuracy"]
    assert before["log_loss"] != after["log_loss"]
    for name, found in compared[1]["differences"].items():
        assert found["difference"] == pytest.approx(after[name] - before[name], rel=0, abs=1e-12)


def test_one_run_is_not_enough(cli: Cli, golden_run: Path) -> None:
    outcome = cli("compare", golden_run)
    assert outcome.code == 2
    assert "expected at least two runs" in outcome.err


def test_a_run_whose_table_is_gone_says_so(cli: Cli, copies: tuple[Path, Path]) -> None:
    outcome = cli("compare", *copies)
    assert outcome.code == 3
    assert "expected the table this run was made from" in outcome.err
    assert "--data FILE" in outcome.err


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """people-1, and runs with another seed, another split, another network, another table."""
    import dltrain

    runs = tmp_path_factory.mktemp("runs")
    for overrides in (
        (),
        ("training.seed=5",),
        ("split.seed=1",),
        ("model.layers=[]", "training.class_weight=balanced"),
    ):
        dltrain.fit(CONFIG, overrides=["training.epochs=20", *overrides], runs=runs)
    table = (GOLDEN / "people.csv").read_text().splitlines()
    changed = runs / "changed.csv"
    changed.write_text("\n".join(table[:-20]) + "\n")
    dltrain.fit(CONFIG, overrides=["training.epochs=2", f"data.path={changed}"], runs=runs, name="changed")
    return runs


@pytest.mark.slow
@pytest.mark.golden
def test_a_comparison(cli: Cli, runs: Path, check_golden: CheckGolden) -> None:
    outcome = cli("compare", runs / "people-1", runs / "people-2", runs / "people-4")
    assert (outcome.code, outcome.err) == (0, "")
    shown = re.sub(r"rows of \S+/", "rows of ", outcome.out)
    shown = re.sub(r"[−+]?\b\d\.\d{4}\b|(?<= )0(?= )", "0.0000", shown)
    shown = re.sub(r"  (better|worse|not distinguishable on \d+ rows|equal) *$", "  VERDICT", shown, flags=re.M)
    check_golden("compare.txt", re.sub(r"\d+ of \d+", "N of N", re.sub(r" +", " ", shown)))


@pytest.mark.slow
def test_json_has_the_same_figures_as_evaluate(cli: Cli, runs: Path) -> None:
    compared = json.loads(cli("compare", runs / "people-1", runs / "people-2", "--json").out)
    assert compared["rows"] == 48
    for run in compared["runs"]:
        evaluated = json.loads(cli("evaluate", "--run", run["run"], "--json").out)
        assert run["metrics"] == pytest.approx(evaluated["metrics"])
    first, other = compared["runs"]
    for name, found in other["differences"].items():
        assert found["difference"] == pytest.approx(other["metrics"][name] - first["metrics"][name])
        assert found["low"] <= found["difference"] <= found["high"]
    assert other["config"] == {"training.seed": [0, 5]}


@pytest.mark.slow
def test_other_test_rows_are_refused_with_the_reason(cli: Cli, runs: Path) -> None:
    outcome = cli("compare", runs / "people-1", runs / "people-3")
    assert outcome.code == 4
    assert re.search(
        r"people-3: expected the 48 test rows of \S+people-1, got 48, of which \d+ are the same "
        r"\(split\.seed differs\)",
        outcome.err,
    )
    assert cli("compare", runs / "people-1", runs / "people-3", "--data", GOLDEN / "people.csv").code == 0


@pytest.mark.slow
def test_another_table_is_refused_with_the_reason(cli: Cli, runs: Path) -> None:
    outcome = cli("compare", runs / "people-1", runs / "changed-1")
    assert outcome.code == 4
    assert "changed-1: expected the table of " in outcome.err
    assert "changed.csv: other test rows" in outcome.err
