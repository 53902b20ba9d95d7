import re
from typing import Any

import pytest

from dltrain.config.json_schema import config_schema
from dltrain.config.problems.key_hints import FOREIGN_NAMES, unknown_key_hint

SCHEMA = config_schema()
TRAINING = ["loss", "optimizer", "batch_size", "epochs", "early_stopping", "class_weight", "seed"]


def has_key(path: str) -> bool:
    """Whether some config has a value at a dotted path."""
    nodes = [SCHEMA]
    for key in path.split("."):
        nodes = [
            section["properties"][key] for node in nodes for section in sections(node) if key in section["properties"]
        ]
    return bool(nodes)


def sections(node: dict[str, Any]) -> list[dict[str, Any]]:
    if "$ref" in node:
        return sections(SCHEMA["$defs"][node["$ref"].rpartition("/")[2]])
    if "properties" in node:
        return [node]
    below = [*node.get("anyOf", []), *node.get("oneOf", []), *([node["items"]] if "items" in node else [])]
    return [section for child in below for section in sections(child)]


@pytest.mark.parametrize(
    ("key", "hint"),
    [
        ("epoch", "did you mean 'epochs'?"),
        ("Epochs", "did you mean 'epochs'?"),
        ("lr", "the learning rate is 'training.optimizer.learning_rate'"),
        ("patience", "'patience' belongs to 'training.early_stopping'"),
        ("monitr", "'monitor' belongs to 'training.early_stopping'"),
        ("metrics", "'metrics' belongs to the top level"),
        ("kind", "'kind' belongs to 'preprocessing.columns.<column>'"),
        ("units", "'units' belongs to 'model.layers' or 'model.output'"),
        ("foo", None),
        ("", None),
        ("x" * 2**20, None),
    ],
)
def test_hint_for_a_key_that_training_does_not_have(key: str, hint: str | None) -> None:
    assert unknown_key_hint(key, TRAINING) == hint


@pytest.mark.parametrize("key", sorted(FOREIGN_NAMES))
def test_hints_for_names_of_other_tools_name_keys_that_exist(key: str) -> None:
    named = [name.partition(":")[0] for name in re.findall(r"'([a-z_.]+(?:: [a-z]+)?)'", FOREIGN_NAMES[key])]
    assert all(has_key(name) for name in named if "." in name)
    assert not has_key(key)
