"""A config as flat parameters."""

import json
from typing import Any

import pytest

from dltrain.config import config_from_dict
from dltrain.logs.parameters import MAX_CHARACTERS, flat_config

CONTENT: dict[str, Any] = {
    "data": {"path": "/a.csv", "target": "y", "features": ["a", "b"], "positive": "yes"},
    "preprocessing": {"columns": {"a/b ü": {"kind": "numeric"}}},
    "model": {"layers": [{"type": "dense", "units": 8}, {"type": "dropout", "rate": 0.5}]},
    "training": {"class_weight": {"no 'way'": 2}, "early_stopping": None, "optimizer": "sgd"},
    "logs": {"tensorboard": "/tb"},
}


def parameters(**sections: Any) -> dict[str, str]:
    return flat_config(config_from_dict(CONTENT | sections).config)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("data.path", "/a.csv"),
        ("data.features", '["a", "b"]'),
        ("model.layers.0.units", "8"),
        ("model.layers.1.rate", "0.5"),
        ("preprocessing.columns", '{"a/b ü": {"kind": "numeric"}}'),
        ("training.class_weight", "{\"no 'way'\": 2.0}"),
        ("training.early_stopping", "null"),
        ("training.optimizer.type", "sgd"),
        ("training.epochs", "100"),
    ],
)
def test_every_key_of_a_section_is_a_parameter(key: str, value: str) -> None:
    assert parameters()[key] == value


def test_logs_are_left_out() -> None:
    assert not [key for key in parameters() if key.startswith("logs")]


def test_values_are_cut_where_mlflow_would_refuse_them() -> None:
    names = [f"column {number}" for number in range(1_000)]
    value = parameters(data=CONTENT["data"] | {"features": names})["data.features"]
    assert len(value) == MAX_CHARACTERS
    assert json.dumps(names).startswith(value.removesuffix("…"))


def test_a_value_of_just_that_length_is_whole() -> None:
    path = "/" + "a" * (MAX_CHARACTERS - 1)
    assert parameters(data=CONTENT["data"] | {"path": path})["data.path"] == path
