from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import pytest

from dltrain.config.yaml.plain import plain_data
from dltrain.errors import ConfigError


@pytest.mark.parametrize(
    ("value", "plain"),
    [
        ((1, [2.5, None]), [1, [2.5, None]]),
        (MappingProxyType({"a": True}), {"a": True}),
        (Path("a/b.csv"), "a/b.csv"),
        ({0: 1, 1.5: 2, True: 3, "x": 4}, {"0": 1, "1.5": 2, "true": 3, "x": 4} | {"0": 1}),
        ({np.int64(0): 1, np.bool_(True): 2, np.str_("a"): 3}, {"0": 1, "true": 2, "a": 3}),
        (np.float32(0.5), 0.5),
        (np.int64(3), 3),
        (np.bool_(True), True),
        (np.array(["a", "b"]), ["a", "b"]),
        (np.str_("a"), "a"),
    ],
)
def test_python_values_become_plain_data(value: Any, plain: Any) -> None:
    result = plain_data(value)
    assert result == plain
    assert type(result) is type(plain)


def cyclic() -> dict[str, Any]:
    mapping: dict[str, Any] = {}
    mapping["again"] = mapping
    return mapping


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ({"a": {1, 2}}, "config: a: expected a mapping, a list, text, a number, a bool or None, got set"),
        (b"x", "config: expected a mapping, a list, text, a number, a bool or None, got bytes"),
        ({"a": [10**300]}, "config: a.0: expected a mapping, a list, text, a number, a bool or None, got int"),
        ({None: 1}, "config: expected text as a key, got NoneType"),
        ({"a": {1: 1, "1": 2}}, "config: a.1: expected a key once, got it twice"),
        ({"a": "\udcff"}, "config: a: expected Unicode text, got '\\udcff'"),
        (cyclic(), "config: again: expected at most 32 levels, got more"),
    ],
)
def test_values_no_yaml_could_give_are_refused(value: Any, message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        plain_data(value)
    assert str(caught.value) == message
