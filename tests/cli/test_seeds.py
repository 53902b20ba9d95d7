"""`dltrain fit --seeds` and `dltrain show` of it, as a user sees them."""

import json
from pathlib import Path

import pytest

from dltrain.cli.pages.members_diagnosis import print_members_diagnosis
from dltrain.cli.pages.seeds import print_seeds
from dltrain.run import Diagnosis
from dltrain.run.members import Spread
from dltrain.run.seeds import SeedsSummary
from dltrain.run.shared_diagnosis import SharedDiagnosis
from tests.conftest import GOLDEN, Cli

CONFIG = GOLDEN / "people.yaml"
WITHOUT = "model.layers.3={type: batch_normalization}"
"""Overrides the one layer of the config that cannot be averaged."""


def summary_of(n_seeds: int) -> SeedsSummary:
    values = tuple(0.8 + seed / 100 for seed in range(n_seeds))
    return SeedsSummary(
        created="2026-01-01",
        config="people",
        task="binary",
        metrics={"accuracy": Spread(mean=0.81234, sd=0.0123, values=values, baseline=0.5)},
        seeds=tuple(range(7, 7 + n_seeds)),
        rows=1_000,
    )


def test_every_seed_has_a_column(capsys: pytest.CaptureFixture[str]) -> None:
    print_seeds(summary_of(3), path=Path("runs/people-1"))
    assert capsys.readouterr().out.splitlines() == [
        "runs/people-1  (3 seeds, binary, made 2026-01-01)",
        "",
        "                mean ± sd  baseline  seed 7  seed 8  seed 9",
        "accuracy  0.8123 ± 0.0123    0.5000  0.8000  0.8100  0.8200",
        "mean ± standard deviation over the seeds of training, on the same 1,000 test rows",
        "runs are numbered from 1: seed-1 has the seed 7, seed-3 9",
    ]


@pytest.mark.slow
def test_several_seeds_are_fitted_judged_and_shown(cli: Cli, tmp_path: Path) -> None:
    arguments = ["fit", CONFIG, "training.epochs=2", "expect.test.accuracy=> 1", "--seeds", 2, "--runs", tmp_path]
    outcome = cli(*arguments)
    run = tmp_path / "people-1"
    assert outcome.code == 5
    assert outcome.out.splitlines()[0].split() == ["mean", "±", "sd", "baseline", "seed", "0", "seed", "1"]
    assert outcome.out.endswith(f"saved to {run}\n")
    lines = outcome.err.splitlines()
    assert [line for line in lines if line.startswith("seed ")] == ["seed 1 of 2", "seed 2 of 2"]
    assert lines[-3:-1] == [
        "error: 1 of 1 gate missed",
        next(line for line in lines if line.startswith("  test.accuracy: expected > 1, got ")),
    ]
    assert cli("show", run).out.splitlines()[2:] == outcome.out.splitlines()[:-1]
    again = json.loads(cli(*arguments, "--json", "-q").out)
    shown = json.loads(cli("show", run, "--json").out)
    assert (shown["metrics"], shown["gates"]) == (again["metrics"], again["gates"])
    assert shown["gates"][0]["value"] == shown["metrics"]["accuracy"]["mean"]
    assert cli("evaluate", run / "seed-2").code == 5

    (run / "seeds.json").unlink()
    assert cli("show", run).out.splitlines()[1:] == [
        "finished   2 of 2 seeds",
        f"go on      dltrain fit --resume {run}",
    ]
    assert json.loads(cli("show", run, "--json").out)["seeds"] == 2
    resumed = cli("fit", "--resume", run)
    assert (resumed.code, resumed.out) == (5, outcome.out)


@pytest.mark.slow
def test_the_average_is_shown_and_used(cli: Cli, tmp_path: Path) -> None:
    fitted = cli("fit", CONFIG, "training.epochs=2", WITHOUT, "--seeds", 2, "--average", "--runs", tmp_path)
    run, average = tmp_path / "people-1", tmp_path / "people-1" / "average"
    lines = fitted.out.splitlines()
    assert (fitted.code, lines[-1]) == (0, f"saved to {run}")
    assert lines[0].split() == ["mean", "±", "sd", "average", "baseline", "seed", "0", "seed", "1"]
    parameters = json.loads((average / "metrics.json").read_text())["parameters"]
    said = f"average: one network of {parameters} parameters; predict and evaluate with this directory use it"
    assert lines.count(said) == 1
    assert fitted.err.splitlines()[-1] == f"average of 2 seeds, one network of {parameters} parameters"
    assert cli("show", run).out.splitlines()[2:] == lines[:-1]
    shown = json.loads(cli("show", run, "--json").out)
    assert shown["average"] == json.loads((average / "metrics.json").read_text())

    assert cli("show", average).out.startswith(f"{average}  (average of 2 seeds of people, binary, format 1, made ")
    assert "\nnot trained: fitting this config again trains one wide network" in cli("show", average).out
    evaluated = json.loads(cli("evaluate", run, "--json").out)
    assert (evaluated["run"], evaluated["metrics"]) == (str(average), shown["average"]["test"]["metrics"])
    predicted = cli("predict", GOLDEN / "people.csv", "--run", run)
    assert predicted.out == cli("predict", GOLDEN / "people.csv", "--run", average).out
    for path in (run, average):
        assert cli("report", path).out == f"{path / 'report.html'}\n"
    assert "  average of 2 seeds of people  " in cli("runs", "--runs", run).out
    listed = json.loads(cli("runs", "--runs", run, "--filter", "config=people", "--json").out)["runs"]
    assert [(entry["run"], entry["average_of"]) for entry in listed] == [(str(average), [0, 1])]
    compared = cli("compare", run / "seed-1", run).out
    assert any(line.split()[0] == "average" and "  average  " in line for line in compared.splitlines() if line)
    page = tmp_path / "page.html"
    assert cli("compare", run / "seed-1", run, "--html", page).code == 0
    text = page.read_text(encoding="utf-8")
    assert "No curve for average: an average of other networks was not trained itself." in text
    assert cli("runs", "--delete", run, "--yes").code == 0
    assert not run.exists()


@pytest.mark.slow
def test_seeds_without_an_average_get_it_later(cli: Cli, tmp_path: Path) -> None:
    cli("fit", CONFIG, "training.epochs=1", WITHOUT, "--seeds", 2, "--runs", tmp_path)
    run = tmp_path / "people-1"
    told = cli("predict", GOLDEN / "people.csv", "--run", run)
    assert (told.code, told.err.splitlines()) == (
        4,
        [
            f"error: {run}: expected a run directory, got that of a set of seeds without an average",
            f"hint: dltrain fit --resume {run} --average makes their average, which is used then; its runs are "
            f"{run}/seed-1 and those beside it",
        ],
    )
    assert cli("fit", "--resume", run).err.splitlines()[-1] == (
        f"hint: dltrain fit --resume {run} --average makes the average of its seeds"
    )
    made = cli("fit", "--resume", run, "--average", "--json", "-q")
    assert (made.code, list(json.loads(made.out)["average"]["average"])) == (0, ["config", "seeds"])
    assert cli("predict", GOLDEN / "people.csv", "--run", run).code == 0
    assert cli("fit", "--resume", run / "seed-1", "--average").err == (
        "error: --average: expected several seeds to average, --seeds N, got one run\n"
    )


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (["--average"], "error: --average: expected several seeds to average, --seeds N, got one run"),
        (["--average", "split.folds=3"], "error: --average: expected seeds, got folds: every row is a test row"),
        (
            ["--average", "--seeds", 3],
            "people.yaml:14:14: model.layers.3.type: expected a layer that treats each unit for itself",
        ),
        (["--seeds", 1], "error: seeds: expected 2 to 100, got 1"),
        (["--seeds", 3, "split.folds=3"], "split.folds: expected no folds beside several seeds"),
        (["--seeds", 3, "--resume", "runs/people-1"], "--seeds: a resumed run keeps its seeds"),
    ],
)
def test_what_does_not_go_together_is_told_at_once(
    cli: Cli, tmp_path: Path, arguments: list[object], text: str
) -> None:
    outcome = cli("fit", CONFIG, *arguments)
    assert outcome.code == 2
    assert text in outcome.err


@pytest.mark.slow
def test_a_seed_that_diverges_ends_them_and_is_named(cli: Cli, tmp_path: Path) -> None:
    diverging = "training.optimizer={type: sgd, learning_rate: 1e30}"
    assert cli("fit", CONFIG, diverging, "--seeds", 2, "--runs", tmp_path, "-q").code == 5
    run = tmp_path / "people-1"
    shown = cli("show", run).out
    assert "(set of seeds, unfinished: diverged, begun " in shown
    assert "\nstopped    seed-1: epoch 1, step " in shown
    # It would only say that it cannot go on.
    assert "--resume" not in shown
    assert json.loads(cli("show", run, "--json").out)["state"] == "diverged"
    evaluated = cli("evaluate", run)
    assert evaluated.code == 4
    assert f"hint: the training of one diverged: dltrain show {run} says where; " in evaluated.err


def test_what_is_wrong_with_the_seeds_is_told_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    found = Diagnosis(topic="dead_units", message="99% of them", change="training.early_stopping={patience: 5}")
    shared = (SharedDiagnosis(found, "seed-2", 3),)
    monkeypatch.setattr("dltrain.cli.pages.members_diagnosis.read_shared_diagnosis", lambda *_: shared)
    print_members_diagnosis(tmp_path, summary_of(4))
    assert capsys.readouterr().out.splitlines() == [
        "dead units in 3 of 4 seeds, as in seed-2: 99% of them",
        "  try 'training.early_stopping={patience: 5}'",
    ]
