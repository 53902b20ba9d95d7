"""S4: nothing in the source tree can run what it reads."""

import ast
from collections.abc import Iterator, Set
from pathlib import Path
from typing import Final

import pytest

from tests.conftest import PROJECT

MODULES: Final = {"pickle", "cPickle", "_pickle", "cloudpickle", "dill", "joblib", "marshal", "shelve"}
CALLS: Final = {
    "eval",
    "exec",
    "compile",
    "__import__",
    "os.popen",
    "os.system",
    "yaml.load",
    "yaml.load_all",
    "yaml.full_load",
    "yaml.unsafe_load",
}
KERAS_CALLS: Final = {"keras.models.load_model", "keras.saving.load_model"}
"""Benchmarks do by hand what users do; dltrain itself never opens a .keras file."""
ARGUMENTS: Final = {"allow_pickle", "shell"}

ROOMS: Final = ("dltrain", "benchmarks", "docs", "tests")
SOURCES: Final = sorted(path for room in ROOMS for path in (PROJECT / room).rglob("*.py"))


def unsafe_places(source: str, calls: Set[str]) -> Iterator[str]:
    """What is unsafe, with its line; `calls` are the functions that are."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Import(names=names):
                found = [name.name for name in names if name.name.partition(".")[0] in MODULES]
            case ast.ImportFrom(module=str(module)):
                found = [module] if module.partition(".")[0] in MODULES else []
                found += [f"{module}.{name.name}" for name in node.names if f"{module}.{name.name}" in calls]
            case ast.Call():
                name = ast.unparse(node.func)
                found = [name] if name in calls else []
                found += [str(argument.arg) for argument in node.keywords if _is_unsafe(argument)]
            case _:
                continue
        yield from (f"line {node.lineno}: {what}" for what in found)


def _is_unsafe(argument: ast.keyword) -> bool:
    is_false = isinstance(argument.value, ast.Constant) and argument.value.value is False
    return argument.arg in ARGUMENTS and not is_false


def test_s4_the_whole_package_is_looked_at() -> None:
    assert len(SOURCES) > 100


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(PROJECT)))
def test_s4_no_unsafe_calls(path: Path) -> None:
    calls = CALLS | KERAS_CALLS if path.is_relative_to(PROJECT / "dltrain") else CALLS
    assert list(unsafe_places(path.read_text(encoding="utf-8"), calls)) == []


@pytest.mark.parametrize(
    "source",
    [
        "import pickle",
        "import os, joblib.memory",
        "from dill import load",
        "from yaml import load",
        "x = eval('1')",
        "exec(text)",
        "yaml.load(text, Loader=yaml.Loader)",
        "np.load(path, allow_pickle=True)",
        "np.load(path, allow_pickle=wanted)",
        "subprocess.run(text, shell=True)",
        "os.system('ls')",
        "keras.models.load_model(path)",
    ],
)
def test_s4_each_unsafe_call_would_be_found(source: str) -> None:
    assert len(list(unsafe_places(source, CALLS | KERAS_CALLS))) == 1
