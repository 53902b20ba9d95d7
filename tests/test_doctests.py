"""The examples in docstrings are true."""

import doctest
import importlib
import pkgutil

import pytest

import dltrain

HEAVY = ("dltrain.network", "dltrain.training")
LIGHT = sorted(
    module.name
    for module in pkgutil.walk_packages(dltrain.__path__, "dltrain.", onerror=lambda _: None)
    if not module.name.startswith((*HEAVY, "dltrain.__main__"))
)


@pytest.mark.parametrize("name", LIGHT)
def test_the_examples_of_a_module_run(name: str) -> None:
    assert doctest.testmod(importlib.import_module(name)).failed == 0


def test_there_are_examples() -> None:
    finder = doctest.DocTestFinder(exclude_empty=True)
    examples = [test for name in LIGHT for test in finder.find(importlib.import_module(name)) if test.examples]
    assert len(examples) >= 10
