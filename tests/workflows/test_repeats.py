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
    """What a check warns of, and what a fit notes."""
    frame.to_csv(folder / "t.csv", index=False)
    content = config_of(folder / "t.csv", "y", split=split)
    content["data"] |= {"id": ["order"], "drop": [] if "column" in split else ["day"]}
    loaded = config_from_dict(content)
    found = [finding.message for finding in check(loaded).findings if finding.topic in ("repeated_rows", "repeated_id")]
    return found, [note for note in prepare(loaded, Stopwatch()).summary.notes if " equal " in note]


def test_a_table_that_was_written_twice_is_told(tmp_path: Path, once: pd.DataFrame) -> None:
    twice = pd.concat([once, once])
    (row, identity), (note,) = told(tmp_path, twice, strategy="random")
    assert "of 160 test rows" in row
    assert row.startswith(note.partition(";")[0])
    assert identity.startswith("800 rows have 400 different values of this id: if each names one row, some are in")
    assert told(tmp_path, once, strategy="random") == ([], [])


def test_repeated_rows_on_one_side_are_told_by_a_check(tmp_path: Path, once: pd.DataFrame) -> None:
    twice = pd.concat([once, once])
    (row, _), notes = told(tmp_path, twice, strategy="time", column="day")
    assert row.startswith("512 of 512 training rows (100%) equal another one, target included: remove repeated rows")
    assert notes == []
    assert told(tmp_path, once, strategy="time", column="day") == ([], [])


def test_rows_of_few_values_are_bound_to_be_equal(tmp_path: Path, once: pd.DataFrame) -> None:
    coarse = once.assign(a=once.a.round(0), b=once.b.round(0), c=0.0)
    assert told(tmp_path, coarse, strategy="random") == ([], [])
