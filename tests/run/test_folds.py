"""The files of a cross-validation."""

import json
from pathlib import Path

import pytest

from dltrain.errors import OutputError, RunError
from dltrain.run import load_run, newest_run, newest_unfinished
from dltrain.run.folds import (
    FoldsOrigin,
    FoldsSummary,
    Spread,
    begin_folds,
    check_next_fold,
    fold_state,
    is_being_validated,
    is_cross_validation,
    is_finished,
    read_origin,
    read_summary,
    working_on,
    write_summary,
)
from dltrain.run.metrics_file import Scores
from tests.reliability.hostile_checkpoints import good_origin, write_unfinished

ORIGIN = FoldsOrigin(**good_origin().model_dump(), name="people")
SUMMARY = FoldsSummary(
    created="",
    config="people",
    task="binary",
    folds=2,
    rows=(3, 4),
    metrics={"roc_auc": Spread(mean=0.5, sd=None, values=(0.5, None), baseline=0.5)},
    out_of_fold=Scores(rows=7, metrics={"roc_auc": 0.5}, baseline={"roc_auc": 0.5}),
)


def test_what_is_written_is_read(tmp_path: Path) -> None:
    path = begin_folds(tmp_path, "people", ORIGIN)
    assert path == tmp_path / "people-1"
    assert (is_cross_validation(path), is_finished(path)) == (True, False)
    assert read_origin(path) == ORIGIN
    write_summary(path, SUMMARY)
    assert is_finished(path)
    assert read_summary(path) == SUMMARY


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("{", "not a JSON file"),
        ("{}", "created: Field required"),
        (json.dumps(SUMMARY.model_dump() | {"format": 2}), "format: Input should be 1"),
        (json.dumps(SUMMARY.model_dump() | {"rows": [-1]}), r"rows\.0: Input should be greater than or equal to 0"),
        ('{"format": NaN}', "expected finite numbers"),
    ],
)
def test_a_damaged_result_is_told(tmp_path: Path, text: str, problem: str) -> None:
    (tmp_path / "folds.json").write_text(text)
    with pytest.raises(RunError, match=rf"folds\.json: damaged cross-validation: .*{problem}"):
        read_summary(tmp_path)


def test_a_cross_validation_is_no_run_and_says_where_its_runs_are(tmp_path: Path) -> None:
    path = begin_folds(tmp_path, "people", ORIGIN)
    with pytest.raises(RunError) as caught:
        load_run(path)
    assert str(caught.value) == (
        f"{path}: expected a run directory, got that of a cross-validation\n"
        f"hint: its runs are {path}/fold-1 and those beside it; to predict, fit without split.folds"
    )


def test_it_is_never_the_newest_run(golden_run: Path) -> None:
    begin_folds(golden_run.parent, "people", ORIGIN)
    write_unfinished(golden_run.parent / "people-2")
    assert newest_run(golden_run.parent) == golden_run
    assert newest_unfinished(golden_run.parent) is None


def test_the_state_of_a_fold(tmp_path: Path, golden_run: Path) -> None:
    path = begin_folds(tmp_path, "people", ORIGIN)
    assert fold_state(path, 1) == "missing"
    write_unfinished(path).rename(path / "fold-1")
    assert fold_state(path, 1) == "unfinished"
    golden_run.rename(path / "fold-2")
    assert fold_state(path, 2) == "finished"
    (path / "fold-3").mkdir()
    with pytest.raises(RunError, match="fold-3: damaged run: expected a checkpoint or a manifest in it, got none"):
        fold_state(path, 3)


def test_a_new_fold_follows_those_that_are_there(tmp_path: Path) -> None:
    check_next_fold(tmp_path, 1)
    (tmp_path / "fold-1").mkdir()
    check_next_fold(tmp_path, 2)
    (tmp_path / "fold-3").mkdir()
    with pytest.raises(RunError, match="fold-3 is there, fold-2 is not"):
        check_next_fold(tmp_path, 2)


def test_one_works_on_it_at_a_time_and_leaves_nothing_behind(tmp_path: Path) -> None:
    assert not is_being_validated(tmp_path)
    with working_on(tmp_path):
        assert is_being_validated(tmp_path)
        with pytest.raises(OutputError, match="another process is writing it"), working_on(tmp_path):
            pass
    assert list(tmp_path.iterdir()) == []
