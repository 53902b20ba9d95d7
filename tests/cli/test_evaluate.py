"""`dltrain evaluate` as a user sees it; without TensorFlow."""

import json
import shutil
from pathlib import Path

import pytest

from tests.conftest import GOLDEN, Cli
from tests.reliability.hostile_runs import edit_text, seal, set_to
from tests.run.test_agreement import decided


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The golden run in `runs/`, and its table, in the working directory."""
    monkeypatch.chdir(tmp_path)
    shutil.copy(GOLDEN / "people.csv", tmp_path)
    folder = shutil.copytree(GOLDEN / "people-1", tmp_path / "runs" / "people-1")
    for name in ("config.yaml", "manifest.json"):
        text = (folder / name).read_text(encoding="utf-8")
        (folder / name).write_text(text.replace("/data/people.csv", f"{tmp_path}/people.csv"), encoding="utf-8")
    seal(folder)
    return "runs/people-1"


def test_a_run_may_be_named_with_and_without_the_option(cli: Cli, run: str) -> None:
    outcomes = [
        cli("evaluate"),
        cli("evaluate", run),
        cli("evaluate", "--run", run),
        cli("evaluate", run, "--run", run),
    ]
    assert [(outcome.code, outcome.out) for outcome in outcomes] == [(0, outcomes[0].out)] * 4


def test_two_runs_are_one_too_many(cli: Cli, run: str) -> None:
    outcome = cli("evaluate", run, "--run", "runs/other-1")
    assert outcome.code == 2
    assert "expected one run, got 'runs/people-1' and --run 'runs/other-1'" in outcome.err


def test_a_table_in_the_place_of_a_run_is_told_the_option(cli: Cli, run: str) -> None:
    outcome = cli("evaluate", "people.csv")
    assert (outcome.code, outcome.out) == (2, "")
    assert "hint: dltrain evaluate --data people.csv scores the newest run on it" in outcome.err


def test_the_own_table_is_remarked_beside_the_result(cli: Cli, run: str) -> None:
    outcome = cli("evaluate", "--data", "people.csv")
    assert outcome.err.startswith("note: all 240 rows are those of the run's own table: 154 for training, ")
    assert outcome.err.count("\n") == 1
    content = json.loads(cli("evaluate", "--data", "people.csv", "--json").out)
    assert content["seen_rows"] == {"train": 154, "validation": 38, "test": 48}
    assert json.loads(cli("evaluate", "--json").out)["seen_rows"] is None


def test_groups_are_a_table_of_rows_and_metrics(cli: Cli, run: str) -> None:
    lines = cli("evaluate", "--by", "bought").out.splitlines()
    start = next(place for place, line in enumerate(lines) if line.startswith("bought"))
    assert lines[start].split() == ["bought", "rows", "accuracy", "roc_auc", "log_loss"]
    assert [line.split()[:2] for line in lines[start + 1 :]] == [["yes", "28"], ["no", "20"]]
    assert [line.split()[3] for line in lines[start + 1 :]] == ["–", "–"]


def test_twenty_groups_are_printed_and_all_are_in_json(cli: Cli, run: str) -> None:
    page = cli("evaluate", "--by", "person").out
    assert page.endswith("and 28 more groups: --json has all\n")
    assert len(json.loads(cli("evaluate", "--by", "person", "--json").out)["groups"]) == 48


def test_missing_values_are_a_group(cli: Cli, run: str) -> None:
    page = cli("evaluate", "--by", "city", "--data", "people.csv").out
    groups = json.loads(cli("evaluate", "--by", "city", "--data", "people.csv", "--json").out)["groups"]
    (n_missing,) = (group["rows"] for group in groups if group["group"] is None)
    assert f"(missing)  {n_missing:>4}" in page


def test_a_wrong_column_is_an_error_with_the_right_one(cli: Cli, run: str) -> None:
    outcome = cli("evaluate", "--by", "citi")
    assert (outcome.code, outcome.out) == (3, "")
    assert outcome.err.endswith("hint: did you mean 'city'?\n")


def test_a_second_column_is_an_error(cli: Cli, run: str) -> None:
    outcome = cli("evaluate", "--by", "city", "--by", "bought")
    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err == "error: --by: expected one column at a time, got 'city', 'bought'\n"


def test_a_settled_threshold_is_shown(cli: Cli, run: str) -> None:
    assert "decision" not in cli("evaluate").out
    decided("{threshold: 0.5}", threshold=0.5)(Path(run))
    assert "decision" not in cli("evaluate").out
    set_to("metrics.json", ("decision",), {"threshold": 0.2})(Path(run))
    edit_text("config.yaml", "{threshold: 0.5}", "{threshold: 0.2}")(Path(run))
    assert cli("evaluate").out.splitlines()[-1] == "decision   p > 0.2000"


def test_the_header_of_another_table_is_known_by_its_names(cli: Cli, run: str) -> None:
    """A title above it, as an export may have, changes nothing."""
    plain = cli("evaluate", "--data", "people.csv", "--json")
    Path("titled.csv").write_text("People of 2026\n\n" + Path("people.csv").read_text(encoding="utf-8"))
    titled = cli("evaluate", "--data", "titled.csv", "--json")
    assert (titled.code, json.loads(titled.out)["metrics"]) == (0, json.loads(plain.out)["metrics"])


@pytest.mark.parametrize("name", ["config.yaml", "metrics.json", "manifest.json", "report.html"])
def test_no_command_replaces_a_file_of_a_run(cli: Cli, run: str, name: str) -> None:
    path = Path(run) / name
    if name == "report.html":
        path.write_text("page")
    before = path.read_bytes()
    commands = [("predict", "people.csv", "-o", path), ("compare", run, run, "--html", path)]
    if path.suffix == ".yaml":
        commands.append(("init", "people.csv", "-t", "bought", "-o", path))
    for command in commands:
        outcome = cli(*command, "--force")
        assert outcome.code == 4
        assert f"error: {path}: expected another file, got one that the run {run} needs" in outcome.err
    assert path.read_bytes() == before
