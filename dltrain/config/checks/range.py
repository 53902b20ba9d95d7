"""Cross-checks: numbers of the network and its training that 32 bits can hold."""

from collections.abc import Iterator
from typing import Any, Final

from dltrain.config.config import Config
from dltrain.config.problems.expected import shown
from dltrain.config.problems.problems import Problem
from dltrain.config.sections.section import Section
from dltrain.config.yaml.document import KeyPath

SMALLEST: Final = 1.2e-38
LARGEST: Final = 3.4e38
"""What lies beyond becomes 0 or infinity in float32, in which Keras computes."""

MAX_COUNT: Final = 2**32 - 1
"""The steps of so many epochs still fit 64 bits."""


def range_problems(config: Config) -> Iterator[Problem]:
    """What is too large, or too close to 0, in the sections `model` and `training`."""
    yield from _out_of_range(config.model, ("model",))
    yield from _out_of_range(config.training, ("training",))


def _out_of_range(value: Any, path: KeyPath) -> Iterator[Problem]:
    match value:
        case Section():
            for name in type(value).model_fields:
                yield from _out_of_range(getattr(value, name), (*path, name))
        case tuple():
            for position, item in enumerate(value):
                yield from _out_of_range(item, (*path, position))
        case dict():
            for name, item in value.items():
                yield from _out_of_range(item, (*path, name))
        case int() if value > MAX_COUNT:
            yield Problem(path, f"expected a whole number <= {MAX_COUNT:,}, got {shown(value)}")
        case float() if abs(value) > LARGEST:
            yield Problem(path, f"expected a number between -{LARGEST:g} and {LARGEST:g}, got {shown(value)}")
        case float() if 0 < abs(value) < SMALLEST:
            yield Problem(path, f"expected 0 or a number beyond ±{SMALLEST:g}, got {shown(value)}")
