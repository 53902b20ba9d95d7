from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from dltrain.config.yaml.commented import commented_yaml, scalar_text
from dltrain.config.yaml.document import KeyPath
from dltrain.config.yaml.reader import read_yaml

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
SCALARS = TEXTS | st.integers(-(10**20), 10**20) | st.floats(allow_nan=False, allow_infinity=False) | st.booleans()
VALUES = st.recursive(
    SCALARS | st.none(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)
# A key without quotes that is `<<` would be a merge key.
CONTENTS = st.dictionaries(TEXTS, st.dictionaries(TEXTS, VALUES, max_size=4), max_size=4)

ODD_NAMES = [
    *[
        "",
        "no",
        "1",
        "007",
        "1e-3",
        "0x1F",
        "12:30",
        "null",
        "~",
        "<<",
        "- a",
        "a: b",
        "#x",
        "=",
        "-",
        "?",
        "---",
        "...",
    ],
    *[
        "*a",
        "&a",
        "!a",
        "%a",
        "@a",
        "'",
        '"',
        "\\",
        "  two  ",
        "a\nb\n",
        "a #b",
        "a:",
        "[a",
        "a]",
        "{a",
        "a, b",
        "|",
        ">",
    ],
    *["Straße", "名前", "😀", "\x00", "\x85", "\u2028", "\ufeff", "word " * 60, "x" * 1_000, "x" * 5_000, '"' * 600],
]


def read_back(text: str) -> Any:
    return read_yaml(text, source="config.yaml").data


def paths_of(value: Any, path: KeyPath = ()) -> list[KeyPath]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(found for key, item in items for found in paths_of(item, (*path, key)))]


@settings(max_examples=300)
@given(CONTENTS, st.data())
def test_whatever_is_written_is_read_back(content: dict[str, Any], data: st.DataObject) -> None:
    commented = data.draw(st.dictionaries(st.sampled_from(paths_of(content)), TEXTS | st.text("a ", max_size=300)))
    head = data.draw(st.lists(TEXTS, max_size=3))
    assert read_back(commented_yaml(content, commented, head=head)) == (content or None)


@settings(max_examples=300)
@given(SCALARS)
def test_another_yaml_1_1_reader_sees_the_same_text(value: Any) -> None:
    text = scalar_text(value)
    if isinstance(value, str) and not any("0" <= character <= "9" for character in value):
        assert yaml.safe_load(f"[{text}]") == [value]


@pytest.mark.parametrize("name", ODD_NAMES)
def test_odd_names_are_read_back_as_keys_items_and_values(name: str) -> None:
    content = {
        "data": {"target": name, "drop": [name, "b"], "id": [name]},
        "model": {"layers": [{name: name, "b": 1}]},
        "preprocessing": {"columns": {name: {"kind": "categorical", name: name}, "other": {name: [name]}}},
    }
    comments: dict[KeyPath, str] = {("data", "drop", 0): name, ("preprocessing", "columns", name): name * 3}
    assert read_back(commented_yaml(content, comments, head=[name])) == content


def test_the_text_reads_as_if_written_by_hand() -> None:
    content = {
        "data": {"path": "../data/a.csv", "drop": ["key", "no"], "id": ["a", "b"], "missing_values": []},
        "model": {"layers": [{"type": "dense", "units": 8}, {"type": "dropout", "rate": 0.5}]},
        "training": {"early_stopping": {"patience": 5}, "epochs": 10},
        "metrics": ["mae", "r2"],
    }
    comments: dict[KeyPath, str] = {
        ("data", "drop", 0): "a row number",
        ("data", "drop", 1): "a reason that needs so many words that it has to stand above the item, over two lines of "
        "the file, and no less",
        ("training", "epochs"): "few",
    }
    assert commented_yaml(content, comments, head=["What it is.", "", "Two\nlines."]) == (
        "# What it is.\n"
        "#\n"
        "# Two\\nlines.\n"
        "data:\n"
        "  path: ../data/a.csv\n"
        "  drop:\n"
        "    - key                       # a row number\n"
        "    # a reason that needs so many words that it has to stand above the item, over two lines of the file, and\n"
        "    # no less\n"
        '    - "no"\n'
        "  id: [a, b]\n"
        "  missing_values: []\n"
        "model:\n"
        "  layers:\n"
        "    - {type: dense, units: 8}\n"
        "    - {type: dropout, rate: 0.5}\n"
        "training:\n"
        "  early_stopping: {patience: 5}\n"
        "  epochs: 10                    # few\n"
        "metrics: [mae, r2]\n"
    )


def test_a_long_comment_of_several_items_is_written_once() -> None:
    long = f"{'word ' * 20}end"
    comments: dict[KeyPath, str] = {
        ("a", "b", place): text for place, text in enumerate([long, long, "few", "few", long])
    }
    above, few = f"    # {long}\n", 25 * " " + "# few\n"
    assert commented_yaml({"a": {"b": list("vwxzz")}}, comments) == (
        f"a:\n  b:\n{above}    - v\n    - w\n    - x{few}    - z{few}{above}    - z\n"
    )


def test_a_long_list_stands_in_lines_of_its_own() -> None:
    names = [f"column {number}" for number in range(300)]
    text = commented_yaml({"data": {"drop": names}})
    assert len(text.splitlines()) == 302
    assert read_back(text) == {"data": {"drop": names}}


@pytest.mark.parametrize("number", [float("nan"), float("inf"), -float("inf")])
def test_numbers_that_configs_cannot_hold_are_refused(number: float) -> None:
    with pytest.raises(ValueError, match="expected a finite number"):
        commented_yaml({"training": {"seed": number}})
