"""The average of several seeds: one run that predicts their mean, made once, left whole."""

import json
import re
import shutil
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pandas as pd
import pytest

import dltrain
from dltrain.config import LoadedConfig, config_from_dict, load_config
from dltrain.errors import ConfigError, DataError, Interrupted, OutputError, RunError
from dltrain.run import load_run, writing
from dltrain.run.average import average_path
from dltrain.run.history_file import read_history_file
from dltrain.scoring import Predictor
from dltrain.stopwatch import Stopwatch
from dltrain.table import read_table
from dltrain.workflows.fitting.audience import Audience
from dltrain.workflows.fitting.events import AverageBegan, Event
from dltrain.workflows.fitting.preparing import prepare
from dltrain.workflows.groups.averaging import check_average_fits
from dltrain.workflows.report import write_report
from dltrain.workflows.seeds import SeveralSeeds, fit_seeds, resume_seeds
from tests.workflows.conftest import config_of, write_table
from tests.workflows.test_cross_validation import bits

SEEDS = 3
LAYERS = [
    {"type": "batch_normalization"},
    {"type": "dense", "units": 8, "activation": "relu", "use_bias": False},
    {"type": "batch_normalization"},
    {"type": "dropout", "rate": 0.2},
    {"type": "dense", "units": 6, "activation": "tanh"},
    {"type": "gaussian_noise", "stddev": 0.1},
]
DECISION = {"threshold": {"maximize": "f1"}, "calibrate": "temperature"}


def seeds_config(table: Path, target: str = "big", **sections: Any) -> LoadedConfig:
    defaults: dict[str, Any] = {"model": {"layers": LAYERS}, "training": {"epochs": 4, "seed": 7}}
    if target == "big":
        defaults["decision"] = DECISION
    return config_from_dict(config_of(table, target, **(defaults | sections)))


@pytest.fixture(scope="module")
def table(columns: dict[str, list[Any]], tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_table(tmp_path_factory.mktemp("tables") / "table.csv", columns)


@pytest.fixture(scope="module")
def done(table: Path, tmp_path_factory: pytest.TempPathFactory) -> SeveralSeeds:
    """Finished fits with their average, to read only."""
    return fit_seeds(seeds_config(table), SEEDS, average=True, runs=tmp_path_factory.mktemp("runs"))


@pytest.fixture
def copy(done: SeveralSeeds, tmp_path: Path) -> Path:
    """A copy of them that may be changed."""
    return shutil.copytree(done.path, tmp_path / "copy-1")


def without_average(path: Path) -> Path:
    """Makes finished fits as they are without `--average`."""
    shutil.rmtree(average_path(path))
    origin = json.loads((path / "several_seeds.json").read_text())
    (path / "several_seeds.json").write_text(json.dumps(origin | {"average": False}))
    return path


class Stop:
    """Interrupts when the average begins."""

    def __call__(self, event: Event) -> None:
        if isinstance(event, AverageBegan):
            raise Interrupted


@pytest.mark.slow
@pytest.mark.parametrize("target", ["price", "big", "level"])
def test_it_predicts_the_mean_of_the_seeds_before_the_last_activation(
    table: Path, tmp_path: Path, done: SeveralSeeds, target: str
) -> None:
    result = done
    if target != "big":
        result = fit_seeds(seeds_config(table, target), SEEDS, average=True, runs=tmp_path)
    members = [load_run(result.path / f"seed-{number}") for number in range(1, SEEDS + 1)]
    average = load_run(result.path / "average")
    features = average.preprocessing.encode(read_table(table))
    outputs = [Predictor.from_run(run).outputs(features).astype(np.float64) for run in members]
    got = Predictor.from_run(average).outputs(features)
    assert all(np.abs(one - got).max() > 1e-3 for one in outputs)
    match target:
        case "price":
            expected = np.mean(outputs, axis=0)
        case "big":
            expected = 1 / (1 + np.exp(-np.mean([np.log(p / (1 - p)) for p in outputs], axis=0)))
        case _:
            powers = np.exp(np.mean(np.log(outputs), axis=0))
            expected = powers / powers.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(got, expected, rtol=0, atol=1e-5)
    network = keras.saving.load_model(average.path / "model.keras", safe_mode=True)
    np.testing.assert_allclose(network.predict(features.dense(), verbose=0), expected, rtol=0, atol=1e-5)


@pytest.mark.slow
def test_it_is_a_run_like_any_other(done: SeveralSeeds, table: Path, tmp_path: Path) -> None:
    model = dltrain.load(done.path)
    assert model.path == done.path / "average"
    assert {path.name for path in model.path.iterdir()} == {path.name for path in (done.path / "seed-1").iterdir()}
    run, member = model.run, load_run(done.path / "seed-1")
    assert done.average == run.metrics
    assert run.preprocessing == member.preprocessing
    assert run.config.model_copy(update={"model": member.config.model}) == member.config
    assert load_config(model.path / "config.yaml").config == run.config
    assert (
        (model.path / "config.yaml")
        .read_text()
        .startswith("# The average of 3 seeds of config as one network: fitted again, this trains")
    )
    scores = dltrain.evaluate(model.path)
    assert scores["metrics"] == model.metrics["test"]["metrics"]
    assert run.metrics.test_intervals is not None
    assert run.metrics.linear is not None
    frame = pd.read_csv(table)
    predicted = model.predict(frame)
    pd.testing.assert_frame_equal(predicted, dltrain.predict(done.path, frame))
    labels = np.where(predicted["p_yes"] > run.metrics.threshold, "yes", "no")
    assert predicted["prediction"].tolist() == labels.tolist()
    assert run.metrics.decision != member.metrics.decision


@pytest.mark.slow
def test_it_says_that_it_was_not_trained(done: SeveralSeeds, tmp_path: Path) -> None:
    run = load_run(average_path(done.path))
    assert (run.metrics.epochs, run.metrics.best_epoch, run.metrics.diagnosis) == (0, 0, ())
    assert read_history_file(run) == []
    write_report(run.path, tmp_path / "again.html")
    page, again = (path.read_text() for path in (run.path / "report.html", tmp_path / "again.html"))
    for text in (
        "<title>config-1/average · dltrain report</title>",
        "The average of 3 seeds of config predicts ",
        "This network was not trained: it is the networks of seeds 7 to 9 side by side",
        "Training of each seed",
        "<dd>7 to 9</dd>",
        "# The average of 3 seeds of config as one network",
    ):
        assert text in page
    assert re.sub(r"Made \S+", "", again) == re.sub(r"Made \S+", "", page)


@pytest.mark.slow
def test_the_seeds_are_what_they_are_without_it(done: SeveralSeeds, table: Path, tmp_path: Path) -> None:
    alone = fit_seeds(seeds_config(table), SEEDS, runs=tmp_path)
    assert alone.average is None
    assert [bits(alone.path / f"seed-{n}") for n in (1, 2, 3)] == [bits(done.path / f"seed-{n}") for n in (1, 2, 3)]
    assert alone.summary.model_dump(exclude={"created"}) == done.summary.model_dump(exclude={"created"})
    later = resume_seeds(alone.path, average=True)
    assert later.average == done.average
    assert later.summary == alone.summary
    assert bits_of_average(alone.path) == bits_of_average(done.path)


def bits_of_average(path: Path) -> dict[str, bytes]:
    names = ("model.onnx", "preprocessing.json", "metrics.json", "config.yaml", "history.csv")
    return {name: (average_path(path) / name).read_bytes() for name in names}


@pytest.mark.slow
def test_an_interruption_before_it_leaves_the_seeds_and_goes_on(
    done: SeveralSeeds, table: Path, tmp_path: Path
) -> None:
    with pytest.raises(Interrupted, match=r"^in the average; what is finished is kept\nhint: ") as caught:
        fit_seeds(seeds_config(table), SEEDS, average=True, runs=tmp_path, audience=Audience(notify=Stop()))
    path = tmp_path / "config-1"
    assert caught.value.message.endswith(f"\nhint: dltrain fit --resume {path} goes on")
    assert {found.name for found in path.iterdir()} == {"seed-1", "seed-2", "seed-3", "several_seeds.json", ".lock"} - (
        set() if (path / ".lock").exists() else {".lock"}
    )
    with pytest.raises(RunError, match="set of seeds without an average"):
        dltrain.load(path)
    assert resume_seeds(path).average == done.average
    assert bits_of_average(path) == bits_of_average(done.path)


@pytest.mark.slow
def test_an_interruption_of_a_later_one_goes_on_without_asking_again(copy: Path, done: SeveralSeeds) -> None:
    without_average(copy)
    with pytest.raises(Interrupted):
        resume_seeds(copy, average=True, audience=Audience(notify=Stop()))
    assert not average_path(copy).exists()
    assert resume_seeds(copy).average == done.average
    with pytest.raises(RunError, match="this one is finished") as caught:
        resume_seeds(copy, average=True)
    assert caught.value.hint == f"the average of its seeds is {copy}/average"


@pytest.mark.slow
def test_a_killed_process_leaves_nothing_that_counts(
    copy: Path, done: SeveralSeeds, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_average(copy)

    def fail(folder: Path, _: Any) -> list[str]:
        (folder / "model.onnx").write_bytes(b"half")
        raise OSError(28, "no space")

    with monkeypatch.context() as patch:
        patch.setattr(writing, "write_files", fail)
        with pytest.raises(OutputError, match=r"average: cannot be written: no space left on the disk after 4") as told:
            resume_seeds(copy, average=True)
    assert told.value.hint == f"the seeds are kept; dltrain fit --resume {copy} goes on once it can be written"
    assert not list(copy.glob("*average*"))
    # What a process that was killed leaves.
    (copy / ".average").mkdir()
    (copy / ".average" / "model.onnx").write_bytes(b"half")
    assert resume_seeds(copy).average == done.average
    assert not (copy / ".average").exists()


@pytest.mark.slow
def test_seeds_of_a_changed_table_or_of_another_version_have_no_average(
    copy: Path, table: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_average(copy)
    with monkeypatch.context() as patch:
        # Nothing is trained, so it does not matter which libraries there are.
        patch.setattr("dltrain.workflows.fitting.unchanged.recorded_versions", lambda: {"keras": "4"})
        resume_seeds(copy, average=True)
    without_average(copy)
    text = table.read_text()
    try:
        table.write_text(text + text.splitlines()[-1] + "\n")
        with pytest.raises(DataError, match=r"expected the table that .* was begun with, this one has changed"):
            resume_seeds(copy, average=True)
    finally:
        table.write_text(text)
    assert not average_path(copy).exists()


@pytest.mark.slow
def test_seeds_that_encode_otherwise_have_no_average(copy: Path) -> None:
    from tests.reliability.hostile_runs import edit

    without_average(copy)
    edit("preprocessing.json", lambda content: content.pop("distribution"))(copy / "seed-2")
    with pytest.raises(RunError, match=r"seed-2: expected the preprocessing that its config and table give here"):
        resume_seeds(copy, average=True)
    assert not average_path(copy).exists()


@pytest.mark.parametrize("average", [True, False])
def test_layers_that_cannot_be_averaged_are_told_before_training(table: Path, tmp_path: Path, *, average: bool) -> None:
    loaded = seeds_config(table, model={"layers": [{"type": "layer_normalization"}]}, data={"features": ["nothing"]})
    told = r"model\.layers\.0\.type: expected a layer that treats each unit for itself" if average else "'nothing'"
    with pytest.raises(ConfigError, match=told):
        fit_seeds(loaded, SEEDS, average=average, runs=tmp_path / "runs")
    assert not (tmp_path / "runs").exists()


@pytest.mark.parametrize(
    ("layers", "n_seeds", "allowed", "text"),
    [
        (
            [{"type": "batch_normalization"}, {"type": "activation", "activation": "relu"}],
            14_000,
            1e12,
            "expected layers of at most 65,536 units, got one of 70,000",
        ),
        ([{"type": "dense", "units": 600}] * 2, 100, 1e12, r"expected a model.onnx of at most 2.1 GB, got 14.4 GB"),
        ([{"type": "dense", "units": 600}] * 2, 10, 1e9, r"expected one that is made in 1.0 GB of memory, got about "),
    ],
)
def test_an_average_that_is_too_large_is_told_with_its_size(
    table: Path, layers: list[dict[str, Any]], n_seeds: int, allowed: float, text: str
) -> None:
    loaded = seeds_config(table, model={"layers": layers})
    prepared = prepare(loaded, Stopwatch())
    check_average_fits(loaded, prepared, 2, allowed=1e12)
    with pytest.raises(
        ConfigError, match=rf"model\.layers: the average of {n_seeds} seeds as one network, of .*{text}"
    ):
        check_average_fits(loaded, prepared, n_seeds, allowed=allowed)


@pytest.mark.slow
def test_too_large_an_average_leaves_no_directory(table: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dltrain.workflows.groups.averaging.allowed_memory", lambda: 1e6)
    with pytest.raises(ConfigError, match="the average of 3 seeds as one network"):
        fit_seeds(seeds_config(table), SEEDS, average=True, runs=tmp_path / "runs")
    assert not (tmp_path / "runs").exists()


@pytest.mark.slow
def test_python_hands_out_seeds_and_average(table: Path, tmp_path: Path) -> None:
    content = seeds_config(table).document.data
    models = dltrain.fit_seeds(content, 2, overrides=["training.epochs=1"], runs=tmp_path)
    assert [model.run.config.training.seed for model in models.seeds] == [7, 8]
    assert repr(models) == f"SeedModels('{models.path}', seeds=[7, 8], task='binary')"
    values = tuple(model.metrics["test"]["metrics"]["accuracy"] for model in models.seeds)
    assert models.metrics["accuracy"]["values"] == values
    assert models.average is None
    with pytest.raises(ConfigError, match="expected several seeds to average, got a single run"):
        dltrain.resume(models.path / "seed-1", average=True)
    resumed = dltrain.resume(models.path, average=True)
    assert resumed.path == models.path
    assert resumed.average is not None
    assert resumed.average.path == dltrain.load(models.path).path
    again = dltrain.fit_seeds(content, 2, average=True, overrides=["training.epochs=1"], runs=tmp_path)
    assert again.average is not None
    assert again.average.metrics == resumed.average.metrics
