"""`dltrain report`, on the golden run, without TensorFlow."""

import json
import shutil
import subprocess
import sys
import webbrowser
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.metrics import confusion_matrix

import dltrain
from dltrain.run import load_run
from dltrain.run.members import FOLDS, SEEDS, Group
from dltrain.workflows.rows.dataset import read_dataset
from tests.conftest import GOLDEN, PATIENCE, Cli
from tests.reliability.hostile_runs import edit_text, seal, set_to
from tests.report.pages import ParsedPage
from tests.run.groups import write_group
from tests.run.test_agreement import decided


@pytest.fixture
def run(golden_run: Path, people: Path, tmp_path: Path) -> Path:
    """The golden run, with its table where it says it is. It is older than pages of runs."""
    table = tmp_path / "people.csv"
    table.write_bytes(people.read_bytes())
    edit_text("config.yaml", "/data/people.csv", str(table))(golden_run)
    set_to("manifest.json", ("data", "data", "path"), str(table))(golden_run)
    return golden_run


def text_of(page: Path) -> str:
    return ParsedPage(page.read_text(encoding="utf-8")).root.whole_text()


def test_the_page_of_an_old_run_is_made_once(cli: Cli, run: Path) -> None:
    page = run / "report.html"
    outcome = cli("report", run)
    assert (outcome.code, outcome.out, outcome.err) == (0, f"{page}\n", "")
    text = text_of(page)
    assert "predicts bought, one of 2 labels, from 5 columns" in text
    # metrics.json says 0.9071 and the 14th epoch.
    assert "0.9071" in text
    assert "24 epochs trained; the weights of epoch 14 were kept" in text
    written = page.stat()
    assert cli("report", run).code == 0
    assert page.stat() == written
    load_run(run)


def test_the_page_agrees_with_evaluate(cli: Cli, run: Path) -> None:
    scores = json.loads(cli("evaluate", "--run", run, "--json").out)
    cli("report", run)
    text = text_of(run / "report.html")
    for value in (*scores["metrics"].values(), *scores["baseline"].values()):
        assert f"{value:.4f}" in text


def test_mistakes_are_named_by_their_ids(cli: Cli, run: Path) -> None:
    cli("report", run)
    section = next(
        section
        for section in ParsedPage((run / "report.html").read_text()).root.all("section")
        if section.attributes["id"] == "mistakes"
    )
    people = [row.all("th")[0].whole_text() for row in section.all("tbody")[0].all("tr")]
    assert len(people) == 7
    assert all(name.startswith("p") for name in people)


def test_another_file_can_be_named(cli: Cli, run: Path, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    outcome = cli("report", run, "-o", page, "--json")
    assert json.loads(outcome.out) == {"run": str(run), "report": str(page)}
    assert not (run / "report.html").exists()
    refused = cli("report", run, "-o", page)
    assert (refused.code, refused.out) == (4, "")
    assert "exists already\nhint: name another file, or add --force to replace it" in refused.err
    before = page.read_text()
    assert cli("report", run, "-o", page, "--force").code == 0
    assert page.read_text() == before


def test_a_table_that_has_changed_is_refused(cli: Cli, run: Path, tmp_path: Path) -> None:
    with (tmp_path / "people.csv").open("a") as table:
        table.write("p999,30,Rome,true,1000,a,yes\n")
    outcome = cli("report", run)
    assert (outcome.code, outcome.out) == (3, "")
    assert "the table has changed since this run was made" in outcome.err
    assert "hint: the page is made from the test rows of that very table" in outcome.err
    assert not (run / "report.html").exists()


def test_the_page_in_the_run_needs_no_table(cli: Cli, run: Path, tmp_path: Path) -> None:
    cli("report", run)
    (tmp_path / "people.csv").unlink()
    assert cli("report", run).code == 0
    outcome = cli("report", run, "-o", tmp_path / "page.html")
    assert outcome.code == 3
    assert "expected the table this run was made from, got no such file" in outcome.err


def test_a_page_that_was_removed_is_made_again(cli: Cli, run: Path) -> None:
    """The page is for people: whether it is there, and which one, makes no difference to the run."""
    cli("report", run)
    page = run / "report.html"
    content = page.read_text()
    set_to("manifest.json", ("files", "report.html"), {"size": 1, "sha256": "0" * 64})(run)
    page.unlink()
    load_run(run)
    assert cli("report", run).code == 0
    assert page.read_text() == content


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("epoch,loss\n1,2\n", "expected the columns epoch, learning_rate, loss, val_loss"),
        ("epoch,loss,val_loss,learning_rate\n1,2,3,4\n", "expected 24 epochs, got 1"),
        ("epoch,loss,val_loss,learning_rate\n1,2,x,4\n", "could not convert string to float"),
        ("epoch,loss,val_loss,learning_rate\n1,2,3,4,5\n", "damaged run"),
        ("", "expected the columns"),
    ],
)
def test_a_damaged_history_is_named(cli: Cli, run: Path, content: str, message: str) -> None:
    (run / "history.csv").write_text(content)
    seal(run)
    outcome = cli("report", run)
    assert outcome.code == 4
    assert f"{run / 'history.csv'}: damaged run: " in outcome.err
    assert message in outcome.err


@pytest.mark.parametrize("can_open", [True, False])
def test_open_shows_the_page_in_the_browser(
    cli: Cli, run: Path, monkeypatch: pytest.MonkeyPatch, can_open: bool
) -> None:
    opened: list[str] = []

    def open_page(address: str) -> bool:
        opened.append(address)
        return can_open

    monkeypatch.setattr(webbrowser, "open", open_page)
    outcome = cli("report", run, "--open")
    assert outcome.code == 0
    assert opened == [(run / "report.html").resolve().as_uri()]
    assert outcome.err == ("" if can_open else "note: no browser could be opened\n")


def test_the_newest_run_is_the_default(cli: Cli, run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (run.parent / "runs").mkdir()
    run.rename(run.parent / "runs" / "people-1")
    monkeypatch.chdir(run.parent)
    assert cli("report").out == "runs/people-1/report.html\n"


@pytest.fixture
def seeds(tmp_path: Path) -> Path:
    """Finished seeds: two copies of the golden run with what they say together."""
    path = write_group(tmp_path, "people", SEEDS)
    edit_text("config.yaml", "\n  seed: 0\n", "\n  seed: 1\n")(path / "seed-2")
    set_to("manifest.json", ("seed",), 1)(path / "seed-2")
    metrics = json.loads((GOLDEN / "people-1" / "metrics.json").read_text())["test"]["metrics"]
    summary = json.loads((path / "seeds.json").read_text())
    summary["metrics"] = {
        name: {"mean": value, "sd": 0.0, "values": [value, value], "baseline": 0.5} for name, value in metrics.items()
    }
    (path / "seeds.json").write_text(json.dumps(summary))
    return path


def test_the_page_of_seeds_is_made_once(cli: Cli, seeds: Path, tmp_path: Path) -> None:
    outcome = cli("report", seeds)
    assert (outcome.code, outcome.out, outcome.err) == (0, f"{seeds / 'report.html'}\n", "")
    text = text_of(seeds / "report.html")
    assert "2 networks of one config, each with another seed of training, predict bought" in text
    assert "Mean of 2 seeds0.8542± 0" in text
    written = (seeds / "report.html").stat()
    assert cli("report", seeds).code == 0
    assert (seeds / "report.html").stat() == written
    assert json.loads(cli("report", seeds, "-o", tmp_path / "page.html", "--json").out) == {
        "run": str(seeds),
        "report": str(tmp_path / "page.html"),
    }
    assert 'href="seed-' not in (tmp_path / "page.html").read_text()
    content = (seeds / "report.html").read_text()
    assert cli("report", seeds, "-o", seeds / "report.html").code == 4
    assert cli("report", seeds, "-o", seeds / "report.html", "--force").code == 0
    assert (seeds / "report.html").read_text() == content


@pytest.mark.parametrize("name", ["seeds.json", "several_seeds.json", "seed-1/metrics.json", "seed-2/report.html"])
def test_a_page_replaces_no_file_of_a_group(cli: Cli, seeds: Path, name: str) -> None:
    (seeds / name).touch()
    before = (seeds / name).read_bytes()
    outcome = cli("report", seeds, "-o", seeds / name, "--force")
    assert outcome.code == 4
    assert "expected another file, got one that the run" in outcome.err
    assert (seeds / name).read_bytes() == before


@pytest.mark.parametrize("group", [FOLDS, SEEDS])
def test_a_group_that_is_not_finished_has_no_page(cli: Cli, tmp_path: Path, group: Group) -> None:
    path = write_group(tmp_path, "people", group, is_finished=False)
    outcome = cli("report", path)
    assert (outcome.code, outcome.out) == (4, "")
    assert outcome.err == (
        f"error: {path}: the {group.noun} is not finished\nhint: dltrain fit --resume {path} goes on\n"
    )


Change = Callable[[Path], object]


def with_json(name: str, *keys: Any, value: Any) -> Change:
    """Sets a value in a file of a group."""

    def change(path: Path) -> None:
        content = json.loads((path / name).read_text())
        inner = content
        for key in keys[:-1]:
            inner = inner[key]
        inner[keys[-1]] = value
        (path / name).write_text(json.dumps(content))

    return change


def replaced(name: str, by: str) -> Change:
    """Puts a copy of another run where a run was."""

    def change(path: Path) -> None:
        shutil.rmtree(path / name, ignore_errors=True)
        shutil.copytree(path / by, path / name)

    return change


def other_accuracy(path: Path) -> None:
    set_to("metrics.json", ("test", "metrics", "accuracy"), 0.5)(path / "seed-2")


SPREAD = {"mean": 0.5, "sd": None, "baseline": None}


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda path: (path / "seeds.json").write_text("{}"), "damaged set of seeds"),
        (lambda path: (path / "several_seeds.json").write_text("{}"), "damaged set of seeds"),
        (lambda path: (path / "seed-2" / "metrics.json").write_text("{}"), "damaged run"),
        (with_json("seeds.json", "metrics", value={}), "metrics"),
        (with_json("seeds.json", "metrics", "accuracy", value=SPREAD | {"values": [0.5]}), "expected 2 values, got 1"),
        (with_json("seeds.json", "metrics", "accuracy", value=SPREAD | {"values": [None, None]}), "expected null"),
        (with_json("seeds.json", "metrics", "r2", value=SPREAD | {"values": [0.5, 0.5]}), "that seeds.json sums up"),
        (with_json("seeds.json", "seeds", value=[0, 1, 2]), "expected 3 values, got 2"),
        (with_json("seeds.json", "seeds", value=[]), "seeds"),
        (with_json("seeds.json", "seeds", value=[0, 7]), "seed-2: damaged set of seeds: expected seed 7, got 1"),
        (with_json("seeds.json", "created", value="yesterday"), "created"),
        (with_json("several_seeds.json", "data", value={}), "no entry for data"),
        (other_accuracy, "seed-2: damaged set of seeds: expected the run that seeds.json sums up"),
        (replaced("seed-2", "seed-1"), "seed-2: damaged set of seeds: expected seed 1, got 0"),
        (lambda path: shutil.rmtree(path / "seed-2"), "nothing of that name"),
    ],
)
def test_the_page_of_a_damaged_group_is_refused(cli: Cli, seeds: Path, damage: Change, message: str) -> None:
    damage(seeds)
    outcome = cli("report", seeds)
    assert (outcome.code, outcome.out) == (4, "")
    assert message in outcome.err
    assert not (seeds / "report.html").exists()


def test_nothing_heavy_is_imported(run: Path) -> None:
    script = (
        "import sys; sys.argv = ['dltrain', 'report', sys.argv[1]]\n"
        "from dltrain.cli.app import app\n"
        "from dltrain.cli.failures import exit_code_of\n"
        "print(exit_code_of(app), sorted({'tensorflow', 'keras', 'sklearn', 'scipy', 'matplotlib'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(run)], capture_output=True, text=True, timeout=PATIENCE, check=True
    )
    assert done.stdout.splitlines()[-1] == "0 []"


def test_the_confusion_matrix_is_that_of_the_stored_threshold(cli: Cli, run: Path) -> None:
    decided("{threshold: 0.3, calibrate: temperature}", threshold=0.3, temperature=2)(run)
    cli("report", run)
    figures = ParsedPage((run / "report.html").read_text()).root.all("figure")
    (figure,) = (figure for figure in figures if figure.attributes["id"] == "confusion")
    shown = [int(cell.text) for cell in figure.all("td")]
    assert "greater than 0.3000" in figure.whole_text()

    frame = dltrain.load(run).predict(run.parent / "people.csv")
    rows = read_dataset(load_run(run).loaded_config).test
    predicted = frame["p_yes"].to_numpy()[rows.rows]
    assert shown == confusion_matrix(rows.truth, predicted > 0.3).ravel().tolist()
    assert shown != confusion_matrix(rows.truth, predicted > 0.5).ravel().tolist()
    (histogram,) = (figure for figure in figures if figure.attributes["id"] == "scores")
    counts = np.transpose([np.histogram(predicted[rows.truth == code], 20, (0, 1))[0] for code in (0, 1)])
    assert [int(cell.text) for cell in histogram.all("td")] == counts.ravel().tolist()
