"""Cross-validation: runs, their spread, predictions out of fold, going on."""

import contextlib
import json
import shutil
import statistics
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn import metrics as reference

import dltrain
from dltrain.config import LoadedConfig, config_from_dict
from dltrain.errors import ConfigError, DataError, Interrupted, OutputError, RunError, TrainingError
from dltrain.run import members
from dltrain.run.folds import FoldsSummary
from dltrain.run.members import working_on
from dltrain.workflows.cross_validation import cross_validate, resume_folds
from dltrain.workflows.fitting.audience import Audience
from dltrain.workflows.fitting.events import EpochEnded, Event, MemberBegan
from dltrain.workflows.rows.dataset import read_dataset
from tests.workflows.conftest import config_of, write_table

pytestmark = pytest.mark.slow

LAYERS = [{"type": "dense", "units": 8, "activation": "relu"}, {"type": "dropout", "rate": 0.2}]
FOLDS = 3


def folds_config(table: Path, target: str = "big", **sections: Any) -> LoadedConfig:
    sections = {"model": {"layers": LAYERS}, "split": {"folds": FOLDS}, "training": {"epochs": 4}} | sections
    return config_from_dict(config_of(table, target, **sections))


def bits(run: Path) -> dict[str, Any]:
    """What a run computed: everything but times and paths."""
    history = pd.read_csv(run / "history.csv").drop(columns="seconds")
    names = ("model.onnx", "preprocessing.json", "metrics.json", "config.yaml")
    return {name: (run / name).read_bytes() for name in names} | {"history": history.to_dict()}


def read_summary(path: Path) -> FoldsSummary:
    return members.read_summary_as(FoldsSummary, path, members.FOLDS)


def result(path: Path) -> tuple[bytes, Mapping[str, Any]]:
    return (path / "out_of_fold.csv").read_bytes(), read_summary(path).model_dump(exclude={"created"})


class Stop:
    """Asks the training to stop after an epoch, or raises when a fold begins."""

    def __init__(self, *, fold: int, epoch: int | None) -> None:
        self._fold, self._epoch = fold, epoch
        self._is_wanted = self._is_here = False

    def notify(self, event: Event) -> None:
        if isinstance(event, MemberBegan):
            self._is_here = event.number == self._fold
            if self._is_here and self._epoch is None:
                raise Interrupted
        if self._is_here and isinstance(event, EpochEnded) and event.epoch.number == self._epoch:
            self._is_wanted = True

    @contextlib.contextmanager
    def interruptible(self) -> Iterator[Callable[[], bool]]:
        yield lambda: self._is_wanted

    @property
    def audience(self) -> Audience:
        return Audience(notify=self.notify, interruptible=self.interruptible)


@pytest.fixture(scope="module")
def done(columns: dict[str, list[Any]], tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A table and its finished cross-validation, to read only."""
    folder = tmp_path_factory.mktemp("done")
    table = write_table(folder / "table.csv", columns)
    return table, cross_validate(folds_config(table), runs=folder / "runs").path


def copy_without(path: Path, folder: Path, *names: str) -> Path:
    copied = shutil.copytree(path, folder / path.name)
    for name in names:
        shutil.rmtree(copied / name) if (copied / name).is_dir() else (copied / name).unlink()
    return copied


def test_the_folds_are_runs_and_the_result_lies_beside_them(done: tuple[Path, Path]) -> None:
    _, path = done
    names = {found.name for found in path.iterdir()}
    beside = {"cross_validation.json", "folds.json", "out_of_fold.csv", "report.html"}
    assert names == {"fold-1", "fold-2", "fold-3"} | beside
    for fold in (1, 2, 3):
        run = dltrain.load(path / f"fold-{fold}")
        assert (run.run.config.split.folds, run.run.config.split.fold) == (3, fold)
        assert run.evaluate() == run.metrics["test"]


def test_a_fold_alone_computes_the_same_bits(done: tuple[Path, Path], tmp_path: Path) -> None:
    table, path = done
    for fold in (3, 1):
        loaded = folds_config(table, split={"folds": FOLDS, "fold": fold})
        alone = dltrain.fit(loaded.document.data, runs=tmp_path)
        assert bits(alone.path) == bits(path / f"fold-{fold}")


def test_mean_and_spread_are_those_of_the_test_metrics_of_the_runs(done: tuple[Path, Path]) -> None:
    _, path = done
    summary = read_summary(path)
    scores = [json.loads((path / f"fold-{fold}" / "metrics.json").read_text())["test"] for fold in (1, 2, 3)]
    assert summary.rows == tuple(score["rows"] for score in scores)
    for name, spread in summary.metrics.items():
        values = [score["metrics"][name] for score in scores]
        assert spread.values == tuple(values)
        assert spread.mean == pytest.approx(statistics.fmean(values), rel=1e-12)
        assert spread.sd == pytest.approx(statistics.stdev(values), rel=1e-9)
        assert spread.baseline == pytest.approx(statistics.fmean(score["baseline"][name] for score in scores))


def test_predictions_out_of_fold_are_those_of_each_run_for_its_test_rows(done: tuple[Path, Path]) -> None:
    table, path = done
    together = pd.read_csv(path / "out_of_fold.csv")
    assert list(together.columns) == ["row", "big", "fold", "prediction", "p_no", "p_yes"]
    assert together["row"].tolist() == list(range(1, 301))
    assert together["big"].tolist() == pd.read_csv(table)["big"].tolist()
    for fold in (1, 2, 3):
        model = dltrain.load(path / f"fold-{fold}")
        rows = read_dataset(model.run.loaded_config).test.rows
        assert together.index[together["fold"] == fold].tolist() == rows.tolist()
        own = model.predict(table).iloc[rows]
        pd.testing.assert_frame_equal(together.iloc[rows].drop(columns=["big", "fold"]), own, check_exact=True)


@pytest.mark.parametrize("target", ["price", "level"])
def test_out_of_fold_metrics_are_those_of_all_rows(table: Path, tmp_path: Path, target: str) -> None:
    path = cross_validate(folds_config(table, target), runs=tmp_path).path
    frame = pd.read_csv(path / "out_of_fold.csv")
    metrics = read_summary(path).out_of_fold.metrics
    if target == "price":
        assert metrics["rmse"] == pytest.approx(
            reference.root_mean_squared_error(frame["price"], frame["prediction"]), rel=1e-9
        )
    else:
        assert metrics["accuracy"] == pytest.approx(reference.accuracy_score(frame["level"], frame["prediction"]))
        true = frame[["p_0", "p_1", "p_2"]].to_numpy()[np.arange(300), frame["level"]]
        assert metrics["log_loss"] == pytest.approx(-np.log(true).mean(), rel=1e-6)


def test_rows_that_a_column_leaves_out_shift_no_other_row(columns: dict[str, list[Any]], tmp_path: Path) -> None:
    gaps = [None if row % 10 == 3 else cell for row, cell in enumerate(columns["a"])]
    table = write_table(tmp_path / "gaps.csv", columns | {"a": gaps})
    path = cross_validate(
        folds_config(table, preprocessing={"columns": {"a": {"impute": "drop"}}}), runs=tmp_path / "runs"
    ).path

    predicted = pd.read_csv(path / "out_of_fold.csv")

    assert predicted["row"].tolist() == [row + 1 for row in range(300) if row % 10 != 3]
    assert predicted["big"].tolist() == [label for row, label in enumerate(columns["big"]) if row % 10 != 3]
    frame = pd.read_csv(table)
    for fold in range(1, FOLDS + 1):
        tested = predicted[predicted["fold"] == fold]
        alone = dltrain.load(path / f"fold-{fold}").predict(frame.iloc[tested["row"] - 1])
        np.testing.assert_allclose(alone["p_yes"], tested["p_yes"], rtol=1e-5)


def test_weights_ids_and_missing_targets(columns: dict[str, list[Any]], tmp_path: Path) -> None:
    ids = [f"00{number}" for number in range(300)][::-1]
    big = [None if row % 10 == 3 else label for row, label in enumerate(columns["big"])]
    table = write_table(tmp_path / "table.csv", columns | {"big": big, "id": ids})
    data = {"id": ["id"], "weight": "weight", "missing_target": "drop"}
    loaded = folds_config(table, data=data, training={"epochs": 2, "class_weight": "balanced"})

    path = cross_validate(loaded, runs=tmp_path).path

    frame = pd.read_csv(path / "out_of_fold.csv", dtype={"id": str})
    whole = pd.read_csv(table, dtype={"id": str})
    # In the order of the table, and so joined by id or by position alike.
    assert frame["id"].tolist() == whole["id"][whole["big"].notna()].tolist()
    joined = whole.merge(frame, on="id", suffixes=("", "_predicted"))
    assert (joined["big"] == joined["big_predicted"]).all()
    summary = read_summary(path).out_of_fold
    assert summary.rows == 270
    assert summary.unweighted is not None
    assert summary.unweighted["accuracy"] == pytest.approx(
        reference.accuracy_score(joined["big"], joined["prediction"], sample_weight=joined["weight"])
    )
    weights = [dltrain.load(path / f"fold-{fold}").run.config.training.class_weight for fold in (1, 2, 3)]
    of_row = [weights[fold - 1][label] for fold, label in zip(joined["fold"], joined["big"], strict=True)]
    assert summary.metrics["accuracy"] == pytest.approx(
        reference.accuracy_score(joined["big"], joined["prediction"], sample_weight=joined["weight"] * of_row)
    )


@pytest.mark.parametrize("epoch", [None, 2])
def test_an_interrupted_one_goes_on_and_ends_the_same(
    done: tuple[Path, Path], tmp_path: Path, epoch: int | None
) -> None:
    table, whole = done
    with pytest.raises(Interrupted) as caught:
        cross_validate(folds_config(table), runs=tmp_path, audience=Stop(fold=2, epoch=epoch).audience)
    path = tmp_path / "config-1"
    assert caught.value.message.startswith("in fold 2 of 3")
    assert caught.value.message.endswith(f"\nhint: dltrain fit --resume {path} goes on")
    assert (path / "fold-2").exists() == (epoch is not None)
    assert not (path / "folds.json").exists()
    before = (path / "fold-1" / "manifest.json").read_bytes()
    begun: list[int] = []

    resumed = resume_folds(path, audience=Audience(notify=lambda event: _note(event, begun)))

    assert begun == [2, 3]
    assert (path / "fold-1" / "manifest.json").read_bytes() == before
    assert result(resumed.path) == result(whole)
    assert bits(path / "fold-2") == bits(whole / "fold-2")


def _note(event: Event, folds: list[int]) -> None:
    if isinstance(event, MemberBegan):
        folds.append(event.number)


def test_only_the_summing_up_is_left(done: tuple[Path, Path], tmp_path: Path) -> None:
    _, whole = done
    path = copy_without(whole, tmp_path, "folds.json")
    assert result(resume_folds(path).path) == result(whole)


def test_another_config_or_table_is_refused(done: tuple[Path, Path], tmp_path: Path) -> None:
    _, whole = done
    path = copy_without(whole, tmp_path, "folds.json", "fold-3")
    with pytest.raises(ConfigError, match=r"(?s)this one differs\n  training.epochs: expected 4, got 5"):
        resume_folds(path, overrides=["training.epochs=5"])


def test_a_table_that_changes_between_folds_is_refused(table: Path, tmp_path: Path) -> None:
    def change(event: Event) -> None:
        if isinstance(event, MemberBegan) and event.number == 2:
            table.write_text(table.read_text().replace("red", "green", 1))

    with pytest.raises(DataError, match=r"table\.csv: expected the table that .*config-1 was begun with"):
        cross_validate(folds_config(table), runs=tmp_path, audience=Audience(notify=change))


def test_a_finished_one_is_not_resumed(done: tuple[Path, Path]) -> None:
    with pytest.raises(RunError, match="expected an unfinished cross-validation, this one is finished"):
        resume_folds(done[1])


def test_a_fold_that_is_missing_in_between_is_told(done: tuple[Path, Path], tmp_path: Path) -> None:
    path = copy_without(done[1], tmp_path, "folds.json", "fold-2")
    with pytest.raises(RunError, match="damaged cross-validation: fold-3 is there, fold-2 is not"):
        resume_folds(path)


def test_a_fold_in_the_place_of_another_is_told(done: tuple[Path, Path], tmp_path: Path) -> None:
    path = copy_without(done[1], tmp_path, "folds.json", "fold-2")
    shutil.copytree(path / "fold-3", path / "fold-2")
    with pytest.raises(RunError, match=r"fold-2: damaged cross-validation: expected fold 2 of 3, got fold 3 of 3"):
        resume_folds(path)


def test_only_one_process_works_on_it(done: tuple[Path, Path], tmp_path: Path) -> None:
    path = copy_without(done[1], tmp_path, "folds.json")
    with working_on(path), pytest.raises(OutputError, match="another process is writing it"):
        resume_folds(path)


def test_a_diverging_fold_is_named_and_those_before_are_kept(table: Path, tmp_path: Path) -> None:
    training = {"epochs": 2, "optimizer": {"type": "sgd", "learning_rate": 1e30}}
    with pytest.raises(TrainingError, match=r"^in fold 1 of 3: epoch 1, step"):
        cross_validate(folds_config(table, "price", training=training), runs=tmp_path)
    with pytest.raises(RunError, match="fold-1: this training cannot go on"):
        resume_folds(tmp_path / "config-1")


def test_a_mistake_leaves_no_directory_behind(table: Path, tmp_path: Path) -> None:
    with pytest.raises(ConfigError):
        cross_validate(folds_config(table, data={"features": ["nothing"]}), runs=tmp_path / "runs")
    assert not (tmp_path / "runs").exists()


def test_a_target_with_the_name_of_a_prediction_is_refused(columns: dict[str, list[Any]], tmp_path: Path) -> None:
    table = write_table(tmp_path / "table.csv", {"a": columns["a"], "fold": columns["big"]})
    config = {"data": {"path": str(table), "target": "fold"}, "model": {"layers": []}, "split": {"folds": 2}}
    with pytest.raises(ConfigError, match=r"data\.target: expected a column of another name, got 'fold'"):
        cross_validate(config_from_dict(config), runs=tmp_path / "runs")


def test_the_api_has_a_function_of_its_own(table: Path, tmp_path: Path) -> None:
    content = folds_config(table).document.data
    with pytest.raises(ConfigError, match=r"split\.folds: a fit trains one network"):
        dltrain.fit(content, runs=tmp_path)
    with pytest.raises(ConfigError, match="expected 'folds' without 'fold'"):
        dltrain.cross_validate(content, overrides=["split.fold=1"], runs=tmp_path)
    with pytest.raises(ConfigError, match="split: expected a number of folds"):
        dltrain.cross_validate(content, overrides=["split.folds=null"], runs=tmp_path)
    done = dltrain.cross_validate(content, overrides=["split.folds=2", "training.epochs=1"], runs=tmp_path)
    assert done.gates == []
    assert len(done.folds) == 2
    assert repr(done) == f"FoldModels('{done.path}', folds=2, task='binary')"
    assert done.metrics["accuracy"]["values"] == tuple(
        model.metrics["test"]["metrics"]["accuracy"] for model in done.folds
    )
    assert done.out_of_fold["rows"] == len(pd.read_csv(done.out_of_fold_path)) == 300
    with pytest.raises(RunError, match=r"expected a run directory, got that of a cross-validation"):
        dltrain.load(done.path)
    with pytest.raises(RunError, match=r"expected an unfinished cross-validation, this one is finished"):
        dltrain.resume(done.path)


def test_undefined_values_stay_out_of_the_mean(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    labels = ["no"] * 58 + ["yes"] * 2
    table = write_table(tmp_path / "table.csv", {"a": rng.normal(size=60).tolist(), "y": labels})
    config = {
        "data": {"path": str(table), "target": "y"},
        "model": {"layers": []},
        "split": {"folds": 3},
        "training": {"epochs": 1},
        "metrics": ["roc_auc", "accuracy"],
    }
    summary = cross_validate(config_from_dict(config), runs=tmp_path).summary
    spread = summary.metrics["roc_auc"]
    known = [value for value in spread.values if value is not None]
    assert len(known) == 2
    assert spread.mean == pytest.approx(statistics.fmean(known))
    assert spread.sd == pytest.approx(statistics.stdev(known))
