"""What a fit says of columns that give the target away."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dltrain.config import LoadedConfig, config_from_dict
from dltrain.stopwatch import Stopwatch
from dltrain.workflows.check import check
from dltrain.workflows.fitting.preparing import prepare
from tests.workflows.conftest import write_table


def loaded(path: Path, **columns: list[Any]) -> LoadedConfig:
    """A config of a table of 400 rows whose target follows from nothing but `columns`."""
    rng = np.random.default_rng(0)
    late = rng.random(400) < 0.4
    cells = {
        "age": rng.integers(18, 80, 400).tolist(),
        **columns,
        "late": ["yes" if one else "no" for one in late],
    }
    table = write_table(path / "loans.csv", cells)
    return config_from_dict({"data": {"path": str(table), "target": "late"}, "model": {"layers": []}})


def fees(n: int = 400) -> list[float]:
    """0 for those who are not late."""
    rng = np.random.default_rng(0)
    late = rng.random(n) < 0.4
    return list(map(float, np.where(late, rng.uniform(5, 50, n).round(2), 0.0)))


def notes_of(config: LoadedConfig) -> list[str]:
    return [note for note in prepare(config, Stopwatch()).summary.notes if "leaves it out" in note or "like" in note]


def test_a_column_that_gives_the_target_away_is_asked_about_as_by_check(tmp_path: Path) -> None:
    config = loaded(tmp_path, fee=fees())
    (finding,) = (found for found in check(config).findings if found.topic == "leak")
    assert finding.message.startswith("it alone gives the target away: ")
    assert notes_of(config) == [f"column 'fee': {finding.message} 'data.drop=[fee]' leaves it out"]


def test_columns_that_tell_little_are_not_asked_about(tmp_path: Path) -> None:
    noise = np.random.default_rng(1).permutation(fees()).tolist()
    assert notes_of(loaded(tmp_path, fee=noise)) == []


def test_three_columns_are_named_and_the_others_counted(tmp_path: Path) -> None:
    found = notes_of(loaded(tmp_path, **{f"copy {number}": fees() for number in range(5)}))
    assert [note.partition(":")[0] for note in found[:3]] == [f"column 'copy {number}'" for number in range(3)]
    assert found[3:] == ["and 2 more columns like these: dltrain check"]


@pytest.mark.parametrize(("n_columns", "n_notes"), [(300, 1), (301, 0)])
def test_very_many_columns_are_left_to_check(tmp_path: Path, n_columns: int, n_notes: int) -> None:
    others = {f"x{number}": [number % 7 + row % 5 for row in range(400)] for number in range(n_columns - 2)}
    assert len(notes_of(loaded(tmp_path, fee=fees(), **others))) == n_notes


@pytest.mark.slow
def test_of_folds_and_seeds_it_is_told_first(tmp_path: Path) -> None:
    from dltrain.workflows.cross_validation import cross_validate
    from dltrain.workflows.fitting.audience import Audience
    from dltrain.workflows.fitting.events import DataReady, Event
    from dltrain.workflows.seeds import fit_seeds

    told: list[int] = []

    def notify(event: Event) -> None:
        if isinstance(event, DataReady):
            told.append(sum("leaves it out" in note for note in event.notes))

    content = loaded(tmp_path, fee=fees()).document.data | {"training": {"epochs": 1}}
    cross_validate(config_from_dict(content, ["split.folds=3"]), runs=tmp_path, audience=Audience(notify=notify))
    assert told == [1, 0, 0]
    told.clear()
    fit_seeds(config_from_dict(content), 2, runs=tmp_path, audience=Audience(notify=notify))
    assert told[0] == 1


@pytest.mark.slow
def test_it_stands_beside_the_result_too(tmp_path: Path) -> None:
    from dltrain.workflows.fit import fit

    content = loaded(tmp_path, fee=fees(), copy=fees()).document.data | {"training": {"epochs": 2}}
    first, *others = fit(config_from_dict(content), runs=tmp_path / "runs").metrics.diagnosis
    assert (first.topic, first.change) == ("leak", "data.drop=[fee]")
    assert first.message.startswith("column 'fee': it alone gives the target away: ")
    assert first.message.endswith(" (and 1 more columns like it)")
    assert "leak" not in {diagnosis.topic for diagnosis in others}
