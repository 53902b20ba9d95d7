"""`dltrain fit --seeds` and `dltrain show` of it, as a user sees them."""

import json
from pathlib import Path

import pytest

from dltrain.cli.seeds_page import print_seeds
from dltrain.run.members import Spread
from dltrain.run.seeds import SeedsSummary
from tests.conftest import GOLDEN, Cli

CONFIG = GOLDEN / "people.yaml"


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


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
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
