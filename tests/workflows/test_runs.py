"""Looking over the runs in a folder."""

import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from dltrain.errors import ConfigError, RunError
from dltrain.run.average import AVERAGE
from dltrain.run.lock import locked
from dltrain.run.manifest import manifest_sha256, sha256_of
from dltrain.run.members import FOLDS, SEEDS, working_on
from dltrain.workflows.runs import list_runs
from tests.conftest import GOLDEN
from tests.reliability.hostile_checkpoints import write_unfinished
from tests.reliability.hostile_runs import edit_text, seal
from tests.run.groups import METRICS, write_group
from tests.speed import allowed, measured


def add_run(parent: Path, name: str, *, seconds: int, **metrics: float | None) -> Path:
    """A copy of the golden run with other test metrics."""
    path = shutil.copytree(GOLDEN / "people-1", parent / name)
    content = json.loads((path / "metrics.json").read_text())
    content["test"]["metrics"] |= metrics
    (path / "metrics.json").write_text(json.dumps(content))
    manifest = json.loads((path / "manifest.json").read_text())
    size = (path / "metrics.json").stat().st_size
    manifest["files"]["metrics.json"] = {"size": size, "sha256": sha256_of(path / "metrics.json")}
    manifest["sha256"] = manifest_sha256(manifest)
    (path / "manifest.json").write_text(json.dumps(manifest))
    os.utime(path / "manifest.json", (seconds, seconds))
    return path


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    """Three finished runs and an unfinished one."""
    add_run(tmp_path, "wine-10", seconds=100, accuracy=0.7, log_loss=0.6)
    add_run(tmp_path, "wine-2", seconds=300, accuracy=0.9, log_loss=0.5)
    other = add_run(tmp_path, "other-1", seconds=200, accuracy=None)
    text = (other / "config.yaml").read_text()
    (other / "config.yaml").write_text(text.replace("columns: {}", "columns: {sepal.length: {kind: numeric}}"))
    seal(other)
    os.utime(other / "manifest.json", (200, 200))
    write_unfinished(tmp_path)
    os.utime(tmp_path / "people-1" / "checkpoint", (250, 250))
    (tmp_path / "notes").mkdir()
    (tmp_path / "README").write_text("not a run")
    return tmp_path


def names(runs: Path, **arguments: Any) -> list[str]:
    return [entry.name for entry in list_runs(runs, **arguments)]


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("time", ["wine-2", "people-1", "other-1", "wine-10"]),
        ("name", ["other-1", "people-1", "wine-2", "wine-10"]),
        ("accuracy", ["wine-2", "wine-10", "people-1", "other-1"]),
        ("log_loss", ["other-1", "wine-2", "wine-10", "people-1"]),
    ],
)
def test_runs_are_sorted_newest_or_best_first(runs: Path, sort: str, expected: list[str]) -> None:
    assert names(runs, sort=sort) == expected


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (["WINE"], ["wine-2", "wine-10"]),
        (["wine", "10"], ["wine-10"]),
        (["interrupted"], ["people-1"]),
        (["state=finished"], ["wine-2", "other-1", "wine-10"]),
        (["config=wine"], ["wine-2", "wine-10"]),
        (["training.batch_size=32"], ["wine-2", "people-1", "other-1", "wine-10"]),
        (["training.batch_size=33"], []),
        (["model.layers.0.type=batch_normalization", "accuracy=0.9"], ["wine-2"]),
        (["model.layers.0.nothing=dense"], []),
        (["data.target=vote"], []),
        (["preprocessing.columns.sepal.length.kind=numeric"], ["other-1"]),
        (["metrics=[accuracy, roc_auc, log_loss]", "wine"], ["wine-2", "wine-10"]),
        (["metrics=[accuracy]"], []),
        (["data.drop=[]", "data.id=[person]", "wine"], ["wine-2", "wine-10"]),
        (["metrics.0=accuracy", "wine"], ["wine-2", "wine-10"]),
        (["data.target=2024"], []),
        (["expect.test.rmse=< 2"], []),
        (["expect.test.accuracy=>= 0.9"], []),
    ],
)
def test_filters_must_all_hold(runs: Path, filters: list[str], expected: list[str]) -> None:
    assert names(runs, filters=filters) == expected


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("accuraci=1", "did you mean 'accuracy'?"),
        ("test.accuracy=1", "did you mean 'accuracy'?"),
        ("trainning.batch_size=3", None),
        ("training.batchsize=3", "did you mean 'batch_size'?"),
        ("training=3", "'training' has several keys: name one of them"),
        ("decision=1", "'decision' has several keys: name one of them"),
        ("logs=1", "'logs' has several keys: name one of them"),
        ("expect=1", "'expect' has several keys: name one of them"),
        ("metrics=rmse", "metrics: expected a list of names, got 'rmse'"),
        ("training.early_stopping=5", "training.early_stopping: expected a mapping (key: value) or null, got 5"),
        ("preprocessing.columns.sepal.length.kin=numeric", "did you mean 'kind'?"),
        ("State=finished", "did you mean 'state'?"),
        ("=1", None),
    ],
)
def test_a_filter_for_what_no_run_has_is_refused(runs: Path, text: str, hint: str | None) -> None:
    with pytest.raises(ConfigError, match="--filter: expected KEY=VALUE with a key of a config such as") as caught:
        list_runs(runs, filters=[text])
    assert caught.value.hint == hint


@pytest.mark.parametrize(
    ("text", "operator"),
    [
        ("rows>100", ">"),
        ("log_loss < 0.1", "<"),
        ("accuracy>=0.9", ">="),
        ("state!=damaged", "!="),
        ("rows==240", "=="),
    ],
)
def test_a_filter_that_compares_is_refused(runs: Path, text: str, operator: str) -> None:
    with pytest.raises(ConfigError) as caught:
        list_runs(runs, filters=[text])
    assert caught.value.message == f"--filter: expected a text, or KEY=VALUE, got the operator '{operator}' in '{text}'"
    assert caught.value.hint == "KEY=VALUE lists those that are equal, --sort METRIC the best first"


def test_an_unfinished_run_tells_how_far_it_came(runs: Path) -> None:
    (entry,) = list_runs(runs, filters=["people-1"])
    assert (entry.state, entry.best_epoch) == ("interrupted", None)
    assert entry.epochs is not None
    run = runs / "people-1"
    with locked(run, lock_path=run / "checkpoint" / ".lock"):
        assert list_runs(runs, filters=["people-1"])[0].state == "training"


@pytest.mark.parametrize(("bound", "word"), [(">= 0.9", "reached"), (">= 0.91", "missed")])
def test_a_run_tells_whether_it_reached_its_gates(runs: Path, bound: str, word: str) -> None:
    edit_text("config.yaml", "metrics:", f"expect: {{test.accuracy: '{bound}'}}\nmetrics:")(runs / "wine-2")
    (entry,) = list_runs(runs, filters=[f"gates={word}"])
    assert (entry.name, entry.state, entry.gates_outcome) == ("wine-2", "finished", word)
    (gate,) = entry.to_dict()["gates"]
    assert (gate["value"], gate["reached"]) == (0.9, word == "reached")
    assert names(runs, filters=["gates missed"]) == (["wine-2"] if word == "missed" else [])
    assert all(other.to_dict()["gates"] == [] for other in list_runs(runs) if other.name != "wine-2")


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("manifest.json", '{"format": 1', "manifest.json: not a JSON file"),
        ("manifest.json", '{"format": 99}', "manifest.json: unknown run format, expected 1, got 99"),
        ("manifest.json", None, "expected a run directory, got no manifest.json in it"),
        ("metrics.json", "{}", "metrics.json: expected "),
        ("metrics.json", None, "metrics.json: expected a file, got none"),
        ("history.csv", None, "history.csv: expected a file, got none"),
        ("model.keras", None, "model.keras: expected a file, got none"),
        ("model.onnx", "", "model.onnx: expected 1,"),
    ],
)
def test_a_damaged_run_is_listed_with_the_reason(runs: Path, name: str, content: str | None, problem: str) -> None:
    path = runs / "wine-2" / name
    path.unlink() if content is None else path.write_text(content)
    (entry,) = list_runs(runs, filters=["damaged"])
    assert (entry.name, entry.state) == ("wine-2", "damaged")
    assert (entry.problem or "").startswith(problem)
    assert len(list_runs(runs)) == 4


def test_a_damaged_checkpoint_is_listed_with_the_reason(runs: Path) -> None:
    for path in (runs / "people-1" / "checkpoint").iterdir():
        path.write_bytes(b"\xff" * 100)
    (entry,) = list_runs(runs, filters=["damaged"])
    assert "expected a header of at most" in (entry.problem or "")


def test_networks_of_a_run_are_not_read(runs: Path) -> None:
    network = runs / "wine-2" / "model.onnx"
    network.write_bytes(bytes(network.stat().st_size))
    assert list_runs(runs)[0].state == "finished"


def test_nobody_needs_the_page_of_a_run(runs: Path) -> None:
    (runs / "wine-2" / "report.html").unlink(missing_ok=True)
    assert list_runs(runs)[0].state == "finished"


def test_a_missing_folder_and_a_wrong_order_are_refused(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="expected a folder of runs, got none"):
        list_runs(tmp_path / "nothing")
    with pytest.raises(ConfigError, match="expected time, name or a metric"):
        list_runs(tmp_path, sort="accurracy")


@pytest.mark.parametrize(("sort", "meant"), [("accurracy", "accuracy"), ("test.rmse", "rmse"), ("test.f1", "f1")])
def test_an_order_that_does_not_exist_hints_at_the_one_that_was_meant(tmp_path: Path, sort: str, meant: str) -> None:
    with pytest.raises(ConfigError) as caught:
        list_runs(tmp_path, sort=sort)
    assert caught.value.hint == f"did you mean '{meant}'?"


def test_five_hundred_runs_are_listed_quickly(tmp_path: Path) -> None:
    for number in range(500):
        shutil.copytree(GOLDEN / "people-1", tmp_path / f"people-{number}")
    with measured() as spent:
        assert len(list_runs(tmp_path)) == 500
    assert spent.seconds < allowed(3)


@pytest.fixture
def groups(runs: Path) -> Path:
    """Beside the runs a finished cross-validation, the newest of all, and unfinished seeds, the oldest."""
    write_group(runs, "cross", FOLDS, seconds=400)
    write_group(runs, "seeded", SEEDS, members=1, is_finished=False, seconds=50)
    return runs


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("time", ["cross-1", "wine-2", "people-1", "other-1", "wine-10", "seeded-1"]),
        ("name", ["cross-1", "other-1", "people-1", "seeded-1", "wine-2", "wine-10"]),
        ("accuracy", ["wine-2", "cross-1", "wine-10", "people-1", "other-1", "seeded-1"]),
    ],
)
def test_groups_are_sorted_among_the_runs_by_their_means(groups: Path, sort: str, expected: list[str]) -> None:
    assert names(groups, sort=sort) == expected


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (["kind=seeds"], ["seeded-1"]),
        (["folds"], ["cross-1"]),
        (["kind=run", "wine"], ["wine-2", "wine-10"]),
        (["interrupted"], ["people-1", "seeded-1"]),
        (["config=cross"], ["cross-1"]),
        (["split.folds=2"], ["cross-1"]),
        (["accuracy=0.875"], ["cross-1"]),
        (["training.batch_size=32", "seed"], ["seeded-1"]),
        (["fold-1"], []),
    ],
)
def test_filters_know_groups(groups: Path, filters: list[str], expected: list[str]) -> None:
    assert names(groups, filters=filters) == expected


def test_the_runs_of_a_group_are_listed_when_asked_for(groups: Path) -> None:
    shutil.copytree(GOLDEN / "people-1", groups / "cross-1" / AVERAGE)
    (cross,) = list_runs(groups, filters=["cross"], has_members=True)
    assert [member.name for member in cross.members] == [AVERAGE, "fold-1", "fold-2"]
    assert {member.config for member in cross.members} == {"cross"}
    assert (cross.total, cross.n_finished) == (2, 2)
    assert list_runs(groups, filters=["cross"])[0].members == ()


def test_filters_that_hold_for_some_runs_of_a_group_show_those(groups: Path) -> None:
    (cross,) = list_runs(groups, filters=["fold-2"], has_members=True)
    assert (cross.name, [member.name for member in cross.members]) == ("cross-1", ["fold-2"])


def test_the_runs_of_a_group_are_sorted_too(groups: Path) -> None:
    for number, accuracy in ((3, 0.99), (4, 0.1)):
        add_run(groups / "cross-1", f"fold-{number}", seconds=1, accuracy=accuracy)
    (cross,) = list_runs(groups, filters=["cross"], has_members=True, sort="accuracy")
    assert [member.name for member in cross.members] == ["fold-3", "fold-1", "fold-2", "fold-4"]


def test_a_finished_group_has_means_and_standard_deviations(groups: Path) -> None:
    (cross,) = list_runs(groups, filters=["cross"])
    assert (cross.state, cross.kind, cross.total, cross.rows) == ("finished", "folds", 2, 240)
    assert cross.metrics == {"accuracy": 0.875, "log_loss": 0.4}
    assert cross.spreads == METRICS


def test_an_unfinished_group_tells_how_far_it_came(groups: Path) -> None:
    (seeded,) = list_runs(groups, filters=["seeded"])
    assert (seeded.state, seeded.total, seeded.n_finished, seeded.metrics) == ("interrupted", 2, 1, {})
    with working_on(groups / "seeded-1"):
        assert list_runs(groups, filters=["seeded"])[0].state == "training"


def test_a_group_is_damaged_when_its_result_or_one_of_its_runs_is(groups: Path) -> None:
    path = groups / "cross-1"
    shutil.move(path / "fold-2", groups / "kept")
    (cross,) = list_runs(groups, filters=["cross"])
    assert (cross.state, cross.total, cross.problem) == ("damaged", 2, "expected 2 finished folds, got 1")
    shutil.move(groups / "kept", path / "fold-2")
    (path / "fold-2" / "metrics.json").unlink()
    (cross,) = list_runs(groups, filters=["cross"])
    assert (cross.state, cross.problem) == ("damaged", "fold-2: metrics.json: expected a file, got none")
    shutil.rmtree(path / "fold-2")
    shutil.copytree(path / "fold-1", path / "fold-2")
    (path / "folds.json").write_text("{")
    (cross,) = list_runs(groups, filters=["damaged"])
    assert (cross.problem or "").startswith("folds.json: damaged cross-validation: not a JSON file")
    (path / "cross_validation.json").write_text("{")
    assert [entry.state for entry in list_runs(groups, filters=["cross"])] == ["damaged"]


def test_a_group_is_judged_by_its_means(runs: Path) -> None:
    path = write_group(runs, "judged", SEEDS)
    origin = path / SEEDS.origin_name
    content = json.loads(origin.read_text())
    content["config"] += "expect: {test.accuracy: '>= 0.88'}\n"
    origin.write_text(json.dumps(content))
    (entry,) = list_runs(runs, filters=["judged"])
    assert (entry.state, entry.gates_outcome) == ("finished", "missed")
