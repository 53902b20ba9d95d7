import shlex

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from dltrain.config import config_from_dict
from dltrain.profiling import changes
from tests.profiling.configs import config_of

NAMES = st.text(min_size=1, max_size=20).filter(lambda name: name != "y" and name.isprintable())
CONTENT = {"data": {"path": "t.csv", "target": "y"}, "model": {"layers": []}}


@example(["\U0001f600 \u200b"])
@settings(deadline=None)
@given(st.lists(NAMES, min_size=1, max_size=4, unique=True))
def test_a_pasted_list_is_read_as_the_names_in_it(names: list[str]) -> None:
    overrides = shlex.split(shlex.join(changes.drop(config_of(), names)))
    assert config_from_dict(CONTENT, overrides).config.data.drop == tuple(names)


@settings(deadline=None)
@given(st.lists(st.text(max_size=8).filter(str.isprintable), min_size=1, max_size=4, unique=True))
def test_pasted_texts_for_missing_values_are_read_to_the_letter(texts: list[str]) -> None:
    overrides = changes.read_as_missing(config_of(), texts)
    assert config_from_dict(CONTENT, overrides).config.data.missing_values == tuple(texts)


@settings(deadline=None)
@given(NAMES)
def test_the_column_of_a_split_is_read_as_its_name(name: str) -> None:
    split = config_from_dict(CONTENT, changes.split_by("group", name)).config.split
    assert (split.strategy, split.column) == ("group", name)


@example("a.b=c")
@example('"D=t"')
@example("\u200b")
@settings(deadline=None)
@given(st.text(st.characters(codec="utf-8"), min_size=1, max_size=20))
def test_pasted_options_of_a_column_are_those_of_its_name(name: str) -> None:
    for change in (changes.set_date_format(name, "%d=%m.%Y"), changes.map_texts(name, {"a=b": 1, "x.y": 2})):
        columns = config_from_dict(CONTENT, shlex.split(shlex.join(change))).config.preprocessing.columns
        assert list(columns) == [name]
    assert columns[name].map == {"a=b": 1, "x.y": 2}


@pytest.mark.parametrize("name", ["no", "1e3", "true", " ", "a, b", "a: b", "#1", "", "007"])
def test_texts_that_yaml_would_read_differently_are_quoted(name: str) -> None:
    overrides = changes.read_as_missing(config_of(), [name])
    assert config_from_dict(CONTENT, overrides).config.data.missing_values == (name,)


def test_what_a_config_drops_already_stays_dropped() -> None:
    assert changes.drop(config_of(data={"drop": ["a"]}), ["b"]) == ("data.drop=[a, b]",)
    assert changes.make_ids(config_of(data={"id": ["a"]}), ["b"]) == ("data.id=[a, b]",)


def test_a_config_that_lists_its_features_loses_one_of_them() -> None:
    config = config_of(data={"features": ["a", "b", "c"]})
    assert changes.drop(config, ["b"]) == ("data.features=[a, c]",)
    assert changes.make_ids(config, ["b"]) == ("data.features=[a, c]",)


def test_a_list_that_nobody_would_paste_is_not_written() -> None:
    assert changes.drop(config_of(data={"features": [f"x{n}" for n in range(200)]}), ["x1"]) == ()


def test_the_last_feature_is_not_taken_from_a_list() -> None:
    assert changes.drop(config_of(data={"features": ["a"]}), ["a"]) == ()


@pytest.mark.parametrize("name", ["prediction", "p_yes"])
def test_a_name_that_predictions_use_is_no_id(name: str) -> None:
    assert changes.make_ids(config_of(), [name]) == (f"data.drop=[{name}]",)
