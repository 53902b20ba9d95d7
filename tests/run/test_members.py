"""The files of a cross-validation, and of a set of seeds."""

import json
from pathlib import Path

import pytest

from dltrain.errors import OutputError, RunError
from dltrain.run import load_run, newest_run, newest_unfinished
from dltrain.run.folds import FoldsSummary
from dltrain.run.members import (
    FOLDS,
    SEEDS,
    Group,
    GroupOrigin,
    Spread,
    begin_group,
    check_next_member,
    group_of,
    is_being_worked_on,
    is_finished,
    member_state,
    working_on,
    write_group_summary,
)
from dltrain.run.metrics_file import Scores
from dltrain.run.seeds import SeedsOrigin, SeedsSummary, read_group_origin, read_group_summary
from tests.reliability.hostile_checkpoints import good_origin, write_unfinished

ORIGIN = GroupOrigin(**good_origin().model_dump(), name="people")
SEEDS_ORIGIN = SeedsOrigin(**ORIGIN.model_dump(), seeds=3)
SUMMARY = FoldsSummary(
    created="2026-11-21T12:00:00+00:00",
    config="people",
    task="binary",
    folds=2,
    rows=(3, 4),
    metrics={"roc_auc": Spread(mean=0.5, sd=None, values=(0.5, None), baseline=0.5)},
    out_of_fold=Scores(rows=7, metrics={"roc_auc": 0.5}, baseline={"roc_auc": 0.5}),
)


SEEDS_SUMMARY = SeedsSummary(
    created="2026-11-21T12:00:00+00:00", config="people", task="binary", metrics=SUMMARY.metrics, seeds=(4, 5), rows=7
)


@pytest.mark.parametrize(
    ("group", "origin", "summary"), [(FOLDS, ORIGIN, SUMMARY), (SEEDS, SEEDS_ORIGIN, SEEDS_SUMMARY)]
)
def test_what_is_written_is_read(
    tmp_path: Path, group: Group, origin: GroupOrigin, summary: FoldsSummary | SeedsSummary
) -> None:
    path = begin_group(tmp_path, "people", group, origin)
    assert path == tmp_path / "people-1"
    assert (group_of(path), is_finished(path, group)) == (group, False)
    assert read_group_origin(path, group) == origin
    write_group_summary(path, group, summary)
    assert is_finished(path, group)
    assert read_group_summary(path, group) == summary


def test_a_run_is_no_group(golden_run: Path) -> None:
    assert group_of(golden_run) is None


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
        read_group_summary(tmp_path, FOLDS)


def test_a_cross_validation_is_no_run_and_says_where_its_runs_are(tmp_path: Path) -> None:
    path = begin_group(tmp_path, "people", FOLDS, ORIGIN)
    with pytest.raises(RunError) as caught:
        load_run(path)
    assert str(caught.value) == (
        f"{path}: expected a run directory, got that of a cross-validation\n"
        f"hint: its runs are {path}/fold-1 and those beside it; to predict, fit without split.folds"
    )


def test_it_is_never_the_newest_run(golden_run: Path) -> None:
    begin_group(golden_run.parent, "people", FOLDS, ORIGIN)
    write_unfinished(golden_run.parent / "people-2")
    assert newest_run(golden_run.parent) == golden_run
    assert newest_unfinished(golden_run.parent) is None


def test_the_state_of_a_fold(tmp_path: Path, golden_run: Path) -> None:
    path = begin_group(tmp_path, "people", FOLDS, ORIGIN)
    assert member_state(path, FOLDS, 1) == "missing"
    write_unfinished(path).rename(path / "fold-1")
    assert member_state(path, FOLDS, 1) == "unfinished"
    golden_run.rename(path / "fold-2")
    assert member_state(path, FOLDS, 2) == "finished"
    (path / "fold-3").mkdir()
    with pytest.raises(RunError, match="fold-3: damaged run: expected a checkpoint or a manifest in it, got none"):
        member_state(path, FOLDS, 3)


def test_a_new_fold_follows_those_that_are_there(tmp_path: Path) -> None:
    check_next_member(tmp_path, FOLDS, 1)
    (tmp_path / "fold-1").mkdir()
    check_next_member(tmp_path, FOLDS, 2)
    (tmp_path / "fold-3").mkdir()
    with pytest.raises(RunError, match="fold-3 is there, fold-2 is not"):
        check_next_member(tmp_path, FOLDS, 2)


def test_one_works_on_it_at_a_time_and_leaves_nothing_behind(tmp_path: Path) -> None:
    assert not is_being_worked_on(tmp_path)
    with working_on(tmp_path):
        assert is_being_worked_on(tmp_path)
        with pytest.raises(OutputError, match="another process is writing it"), working_on(tmp_path):
            pass
    assert list(tmp_path.iterdir()) == []


def test_a_set_of_seeds_is_no_run_and_says_where_its_runs_are(tmp_path: Path) -> None:
    path = begin_group(tmp_path, "people", SEEDS, SEEDS_ORIGIN)
    with pytest.raises(RunError) as caught:
        load_run(path)
    assert str(caught.value) == (
        f"{path}: expected a run directory, got that of a set of seeds without an average\n"
        f"hint: dltrain fit --resume {path} --average makes their average, which is used then; its runs are "
        f"{path}/seed-1 and those beside it"
    )


@pytest.mark.parametrize("seeds", [1, 101])
def test_the_number_of_seeds_is_bounded(tmp_path: Path, seeds: int) -> None:
    path = begin_group(tmp_path, "people", SEEDS, SEEDS_ORIGIN)
    (path / "several_seeds.json").write_text(json.dumps(SEEDS_ORIGIN.model_dump(mode="json") | {"seeds": seeds}))
    with pytest.raises(RunError, match=r"several_seeds\.json: damaged set of seeds: seeds: "):
        read_group_origin(path, SEEDS)
