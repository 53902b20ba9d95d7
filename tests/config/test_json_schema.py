import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from dltrain.config.config import Config
from dltrain.config.json_schema import DIALECT, config_schema
from dltrain.config.problems.problems import find_problems
from tests.config.strategies import JUNK, documents, spoilt_documents

ROOT = Path(__file__).parents[2]
DATA = {"path": "a.csv", "target": "y"}
SLOW_TO_MAKE = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]


def is_read(document: Any) -> bool:
    """Whether pydantic reads a document; gives up on rules across keys, which no JSON Schema can say."""
    try:
        Config.model_validate_json(json.dumps(document))
    except ValidationError as error:
        assume(all(detail["type"] != "value_error" for detail in error.errors()))
        return False
    return True


def with_training(**training: Any) -> dict[str, Any]:
    return {"data": DATA, "model": {"layers": []}, "training": training}


def test_committed_schema_is_current() -> None:
    committed = (ROOT / "config.schema.json").read_text(encoding="utf-8")
    assert committed == json.dumps(config_schema(), indent=2, ensure_ascii=False) + "\n", "run `make schema`"


def test_schema_names_its_dialect_and_itself() -> None:
    schema = config_schema()
    assert schema["$schema"] == DIALECT
    assert {"$id", "title", "description"} <= schema.keys()


def test_every_key_is_described() -> None:
    schema = config_schema()
    missing = [
        f"{name}.{key}"
        for name, definition in schema["$defs"].items()
        for key, child in definition["properties"].items()
        # Where the words would be the same, the section itself has them.
        if "description" not in child and "$ref" not in child
    ]
    assert missing == []


@pytest.mark.parametrize(
    "training",
    [
        {"optimizer": "adam"},
        {"optimizer": {"type": "sgd", "momentum": 0.9, "learning_rate": 1}},
        {"optimizer": {"type": "sgd", "learning_rate": {"type": "reduce_on_plateau"}}},
        {
            "optimizer": {
                "type": "sgd",
                "learning_rate": {"type": "piecewise_constant_decay", "boundaries": [5, 9], "values": [1, 0.1, 0.01]},
            }
        },
        {"loss": "mse"},
        {"loss": "mean_squared_error"},
        {"loss": {"type": "mean_squared_error"}},
        {"loss": {"type": "binary_focal_cross_entropy", "gamma": 1}},
        {"early_stopping": None},
        {"class_weight": "balanced"},
        {"class_weight": {"0": 1, "1": 2.5}},
    ],
)
def test_schema_and_reader_accept_short_forms_and_aliases(training: dict[str, Any]) -> None:
    document = with_training(**training)
    assert list(find_problems(document)) == []
    assert is_read(document)


@pytest.mark.parametrize("label", [1, 1.5, True, "yes"])
def test_schema_and_reader_accept_labels_of_every_kind(label: Any) -> None:
    document = {"data": DATA | {"positive": label}, "model": {"layers": []}}
    assert list(find_problems(document)) == []
    assert is_read(document)


@settings(max_examples=60, deadline=None, suppress_health_check=SLOW_TO_MAKE)
@given(documents())
def test_reader_accepts_what_the_schema_describes(document: Any) -> None:
    assert list(find_problems(document)) == []
    assert is_read(document)


@settings(max_examples=250, deadline=None, suppress_health_check=SLOW_TO_MAKE)
@given(st.one_of(spoilt_documents(), JUNK))
def test_schema_and_reader_refuse_the_same_documents(document: Any) -> None:
    assert (list(find_problems(document)) == []) == is_read(document)
