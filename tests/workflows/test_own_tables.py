"""Where the tables of a run are found: where they were, or moved along with the run."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import dltrain
from dltrain.errors import DataError, Interrupted
from dltrain.run import DataFile, Origin, Run, load_run, sha256_of
from dltrain.workflows.comparing.folds import compare_folds
from dltrain.workflows.cross_validation import cross_validate, resume_folds
from dltrain.workflows.evaluate import evaluate
from dltrain.workflows.report import write_report
from dltrain.workflows.rows.own_tables import own_tables, with_own_tables
from dltrain.workflows.seeds import fit_seeds, resume_seeds
from tests.workflows.conftest import config_of, write_table
from tests.workflows.test_cross_validation import Stop, folds_config
from tests.workflows.test_seeds import seeds_config


@pytest.fixture
def moved(people_run: Run, tmp_path: Path) -> tuple[Run, Path]:
    """A run that was moved along with its table, and the table."""
    home = people_run.path.parent
    table = Path(people_run.config.data.path).relative_to(home)
    away = tmp_path / "far" / "away"
    away.mkdir(parents=True)
    (away / "runs").mkdir()
    people_run.path.rename(away / "runs" / "run")
    (home / table).rename(away / table)
    return load_run(away / "runs" / "run"), away / table


def test_a_table_is_found_that_was_moved_with_its_run(moved: tuple[Run, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    run, table = moved
    assert own_tables(run).config.data.path == str(table)
    evaluation = evaluate(run)
    assert evaluation.scores.metrics == pytest.approx(run.metrics.test.metrics)
    monkeypatch.chdir(run.path)
    assert own_tables(load_run(Path())).config.data.path == str(table)


@pytest.fixture
def copied(people_run: Run, tmp_path: Path) -> tuple[Run, Path]:
    """A copy of the run elsewhere, beside a copy of its table, and that table."""
    away = tmp_path / "away"
    run = shutil.copytree(people_run.path, away / "run")
    return load_run(run), Path(shutil.copy(people_run.config.data.path, away))


def test_a_table_that_lies_where_it_was_is_read_there(copied: tuple[Run, Path]) -> None:
    run, _ = copied
    assert own_tables(run).config == run.config


def test_a_copy_beside_the_run_serves_when_the_table_has_grown(people_run: Run, copied: tuple[Run, Path]) -> None:
    run, table = copied
    recorded = Path(run.config.data.path)
    recorded.write_text(recorded.read_text() + "p999,30,Rome,true,1000,a,yes\n")
    assert own_tables(run).config.data.path == str(table)
    with pytest.raises(DataError, match="the table has changed since this run was made"):
        own_tables(people_run)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda table: table.write_text(table.read_text().replace("1", "2", 1)),
        lambda table: table.write_text(table.read_text() + "\n"),
        lambda table: table.unlink(),
        lambda table: (table.unlink(), table.mkdir()),
    ],
    ids=["another cell", "longer", "gone", "a folder"],
)
def test_another_table_in_its_place_is_not_taken_for_it(
    moved: tuple[Run, Path], spoil: Callable[[Path], object]
) -> None:
    run, table = moved
    spoil(table)
    told = f"{table} has other bytes" if table.is_file() else "if it was moved, give it its old place beside the run"
    with pytest.raises(DataError, match="expected the table this run was made from, got no such file") as caught:
        evaluate(run)
    assert str(caught.value).startswith(run.config.data.path)
    assert caught.value.hint == f"{told}; --data FILE scores another labelled table"


def unreadable(*paths: Path) -> Callable[[Path], str]:
    """The hash of a file, but for some that cannot be read."""

    def hashed(path: Path) -> str:
        if path in paths:
            raise PermissionError(13, "Permission denied", str(path))
        return sha256_of(path)

    return hashed


def test_what_cannot_be_read_is_passed_over(copied: tuple[Run, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    run, table = copied
    recorded, nearer = Path(run.config.data.path), run.path / table.name
    monkeypatch.setattr("dltrain.workflows.rows.own_tables.sha256_of", unreadable(recorded, nearer))
    assert own_tables(run).config.data.path == str(table)
    monkeypatch.setattr("dltrain.workflows.rows.own_tables.sha256_of", unreadable(recorded, nearer, table))
    with pytest.raises(DataError, match="the table has changed"):
        own_tables(run)


def test_a_run_may_be_named_by_a_link(moved: tuple[Run, Path], tmp_path: Path) -> None:
    run, table = moved
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "latest").symlink_to(run.path)
    assert own_tables(load_run(tmp_path / "elsewhere" / "latest")).config.data.path == str(table)


def test_a_place_is_named_without_detours(moved: tuple[Run, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    run, table = moved
    monkeypatch.chdir(run.path.parent)
    assert own_tables(load_run(Path("../runs") / run.path.name)).config.data.path == str(table)


@pytest.mark.parametrize(
    "name", ["/proc/self/pagemap", "/proc/kmsg", "/x/proc/self/pagemap", "/dev/zero", "/x/dev/null"]
)
@pytest.mark.parametrize("size", [0, 1])
def test_files_without_an_end_are_no_tables(people_run: Run, name: str, size: int) -> None:
    file = DataFile(size=size, sha256="0" * 64, path=name, rows=1)
    origin = Origin(created="", versions={}, data={"data": file}, config="")
    assert with_own_tables(origin, people_run.path) is origin


def test_an_empty_file_is_no_table(people_run: Run, tmp_path: Path) -> None:
    (tmp_path / "empty.csv").touch()
    file = DataFile(size=0, sha256=sha256_of(tmp_path / "empty.csv"), path="/x/empty.csv", rows=1)
    origin = Origin(created="", versions={}, data={"data": file}, config="")
    assert with_own_tables(origin, people_run.path) is origin


def test_names_that_cannot_be_are_nowhere(people_run: Run) -> None:
    for name in ("/" + "x" * 5_000, "/" + "a/" * 1_000 + "t.csv", "/a\0b.csv", "t.csv", "/"):
        file = DataFile(size=1, sha256="0" * 64, path=name, rows=1)
        origin = Origin(created="", versions={}, data={"data": file}, config="")
        assert with_own_tables(origin, people_run.path) is origin


@pytest.mark.slow
def test_all_tables_of_a_run_are_found_in_the_folders_they_were_in(
    tmp_path: Path, columns: dict[str, list[Any]]
) -> None:
    home = tmp_path / "home"
    (home / "data" / "test").mkdir(parents=True)
    parts = {"data/t.csv": range(200), "data/test/t.csv": range(200, 250), "data/v.csv": range(250, 300)}
    paths = {
        name: write_table(home / name, {key: [cells[row] for row in rows] for key, cells in columns.items()})
        for name, rows in parts.items()
    }
    split = {"test": str(paths["data/test/t.csv"]), "validation": str(paths["data/v.csv"])}
    model = dltrain.fit(config_of(paths["data/t.csv"], "big", split=split), runs=home / "runs")
    home.rename(tmp_path / "other")
    moved = dltrain.load(tmp_path / "other" / "runs" / model.run.path.name)
    assert moved.evaluate() == model.metrics["test"]
    found = own_tables(moved.run).config
    assert (found.data.path, found.split.test, found.split.validation) == (
        *(str(tmp_path / "other" / name) for name in parts),
    )
    seen = evaluate(moved.run, data=tmp_path / "other" / "data" / "test" / "t.csv")
    assert seen.to_dict()["seen_rows"] == {"train": 0, "validation": 0, "test": 50}


@pytest.mark.slow
def test_folds_that_were_moved_are_compared_and_have_a_page(tmp_path: Path, columns: dict[str, list[Any]]) -> None:
    home = tmp_path / "home"
    home.mkdir()
    path = cross_validate(folds_config(write_table(home / "t.csv", columns), "big"), runs=home / "runs").path
    before = compare_folds([path, path])
    home.rename(tmp_path / "other")
    path = tmp_path / "other" / "runs" / path.name
    after = compare_folds([path, path])
    assert [run.metrics for run in after.runs] == [run.metrics for run in before.runs]
    page = (path / "report.html").read_text()
    (path / "report.html").unlink()
    assert write_report(path).read_text() == page


@pytest.mark.slow
def test_folds_that_were_interrupted_and_moved_go_on(tmp_path: Path, columns: dict[str, list[Any]]) -> None:
    home, other = tmp_path / "home", tmp_path / "other"
    home.mkdir()
    table = write_table(home / "t.csv", columns)
    whole = cross_validate(folds_config(table), runs=tmp_path / "whole").path
    with pytest.raises(Interrupted):
        cross_validate(folds_config(table), runs=home / "runs", audience=Stop(fold=2, epoch=2).audience)
    home.rename(other)
    path = resume_folds(other / "runs" / "config-1").path
    assert (path / "folds.json").exists()
    assert (path / "out_of_fold.csv").read_bytes() == (whole / "out_of_fold.csv").read_bytes()
    assert [load_run(path / f"fold-{n}").config.data.path for n in (1, 2, 3)] == [
        str(table),
        str(other / "t.csv"),
        str(other / "t.csv"),
    ]


@pytest.mark.slow
def test_seeds_that_were_moved_get_their_average(tmp_path: Path, columns: dict[str, list[Any]]) -> None:
    home, other = tmp_path / "home", tmp_path / "other"
    home.mkdir()
    table = write_table(home / "t.csv", columns)
    path = fit_seeds(seeds_config(table), 2, runs=home / "runs").path
    home.rename(other)
    done = resume_seeds(other / "runs" / path.name, average=True)
    assert load_run(done.path).config.data.path == str(other / "t.csv")


@pytest.mark.slow
def test_folds_that_were_copied_go_on_with_the_copy_when_the_table_has_grown(
    tmp_path: Path, columns: dict[str, list[Any]]
) -> None:
    home, other = tmp_path / "home", tmp_path / "other"
    home.mkdir()
    table = write_table(home / "t.csv", columns)
    with pytest.raises(Interrupted):
        cross_validate(folds_config(table), runs=home / "runs", audience=Stop(fold=2, epoch=2).audience)
    shutil.copytree(home, other)
    write_table(table, {name: [*cells, cells[0]] for name, cells in columns.items()})
    path = resume_folds(other / "runs" / "config-1").path
    assert load_run(path / "fold-3").config.data.path == str(other / "t.csv")


@pytest.mark.slow
def test_folds_that_were_moved_do_not_go_on_with_another_table(tmp_path: Path, columns: dict[str, list[Any]]) -> None:
    home, other = tmp_path / "home", tmp_path / "other"
    home.mkdir()
    table = write_table(home / "t.csv", columns)
    with pytest.raises(Interrupted):
        cross_validate(folds_config(table), runs=home / "runs", audience=Stop(fold=1, epoch=2).audience)
    home.rename(other)
    write_table(other / "t.csv", columns | {"a": columns["a"][::-1]})
    with pytest.raises(DataError, match=r"t\.csv: there is no such file"):
        resume_folds(other / "runs" / "config-1")
