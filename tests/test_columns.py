"""docs/columns.md: what it shows is printed, and its tables are those of the config."""

from pathlib import Path
from typing import get_args

import pytest
import yaml
from pydantic import BaseModel

from dltrain.config import config_from_dict
from dltrain.config.sections.preprocessing import (
    BooleanSection,
    CategoricalSection,
    ColumnSection,
    DatetimeSection,
    Kind,
    NumericSection,
)
from dltrain.config.sections.split import SplitSection, Strategy
from dltrain.errors import ConfigError
from tests.conftest import PROJECT
from tests.pages import follow, read_tables

PAGE = PROJECT / "docs" / "columns.md"
KINDS, OPTIONS, SPLIT_OPTIONS, STRATEGIES = read_tables(PAGE)
SECTIONS: dict[str, type[BaseModel]] = {
    "numeric": NumericSection,
    "categorical": CategoricalSection,
    "boolean": BooleanSection,
    "datetime": DatetimeSection,
}
BY_COLUMN = "*column*"


def name_of(cell: str) -> str:
    return cell.strip("`")


def defaults_of(section: type[BaseModel]) -> dict[str, object]:
    return {name: field.default for name, field in section.model_fields.items()}


def test_the_page_shows_what_check_prints(tmp_path: Path) -> None:
    problems = follow(PAGE, tmp_path, config="orders.yaml")
    assert not problems, "\n\n".join(problems)


def test_every_kind_is_told() -> None:
    assert {name_of(row["kind"]) for row in KINDS} == set(get_args(Kind)) == set(SECTIONS)


@pytest.mark.parametrize("kind", SECTIONS)
def test_the_defaults_of_a_kind_are_those_of_its_section(kind: str) -> None:
    told = {name_of(row["option"]): row[kind] for row in OPTIONS if row[kind] not in ("–", BY_COLUMN)}
    assert {name: yaml.safe_load(cell) for name, cell in told.items()} == defaults_of(SECTIONS[kind])


def test_every_option_of_a_column_is_told() -> None:
    assert {name_of(row["option"]) for row in OPTIONS} == set(ColumnSection.model_fields)
    by_column = {name_of(row["option"]) for row in OPTIONS if BY_COLUMN in row.values()}
    of_kinds = {name for section in SECTIONS.values() for name in section.model_fields}
    assert by_column == set(ColumnSection.model_fields) - of_kinds


@pytest.mark.parametrize("row", OPTIONS, ids=lambda row: name_of(row["option"]))
def test_every_choice_is_told(row: dict[str, str]) -> None:
    """The words that an option takes stand in its row, those of all kinds together."""
    told = " ".join(row.values())
    annotations = [section.model_fields.get(name_of(row["option"])) for section in SECTIONS.values()]
    words = {word for field in annotations if field is not None for word in _words(field.annotation)}
    assert all(word in told for word in words)


def _words(annotation: object) -> set[str]:
    """The texts of all `Literal`s in a type."""
    if isinstance(annotation, str):
        return {annotation}
    return set().union(*(_words(argument) for argument in get_args(annotation)))


def test_the_options_of_the_split_are_those_of_its_section() -> None:
    told = {name_of(row["option"]): yaml.safe_load(row["default"]) for row in SPLIT_OPTIONS}
    assert told == defaults_of(SplitSection)


def test_every_strategy_is_told_and_whether_it_makes_folds() -> None:
    assert {name_of(row["strategy"]): row["folds"] == "yes" for row in STRATEGIES} == {
        strategy: _makes_folds(strategy) for strategy in get_args(Strategy)
    }


def _makes_folds(strategy: Strategy) -> bool:
    column = {} if strategy in ("random", "stratified") else {"column": "day"}
    split = {"strategy": strategy, "folds": 2, **column}
    try:
        config_from_dict({"data": {"path": "t.csv", "target": "y"}, "model": {"layers": []}, "split": split})
    except ConfigError as error:
        return "split.folds: expected no folds" not in error.message
    return True
