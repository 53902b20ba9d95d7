"""`dltrain report`, on the golden run, without TensorFlow."""

import json
import subprocess
import sys
import webbrowser
from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics import confusion_matrix

import dltrain
from dltrain.run import load_run
from dltrain.run.members import FOLDS, SEEDS, Group
from dltrain.workflows.rows.dataset import read_dataset
from tests.conftest import PATIENCE, Cli
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


def test_the_page_of_seeds_is_made_once(cli: Cli, tmp_path: Path) -> None:
    path = write_group(tmp_path, "people", SEEDS)
    outcome = cli("report", path)
    assert (outcome.code, outcome.out, outcome.err) == (0, f"{path / 'report.html'}\n", "")
    text = text_of(path / "report.html")
    assert "2 networks of one config, each with another seed of training, predict bought" in text
    assert "Mean of 2 seeds0.8750± 0.0125" in text
    written = (path / "report.html").stat()
    assert cli("report", path).code == 0
    assert (path / "report.html").stat() == written
    assert json.loads(cli("report", path, "-o", tmp_path / "page.html", "--json").out) == {
        "run": str(path),
        "report": str(tmp_path / "page.html"),
    }


@pytest.mark.parametrize("group", [FOLDS, SEEDS])
def test_a_group_that_is_not_finished_has_no_page(cli: Cli, tmp_path: Path, group: Group) -> None:
    path = write_group(tmp_path, "people", group, is_finished=False)
    outcome = cli("report", path)
    assert (outcome.code, outcome.out) == (4, "")
    assert outcome.err == (
        f"error: {path}: the {group.noun} is not finished\nhint: dltrain fit --resume {path} goes on\n"
    )


@pytest.mark.parametrize("name", ["seeds.json", "seed-2/metrics.json", "several_seeds.json"])
def test_the_page_of_a_damaged_group_is_refused(cli: Cli, tmp_path: Path, name: str) -> None:
    path = write_group(tmp_path, "people", SEEDS)
    (path / name).write_text("{}")
    outcome = cli("report", path)
    assert (outcome.code, outcome.out) == (4, "")
    assert "damaged" in outcome.err
    assert not (path / "report.html").exists()


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('"values": [0.85, 0.9]', '"values": [0.85]', "accuracy: expected 2 values, got 1"),
        ('"seeds": [0, 1]', '"seeds": [0, 1, 2]', "accuracy: expected 3 values, got 2"),
        ('"accuracy"', '"r2"', "expected the metrics of seeds.json"),
    ],
)
def test_the_page_of_a_group_whose_files_do_not_agree_is_refused(
    cli: Cli, tmp_path: Path, old: str, new: str, message: str
) -> None:
    path = write_group(tmp_path, "people", SEEDS)
    content = json.dumps(json.loads((path / "seeds.json").read_text()))
    assert old in content
    (path / "seeds.json").write_text(content.replace(old, new))
    outcome = cli("report", path)
    assert (outcome.code, outcome.out) == (4, "")
    assert "damaged set of seeds" in outcome.err
    assert message in outcome.err


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
