from collections.abc import Callable
from pathlib import Path
from typing import Any

from dltrain.config import config_from_dict
from dltrain.workflows.fit import fit
from tests.workflows.conftest import config_of, write_table

Columns = dict[str, list[Any]]


def _night(path: Path, columns: Columns, target: str = "price", **sections: Any) -> str:
    """Fits tonight's table; what is told of what has changed."""
    sections["data"] = {"drop": ["big", "level", "weight"]} | sections.get("data", {})
    loaded = config_from_dict(config_of(write_table(path / "t.csv", columns), target, **sections))
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


def test_a_table_that_has_lost_many_rows_is_told(tmp_path: Path, columns: Columns) -> None:
    """As one that is still being written."""
    _night(tmp_path, columns)
    assert not _night(tmp_path, {name: cells[:220] for name, cells in columns.items()})
    shorter = {name: cells[:140] for name, cells in columns.items()}
    assert _night(tmp_path, shorter) == "unlike night-2: the table has 140 rows, and had 220"
    assert not _night(tmp_path, columns)


def test_another_task_is_told_unless_the_config_says_so(tmp_path: Path, columns: Columns) -> None:
    sections = {"data": {"drop": ["big", "price", "weight"]}}
    codes = columns | {"level": [int(level > 0) for level in columns["level"]]}
    _night(tmp_path, codes, "level", **sections)
    stray = codes | {"level": [7.5, *codes["level"][1:]]}
    told = "unlike night-1: the task is regression, and was binary; data.task=binary in the config keeps it"
    assert _night(tmp_path, stray, "level", **sections) == told
    assert "the task is binary, and was regression" in _night(tmp_path, codes, "level", **sections)
    stated = {"data": sections["data"] | {"task": "regression"}}
    assert not _night(tmp_path, codes, "level", **stated)


def test_labels_that_come_and_go_are_told(tmp_path: Path, columns: Columns) -> None:
    sections = {"data": {"drop": ["level", "price", "weight"]}}
    _night(tmp_path, columns, "big", **sections)
    other = columns | {"big": [cell.upper() if cell == "yes" else cell for cell in columns["big"]]}
    told = "unlike night-1: the label 'YES' is new; no row has the label 'yes' any more"
    assert _night(tmp_path, other, "big", **sections) == told


def test_columns_without_their_values_are_told(tmp_path: Path, columns: Columns) -> None:
    sections: dict[str, Any] = {"preprocessing": {"columns": {"kind": {"kind": "categorical"}}}}
    _night(tmp_path, columns, **sections)
    upper = columns | {"kind": [cell.upper() for cell in columns["kind"]]}
    assert _night(tmp_path, upper, **sections) == "unlike night-1: column 'kind' has none of its categories any more"
    rare = {"columns": {"kind": {"kind": "categorical", "min_count": 200}}}
    assert not _night(tmp_path, columns, preprocessing=rare)
    mixed = columns | {"kind": [*columns["kind"][:150], *upper["kind"][150:]]}
    assert not _night(tmp_path, mixed, **sections)
    empty = columns | {"kind": [None] * len(columns["kind"])}
    assert _night(tmp_path, empty, **sections) == "unlike night-4: column 'kind' has no value any more"


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
