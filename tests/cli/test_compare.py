"""`dltrain compare` as a user sees it."""

import json
import re
import shutil
import subprocess
import sys
import webbrowser
from pathlib import Path

import pytest

from dltrain.run.members import FOLDS, SEEDS
from tests.conftest import GOLDEN, PATIENCE, CheckGolden, Cli
from tests.reliability.hostile_runs import edit_text, seal, set_to
from tests.report.pages import ParsedPage
from tests.run.groups import write_group
from tests.run.test_agreement import decided

CONFIG = GOLDEN / "people.yaml"


@pytest.fixture
def copies(golden_run: Path) -> tuple[Path, Path]:
    """Two copies of the golden run, whose table lies elsewhere."""
    return golden_run, Path(shutil.copytree(golden_run, golden_run.parent / "people-2"))


def test_a_run_does_not_differ_from_its_copy(cli: Cli, copies: tuple[Path, Path], people: Path) -> None:
    outcome = cli("compare", *copies, "--data", people)
    assert outcome.code == 0
    for line, copy in zip(outcome.err.splitlines(), copies, strict=True):
        assert line.startswith(f"note: {copy.name}: all 240 rows are those of the run's own table: 154 for training, ")
    assert re.findall(r"^  (\w+) +0 +0 to 0  equal", outcome.out, re.MULTILINE) == ["accuracy", "roc_auc", "log_loss"]
    assert outcome.out.endswith("  the configs are the same\n")


def test_where_a_table_lies_makes_no_difference(cli: Cli, copies: tuple[Path, Path], people: Path) -> None:
    for name in ("config.yaml", "manifest.json"):
        edit_text(name, "/data/people.csv", "/moved/people.csv")(copies[1])
    seal(copies[1])
    outcome = cli("compare", *copies, "--data", people)
    assert outcome.code == 0
    assert outcome.out.endswith("  the configs are the same\n")


def test_another_table_of_the_same_config_is_told(
    cli: Cli, copies: tuple[Path, Path], people: Path, tmp_path: Path
) -> None:
    """What is trained every night has one config, and another table every time."""
    first, second = copies
    before = json.loads((first / "manifest.json").read_text())["data"]["data"]
    now = before | {"rows": 1_250, "sha256": "c0ffee" * 10 + "0000"}
    set_to("manifest.json", ("data", "data"), now)(second)
    outcome = cli("compare", *copies, "--data", people, "--html", tmp_path / "page.html")
    texts = [f"240 rows, sha256 {before['sha256'][:12]}…", "1,250 rows, sha256 c0ffeec0ffee…"]
    assert outcome.code == 0
    assert outcome.out.endswith(f"  the configs are the same\n  table 'data': {' → '.join(texts)}\n")
    compared = json.loads(cli("compare", *copies, "--data", people, "--json").out)["runs"]
    assert [run["tables"] for run in compared] == [{}, {"data": [before, now]}]
    page = ParsedPage((tmp_path / "page.html").read_text()).root
    (section,) = (section for section in page.all("section") if section.attributes["id"] == "config")
    cells = [cell.whole_text() for cell in (*section.all("th"), *section.all("td"))]
    assert cells == ["key", first.name, second.name, "table 'data'", *texts]


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
    assert outcome.err.endswith("; --data FILE scores another labelled table\n")


def in_a_window(monkeypatch: pytest.MonkeyPatch, columns: int) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", str(columns))


def test_a_settled_threshold_is_shown(cli: Cli, copies: tuple[Path, Path], people: Path) -> None:
    assert "threshold" not in cli("compare", *copies, "--data", people).out
    decided("{threshold: 0.2}", threshold=0.2)(copies[1])
    rows = [line.split() for line in cli("compare", *copies, "--data", people).out.splitlines()[2:5]]
    assert rows[0][4:6] == ["threshold", "best"]
    assert [row[4] for row in rows[1:]] == ["0.5000", "0.2000"]
    content = json.loads(cli("compare", *copies, "--data", people, "--json").out)
    assert [run["threshold"] for run in content["runs"]] == [None, 0.2]


@pytest.mark.parametrize(
    ("columns", "first", "last"),
    [
        (80, "run accuracy roc_auc log_loss best epoch parameters", "people-2"),
        (50, "people-1 people-2", "parameters"),
        (25, "people-1", "parameters"),
    ],
)
def test_a_narrow_terminal_shows_every_figure_of_every_run(
    cli: Cli,
    copies: tuple[Path, Path],
    people: Path,
    monkeypatch: pytest.MonkeyPatch,
    columns: int,
    first: str,
    last: str,
) -> None:
    in_a_window(monkeypatch, columns)
    out = re.sub(r"\x1b\[[\d;]*m", "", cli("compare", *copies, "--data", people).out)
    lines = out[out.index(" rows: ") :].split("\n\n")[1].splitlines()
    assert " ".join(lines[0].split()) == first
    assert lines[-1].split()[0] == last
    figures = re.findall(r"\b0\.\d{4}\b", "\n".join(lines))
    assert len(figures) == 2 * 3
    assert "…" not in "".join(lines)


def test_a_page_is_written_beside_the_text(cli: Cli, copies: tuple[Path, Path], people: Path, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    plain = cli("compare", *copies, "--data", people)
    outcome = cli("compare", *copies, "--data", people, "--html", page)
    assert (outcome.code, outcome.out) == (0, plain.out)
    assert outcome.err == f"{plain.err}note: the page is {page}\n"
    text = ParsedPage(page.read_text(encoding="utf-8")).root.whole_text()
    assert "people-2 equals people-1 by accuracy, roc_auc and log_loss." in text
    for value in json.loads(cli("compare", *copies, "--data", people, "--json").out)["runs"][0]["metrics"].values():
        assert f"{value:.4f}" in text
    refused = cli("compare", *copies, "--data", people, "--html", page, "--json")
    assert (refused.code, refused.out) == (4, "")
    assert "exists already\nhint: name another file, or add --force to replace it" in refused.err
    again = cli("compare", *copies, "--data", people, "--html", page, "--force", "--json")
    assert (again.code, json.loads(again.out)["html"]) == (0, str(page))


def test_a_page_that_cannot_be_written_is_told_before_the_work(cli: Cli, copies: tuple[Path, Path]) -> None:
    # The table of these runs is not there either.
    outcome = cli("compare", *copies, "--html", "nowhere/page.html")
    assert outcome.code == 4
    assert "nowhere/page.html: cannot be written: its folder does not exist" in outcome.err


def test_open_shows_the_page_in_the_browser(
    cli: Cli, copies: tuple[Path, Path], people: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []

    def open_page(address: str) -> bool:
        opened.append(address)
        return True

    monkeypatch.setattr(webbrowser, "open", open_page)
    page = tmp_path / "page.html"
    assert cli("compare", *copies, "--data", people, "--html", page, "--open").code == 0
    assert opened == [page.as_uri()]


@pytest.mark.parametrize("option", ["--open", "--force"])
def test_options_of_the_page_need_a_page(cli: Cli, copies: tuple[Path, Path], people: Path, option: str) -> None:
    outcome = cli("compare", *copies, "--data", people, option)
    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err == f"error: {option}: expected --html FILE beside it\n"


def test_groups_are_refused_and_their_runs_named(cli: Cli, golden_run: Path, tmp_path: Path) -> None:
    seeds, folds = write_group(tmp_path, "seeded", SEEDS), write_group(tmp_path, "cross", FOLDS)
    outcome = cli("compare", golden_run, seeds, folds)
    assert (outcome.code, outcome.out) == (4, "")
    assert outcome.err == (
        f"error: {seeds}: expected a run directory, got that of a set of seeds\n"
        f"{folds}: expected a run directory, got that of a cross-validation\n"
        f"hint: name a run in it: dltrain compare {golden_run} {seeds}/seed-1 {folds}/fold-1 "
        "--data FILE, a labelled table, because a fold was tested on other rows\n"
    )


@pytest.mark.parametrize("option", [("--html", "page.html"), ("--data", "x.csv")])
def test_cross_validations_are_compared_on_their_own_rows_as_text(
    cli: Cli, tmp_path: Path, option: tuple[str, str]
) -> None:
    first, second = (write_group(tmp_path, name, FOLDS) for name in ("wide", "deep"))
    outcome = cli("compare", first, second, *option)
    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err == (
        f"error: {option[0]}: expected runs, got cross-validations, which are compared on their own rows, as text\n"
        "hint: dltrain report RUN makes the page of each\n"
    )


def test_a_cross_validation_that_is_not_finished_is_not_compared(cli: Cli, tmp_path: Path) -> None:
    first, second = (write_group(tmp_path, name, FOLDS, is_finished=False) for name in ("wide", "deep"))
    outcome = cli("compare", first, second)
    assert (outcome.code, outcome.out) == (4, "")
    assert outcome.err.startswith(f"error: {first}: the cross-validation is not finished\n")


@pytest.mark.slow
def test_cross_validations_stand_side_by_side(cli: Cli, tmp_path: Path) -> None:
    for folds in (2, 3):
        assert cli("fit", CONFIG, "training.epochs=2", f"split.folds={folds}", "--runs", tmp_path, "-q").code == 0
    paths = tmp_path / "people-1", tmp_path / "people-2"
    outcome = cli("compare", *paths)
    lines = outcome.out.splitlines()
    assert outcome.code == 0
    assert re.fullmatch(r"240 rows: all of \S+people.csv, each by a network that did not see it", lines[0])
    assert [line.split()[-3:-1] for line in lines[3:5]] == [["2", "folds"], ["3", "folds"]]
    assert "  split.folds: 2 → 3" in lines
    compared = json.loads(cli("compare", *paths, "--json").out)["runs"]
    assert [run["folds"] for run in compared] == [2, 3]
    for run, path in zip(compared, paths, strict=True):
        assert run["metrics"] == pytest.approx(json.loads((path / "folds.json").read_text())["out_of_fold"]["metrics"])


def test_an_average_stands_for_its_seeds(cli: Cli, golden_run: Path, tmp_path: Path) -> None:
    seeds, folds = write_group(tmp_path, "seeded", SEEDS), write_group(tmp_path, "cross", FOLDS)
    shutil.copytree(golden_run, seeds / "average")
    outcome = cli("compare", golden_run, seeds, folds)
    assert outcome.err == (
        f"error: {folds}: expected a run directory, got that of a cross-validation\n"
        f"hint: name a run in it: dltrain compare {golden_run} {seeds} {folds}/fold-1 "
        "--data FILE, a labelled table, because a fold was tested on other rows\n"
    )


def test_nothing_heavy_is_imported_for_a_page(copies: tuple[Path, Path], people: Path, tmp_path: Path) -> None:
    script = (
        "import sys; sys.argv = ['dltrain', 'compare', *sys.argv[1:]]\n"
        "from dltrain.cli.app import app\n"
        "from dltrain.cli.failures import exit_code_of\n"
        "print(exit_code_of(app), sorted({'tensorflow', 'keras', 'sklearn', 'scipy', 'matplotlib'} & set(sys.modules)))"
    )
    arguments = [*map(str, copies), "--data", str(people), "--html", str(tmp_path / "page.html")]
    done = subprocess.run(
        [sys.executable, "-c", script, *arguments], capture_output=True, text=True, timeout=PATIENCE, check=True
    )
    assert done.stdout.splitlines()[-1] == "0 []"


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
    page = runs / "seen.html"
    both = cli("compare", runs / "people-1", runs / "people-3", "--data", GOLDEN / "people.csv", "--html", page)
    assert both.code == 0
    said = [f"{name}: all 240 rows are those of the run's own table: " for name in ("people-1", "people-3")]
    assert [both.err.count(text) for text in said] == [1, 1]
    assert both.err.count("dltrain evaluate without --data scores the held-out rows alone") == 2
    assert all(text in ParsedPage(page.read_text(encoding="utf-8")).root.whole_text() for text in said)


@pytest.mark.slow
def test_another_table_is_refused_with_the_reason(cli: Cli, runs: Path) -> None:
    outcome = cli("compare", runs / "people-1", runs / "changed-1")
    assert outcome.code == 4
    assert "changed-1: expected the table of " in outcome.err
    assert "changed.csv: other test rows" in outcome.err
