"""Rows that are in a table more than once."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from dltrain.config import config_from_dict
from dltrain.stopwatch import Stopwatch
from dltrain.workflows.check import check
from dltrain.workflows.fitting.preparing import prepare
from tests.workflows.conftest import config_of

N = 400


@pytest.fixture
def once() -> pd.DataFrame:
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(rng.normal(size=(N, 3)).round(4), columns=["a", "b", "c"])
    days = pd.date_range("2021-01-01", periods=N).strftime("%Y-%m-%d")
    return frame.assign(order=np.arange(N), day=days, y=np.where(frame.a > 0, "yes", "no"))


def told(folder: Path, frame: pd.DataFrame, **split: Any) -> tuple[list[str], list[str]]:
    """What a check says, and what a fit notes."""
    frame.to_csv(folder / "t.csv", index=False)
    content = config_of(folder / "t.csv", "y", split=split)
    content["data"] |= {"id": ["order"], "drop": [name for name in ("day",) if name in frame and "column" not in split]}
    if "w" in frame:
        content["data"]["weight"] = "w"
    loaded = config_from_dict(content)
    found = [finding.message for finding in check(loaded).findings if finding.topic in ("repeated_rows", "repeated_id")]
    return found, [note for note in prepare(loaded, Stopwatch()).summary.notes if " equal " in note]


def test_a_table_that_was_written_twice_is_told(tmp_path: Path, once: pd.DataFrame) -> None:
    twice = pd.concat([once, once])
    (row, identity), (note,) = told(tmp_path, twice, strategy="random")
    n_rows = row.partition(" ")[0]
    assert row.startswith(f"{n_rows} of 160 test rows")
    assert note.startswith(f"{n_rows} of 160 test rows")
    assert "equal a training row in all features and the target, so the score counts what was learned by heart" in note
    assert identity.startswith(
        f"{n_rows} of 160 test rows have a value of this id that training rows have too: if each"
    )
    assert told(tmp_path, once, strategy="random") == ([], [])


def test_repeated_rows_on_one_side_are_told_by_a_check_unless_their_ids_differ(
    tmp_path: Path, once: pd.DataFrame
) -> None:
    twice = pd.concat([once, once])
    (row,), notes = told(tmp_path, twice, strategy="time", column="day")
    assert row.startswith("512 of 512 training rows (100%) equal another one, target included: remove repeated rows")
    assert notes == []
    assert told(tmp_path, once, strategy="time", column="day") == ([], [])
    assert told(tmp_path, twice.assign(order=np.arange(2 * N)), strategy="time", column="day") == ([], [])


def test_rows_of_few_values_are_bound_to_be_equal(tmp_path: Path, once: pd.DataFrame) -> None:
    coarse = once.assign(a=once.a.round(0), b=once.b.round(0), c=0.0)
    assert told(tmp_path, coarse, strategy="random") == ([], [])


def test_the_parts_of_a_date_are_one_value_of_a_row(tmp_path: Path) -> None:
    """A row says its day and one of two answers: 200 rows there can be, of 2,000."""
    rng = np.random.default_rng(0)
    days = pd.to_datetime("2021-01-01") + pd.to_timedelta(rng.integers(0, 100, 2_000), "D")
    frame = pd.DataFrame(
        {"date": days.strftime("%Y-%m-%d"), "order": np.arange(2_000), "y": rng.choice(["no", "yes"], 2_000)}
    )
    assert told(tmp_path, frame, strategy="random")[1] == []


def test_rows_of_no_weight_are_not_learned(tmp_path: Path, once: pd.DataFrame) -> None:
    twice = pd.concat(
        [once.assign(w=0.0, part="train"), once.assign(w=1.0, part="test"), once.assign(w=1.0, a=once.a + 9)]
    )
    twice = twice.assign(
        order=np.arange(3 * N), part=twice.part.fillna("train").mask(np.arange(3 * N) % 7 == 1, "validation")
    )
    assert told(tmp_path, twice, strategy="column", column="part") == ([], [])
