from collections.abc import Callable
from pathlib import Path
from typing import Any

from dltrain.config import config_from_dict
from dltrain.workflows.fit import fit
from tests.workflows.conftest import config_of, write_table

Columns = dict[str, list[Any]]


def _night(path: Path, columns: Columns, **sections: Any) -> str:
    """Fits tonight's table; what is told of columns that have changed."""
    sections["data"] = {"drop": ["big", "level", "weight"]} | sections.get("data", {})
    loaded = config_from_dict(config_of(write_table(path / "t.csv", columns), "price", **sections))
    notes = fit(loaded, runs=path / "runs", name="night").notes
    return "".join(note for note in notes if note.startswith("unlike "))


def _without(name: str) -> Callable[[Columns], Columns]:
    return lambda columns: {key: cells for key, cells in columns.items() if key != name}


def test_columns_that_changed_since_the_last_run_are_told(tmp_path: Path, columns: Columns) -> None:
    assert not _night(tmp_path, columns)
    assert not _night(tmp_path, columns)
    assert _night(tmp_path, _without("b")(columns)) == "unlike night-2: column 'b' is not in the table any more"
    changed = columns | {"a": [f"{cell} kg" for cell in columns["a"]]}
    assert _night(tmp_path, changed) == "unlike night-3: column 'a' is categorical, and was numeric; column 'b' is new"


def test_what_the_config_says_is_meant(tmp_path: Path, columns: Columns) -> None:
    _night(tmp_path, columns, data={"drop": ["big", "level", "weight", "kind"]})
    assert not _night(tmp_path, columns)
    assert not _night(tmp_path, columns, preprocessing={"columns": {"a": {"kind": "categorical"}}})
    assert not _night(tmp_path, columns, data={"features": ["b"], "drop": []})
    assert not _night(tmp_path, columns, data={"features": ["b", "kind"], "drop": []})


def test_a_damaged_run_and_another_target_tell_nothing(tmp_path: Path, columns: Columns) -> None:
    _night(tmp_path, columns)
    (tmp_path / "runs" / "night-1" / "preprocessing.json").write_text("{}")
    assert not _night(tmp_path, _without("b")(columns))
    loaded = config_from_dict(config_of(tmp_path / "t.csv", "a", data={"drop": ["price", "big", "level", "weight"]}))
    assert not any(note.startswith("unlike ") for note in fit(loaded, runs=tmp_path / "runs", name="night").notes)
