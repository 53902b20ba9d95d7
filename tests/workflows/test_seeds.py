"""One config with several seeds: runs, their spread, going on."""

import shutil
import statistics
from pathlib import Path
from typing import Any

import pytest

import dltrain
from dltrain.config import LoadedConfig, config_from_dict
from dltrain.errors import ConfigError, Interrupted, OutputError, RunError
from dltrain.run.members import working_on
from dltrain.run.metrics_file import Scores
from dltrain.workflows.fitting.audience import Audience
from dltrain.workflows.fitting.events import Event, MemberBegan
from dltrain.workflows.groups.spreads import metric_spreads
from dltrain.workflows.seeds import SeveralSeeds, fit_seeds, resume_seeds
from tests.workflows.conftest import config_of, write_table
from tests.workflows.test_cross_validation import Stop, bits

SEEDS = 3


def seeds_config(table: Path, **sections: Any) -> LoadedConfig:
    layers = [{"type": "dense", "units": 8, "activation": "relu"}, {"type": "dropout", "rate": 0.2}]
    defaults = {"model": {"layers": layers}, "training": {"epochs": 4, "seed": 7}}
    return config_from_dict(config_of(table, "big", **(defaults | sections)))


@pytest.fixture(scope="module")
def done(columns: dict[str, list[Any]], tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, SeveralSeeds]:
    """A table and its finished fits, to read only."""
    folder = tmp_path_factory.mktemp("done")
    table = write_table(folder / "table.csv", columns)
    return table, fit_seeds(seeds_config(table), SEEDS, runs=folder / "runs")


@pytest.mark.slow
def test_every_seed_is_a_run_as_fit_makes_it(done: tuple[Path, SeveralSeeds], tmp_path: Path) -> None:
    table, result = done
    names = {path.name for path in result.path.iterdir()}
    assert names == {"seed-1", "seed-2", "seed-3", "several_seeds.json", "seeds.json", "report.html"}
    assert result.summary.seeds == (7, 8, 9)
    for number, seed in enumerate(result.summary.seeds, start=1):
        alone = dltrain.fit(seeds_config(table, training={"epochs": 4, "seed": seed}).document.data, runs=tmp_path)
        assert bits(alone.path) == bits(result.path / f"seed-{number}")


@pytest.mark.slow
def test_mean_and_spread_are_those_of_the_runs(done: tuple[Path, SeveralSeeds]) -> None:
    _, result = done
    runs = [dltrain.load(result.path / f"seed-{number}").metrics for number in (1, 2, 3)]
    for part, spreads in (("test", result.summary.metrics), ("validation", result.summary.validation or {})):
        for name, spread in spreads.items():
            values = [run[part]["metrics"][name] for run in runs]
            assert spread.values == tuple(values)
            assert spread.mean == pytest.approx(statistics.fmean(values), rel=1e-12)
            assert spread.sd == pytest.approx(statistics.stdev(values), rel=1e-9)
    assert len(set(result.summary.metrics["log_loss"].values)) == 3
    assert result.summary.rows == runs[0]["test"]["rows"]


@pytest.mark.slow
@pytest.mark.parametrize("epoch", [None, 2])
def test_an_interrupted_one_goes_on_and_ends_the_same(
    done: tuple[Path, SeveralSeeds], tmp_path: Path, epoch: int | None
) -> None:
    table, whole = done
    with pytest.raises(Interrupted, match=r"^in seed 2 of 3") as caught:
        fit_seeds(seeds_config(table), SEEDS, runs=tmp_path, audience=Stop(fold=2, epoch=epoch).audience)
    path = tmp_path / "config-1"
    assert caught.value.message.endswith(f"\nhint: dltrain fit --resume {path} goes on")
    begun: list[int] = []

    def note(event: Event) -> None:
        if isinstance(event, MemberBegan):
            begun.append(event.number)

    resumed = resume_seeds(path, audience=Audience(notify=note))

    assert begun == [2, 3]
    assert resumed.summary.model_dump(exclude={"created"}) == whole.summary.model_dump(exclude={"created"})
    assert [bits(path / f"seed-{n}") for n in (1, 2, 3)] == [bits(whole.path / f"seed-{n}") for n in (1, 2, 3)]


@pytest.mark.slow
def test_what_cannot_go_on_is_told(done: tuple[Path, SeveralSeeds], tmp_path: Path) -> None:
    _, whole = done
    with pytest.raises(RunError, match="expected an unfinished set of seeds, this one is finished"):
        resume_seeds(whole.path)
    path = shutil.copytree(whole.path, tmp_path / "copy-1")
    (path / "seeds.json").unlink()
    with pytest.raises(ConfigError, match=r"(?s)this one differs\n  training.epochs: expected 4, got 5"):
        resume_seeds(path, overrides=["training.epochs=5"])
    with working_on(path), pytest.raises(OutputError, match="another process is writing it"):
        resume_seeds(path)
    shutil.rmtree(path / "seed-2")
    with pytest.raises(RunError, match="damaged set of seeds: seed-3 is there, seed-2 is not"):
        resume_seeds(path)
    shutil.copytree(path / "seed-3", path / "seed-2")
    with pytest.raises(RunError, match=r"seed-2: damaged set of seeds: expected seed 8, got 9"):
        resume_seeds(path)


@pytest.mark.parametrize(
    ("sections", "text"),
    [
        ({"split": {"folds": 3}}, r"split\.folds: expected no folds beside several seeds"),
        ({"training": {"seed": 2**32 - 2}}, r"training\.seed: expected at most 4,294,967,293, so that 3 seeds"),
        ({"data": {"features": ["nothing"]}}, "column 'nothing' is not in the table"),
    ],
)
def test_a_mistake_leaves_no_directory_behind(table: Path, tmp_path: Path, sections: dict[str, Any], text: str) -> None:
    with pytest.raises(ConfigError, match=text):
        fit_seeds(seeds_config(table, **sections), SEEDS, runs=tmp_path / "runs")
    assert not (tmp_path / "runs").exists()


def test_undefined_values_stay_out_of_the_mean() -> None:
    scores = [Scores(rows=9, metrics={"roc_auc": value}, baseline={"roc_auc": None}) for value in (0.5, None, 0.7)]
    spread = metric_spreads(scores)["roc_auc"]
    assert spread.mean == pytest.approx(0.6)
    assert spread.sd == pytest.approx(0.02**0.5)
    assert (spread.values, spread.baseline) == ((0.5, None, 0.7), None)
