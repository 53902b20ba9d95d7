"""`dltrain fit` and `dltrain show` of a cross-validation, as a user sees them."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from dltrain.cli.pages.folds import print_folds, spread_text
from dltrain.run.folds import FoldsSummary
from dltrain.run.members import FOLDS, Spread, read_summary_as
from dltrain.run.metrics_file import Scores
from tests.conftest import GOLDEN, PATIENCE, CheckGolden, Cli
from tests.reliability.hostile_runs import set_to
from tests.run.groups import write_group

CONFIG = GOLDEN / "people.yaml"

PRESSES_CTRL_C = """
import os, signal
from dltrain.cli import main
from dltrain.cli.progress import FitDisplay
from dltrain.workflows.fitting.events import EpochEnded, MemberBegan

show, folds = FitDisplay.__call__, []

def show_and_press(display, event):
    show(display, event)
    if isinstance(event, MemberBegan):
        folds.append(event.number)
    if isinstance(event, EpochEnded) and (folds[-1], event.epoch.number) == (2, 1):
        os.kill(os.getpid(), signal.SIGINT)

FitDisplay.__call__ = show_and_press
main()
"""
"""A command that gets its Ctrl-C after the first epoch of the second fold, however fast the others are."""


def read_summary(path: Path) -> FoldsSummary:
    return read_summary_as(FoldsSummary, path, FOLDS)


def summary_of(folds: int) -> FoldsSummary:
    values = tuple(0.8 + fold / 100 for fold in range(folds))
    return FoldsSummary(
        created="2026-01-01",
        config="people",
        task="binary",
        folds=folds,
        rows=tuple(range(100, 100 + folds)),
        metrics={"accuracy": Spread(mean=0.81234, sd=0.0123, values=values, baseline=0.5)},
        out_of_fold=Scores(rows=1_000, metrics={"accuracy": 0.8125}, baseline={"accuracy": 0.5}),
    )


def test_every_fold_has_a_column(capsys: pytest.CaptureFixture[str]) -> None:
    print_folds(summary_of(3), path=Path("runs/people-1"))
    assert capsys.readouterr().out.splitlines() == [
        "runs/people-1  (cross-validation, binary, 3 folds, made 2026-01-01)",
        "",
        "                mean ± sd  baseline  all rows  fold 1  fold 2  fold 3",
        "accuracy  0.8123 ± 0.0123    0.5000    0.8125  0.8000  0.8100  0.8200",
        "rows                                    1,000     100     101     102",
        "mean ± standard deviation over the folds; all rows: each predicted by a network that did not see it",
        "baseline: always predicts the class shares of the training rows",
    ]


def test_labels_that_a_fold_never_saw_leave_nothing_to_compare(cli: Cli, tmp_path: Path) -> None:
    path = write_group(tmp_path, "people", FOLDS)
    summary = json.loads((path / "folds.json").read_text())
    summary["out_of_fold"]["metrics"]["accuracy"] = 0.4
    (path / "folds.json").write_text(json.dumps(summary))
    praise = "accuracy is worse than the baseline's, but log_loss is not: the probabilities say more than these labels"
    assert praise in cli("show", path).out
    unseen = {"topic": "unseen_labels", "message": "60 of 120 test rows", "change": None}
    set_to("metrics.json", ("diagnosis",), [unseen])(path / "fold-2")
    outcome = cli("show", path)
    assert praise not in outcome.out
    assert "unseen labels in 1 of 2 folds, as in fold-2: 60 of 120 test rows" in outcome.out


def test_folds_that_do_not_fit_the_window_are_left_out(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("TERM", "dumb")
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    print_folds(summary_of(10))
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["mean", "±", "sd", "baseline", "all", "rows"]
    assert max(map(len, lines[:3])) <= 80


@pytest.mark.parametrize(
    ("mean", "sd", "text"),
    [
        (48_123.4, 1_234.5, "48,123 ± 1,234"),
        (12.3456, 0.5, "12.346 ± 0.500"),
        (1e-7, 2e-8, "1e-07 ± 2e-08"),
        (0.5, None, "0.5000"),
        (None, None, "–"),
    ],
)
def test_a_spread_has_the_places_of_its_mean(mean: float | None, sd: float | None, text: str) -> None:
    assert spread_text(Spread(mean=mean, sd=sd, values=(mean,), baseline=None)) == text


@pytest.mark.slow
@pytest.mark.golden
def test_what_a_cross_validation_prints(cli: Cli, tmp_path: Path, check_golden: CheckGolden) -> None:
    overrides = ["split.folds=3", "training.epochs=2", "data.task=binary", "data.positive=yes"]
    outcome = cli("fit", CONFIG, *overrides, "--runs", tmp_path)
    assert outcome.code == 0
    shown = re.sub(r"^(epoch |epochs |  ?\w+ +[\d.]+ ).*$", r"\1…", outcome.err, flags=re.MULTILINE)
    check_golden("folds_progress.txt", shown)
    result = re.sub(r"(, as in fold-\d: ).*", r"\1…", re.sub(r"\d\.\d{4}", "0.0000", outcome.out))
    check_golden("folds_result.txt", result.replace(f"{tmp_path}/", ""))
    shown_again = cli("show", tmp_path / "people-1").out
    assert shown_again.splitlines()[2:] == outcome.out.splitlines()[:-1]
    content = json.loads(cli("show", tmp_path / "people-1", "--json").out)
    assert content == {
        "run": str(tmp_path / "people-1"),
        **read_summary(tmp_path / "people-1").model_dump(mode="json"),
    }
    assert cli("report", tmp_path / "people-1").out == f"{tmp_path / 'people-1' / 'report.html'}\n"
    first = (tmp_path / "people-1" / "out_of_fold.csv").read_text().splitlines()[0]
    assert first == "person,bought,fold,prediction,p_no,p_yes"
    outcome = cli("fit", CONFIG, *overrides, "--runs", tmp_path, "--name", "mine", "--json", "-q")
    again = json.loads(outcome.out)
    assert (outcome.code, outcome.err) == (0, "")
    assert (again["run"], again["metrics"]) == (str(tmp_path / "mine-1"), content["metrics"])
    assert cli("runs", "--delete", tmp_path / "mine-1", "--yes").code == 0
    assert not (tmp_path / "mine-1").exists()


@pytest.mark.slow
def test_an_interrupted_one_is_shown_and_resumed(cli: Cli, tmp_path: Path) -> None:
    overrides = ["split.folds=2", "training.epochs=30", "training.early_stopping=null", "training.batch_size=2"]
    fit = ["fit", str(CONFIG), *overrides, "--runs", str(tmp_path)]
    done = subprocess.run(
        [sys.executable, "-c", PRESSES_CTRL_C, *fit], capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    assert done.returncode == 130, done.stderr
    run = tmp_path / "people-1"
    assert re.search(
        rf"interrupted in fold 2 of 2 at .*; the state is saved\nhint: dltrain fit --resume {run} goes on", done.stderr
    )
    assert {path.name for path in run.iterdir()} == {"cross_validation.json", "fold-1", "fold-2"}
    shown = cli("show", run)
    assert shown.out.splitlines()[1:] == ["finished   1 of 2 folds", f"go on      dltrain fit --resume {run}"]
    assert json.loads(cli("show", run, "--json").out)["finished"] == [1]
    outcome = cli("fit", "--resume", run)
    assert outcome.code == 0
    assert outcome.err.startswith("fold 2 of 2\n")
    assert f"saved to {run}" in outcome.out
    assert read_summary(run).folds == 2


@pytest.mark.parametrize(
    ("override", "text"),
    [
        ("split.test=0.4", "expected no 'test' beside 'split.folds'"),
        ("split.strategy=time", "expected no folds with strategy 'time'"),
        ("split.fold=6", "split.fold: expected at most 5, the number of folds, got 6"),
    ],
)
def test_what_does_not_go_with_folds_is_told_at_once(cli: Cli, tmp_path: Path, override: str, text: str) -> None:
    outcome = cli("fit", CONFIG, "split.folds=5", "split.column=city", override, "--runs", tmp_path / "runs")
    assert outcome.code == 2
    assert text in outcome.err
    assert not (tmp_path / "runs").exists()


def test_a_check_looks_at_the_first_fold(cli: Cli) -> None:
    outcome = cli("check", CONFIG, "split.folds=4")
    assert outcome.code == 0
    assert re.search(
        r"^rows +\d+ train · \d+ validation · \d+ test \(stratified, seed 0, fold 1 of 4\)$", outcome.out, re.M
    )
