"""docs/json.md names every key that `--json` prints, and no other, with its type, and which errors print an object."""

import inspect
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from dltrain.cli.app import app
from tests.conftest import GOLDEN, PROJECT, Cli

pytestmark = pytest.mark.slow

PAGE = (PROJECT / "docs/json.md").read_text(encoding="utf-8")
CONFIG, TABLE = GOLDEN / "people.yaml", GOLDEN / "people.csv"
SHORT = ("training.epochs=1", "training.early_stopping=null", "expect.test.accuracy=>= 0", "-q")
MISSED = ("training.epochs=1", "expect.test.accuracy=>= 0.999", "-q")
DIVERGING = ("training.optimizer={type: sgd, learning_rate: 1e30}", "-q")

TYPES: Final[dict[str, tuple[type, ...]]] = {
    "text": (str,),
    "integer": (int,),
    "number": (int, float),
    "object": (dict,),
    "list": (list,),
    "true": (bool,),
    "false": (bool,),
    "null": (type(None),),
}
ITEMS: Final = {"list of texts": "text", "list of integers": "integer", "list of numbers": "number"}


def documented(command: str, place: int = 0) -> dict[str, str]:
    """Key → type, of one of the tables below the heading of a command."""
    (section,) = re.findall(rf"^## {command}\n(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL)
    table = section.split("| key |")[place + 1]
    return dict(re.findall(r"^\| `([^`]+)` \| ([^|]+) \|", table, re.MULTILINE))


def is_of_type(value: Any, kind: str) -> bool:
    """Whether a value is of one of the types that the page names."""
    names = re.split(r", | or ", kind)
    is_item = isinstance(value, list) and any(
        name in ITEMS and all(is_of_type(item, ITEMS[name]) for item in value) for name in names
    )
    # A truth value is an int for Python, and no number for JSON.
    return is_item or any(type(value) in TYPES[name] for name in names if name not in ITEMS)


def entries_of(value: Any, known: dict[str, str], path: str = "") -> Iterator[tuple[str, Any]]:
    """The keys of a JSON value as the page writes them, down to those that it names, and what stands there."""
    has_more = any(other.startswith((f"{path}.", f"{path}[]")) for other in known)
    if path in known or not (isinstance(value, list | dict) and value):
        yield path, value
    if not (isinstance(value, list | dict) and value) or (path in known and not has_more):
        return
    if isinstance(value, list):
        for item in value:
            yield from entries_of(item, known, f"{path}[]")
        return
    for name, item in value.items():
        key = f"{path}.{name}".lstrip(".")
        is_named = any(other == key or other.startswith((f"{key}.", f"{key}[]")) for other in known)
        yield from entries_of(item, known, key if is_named else f"{path}.*".lstrip("."))


def assert_documented(known: dict[str, str], *contents: Any) -> None:
    found = [entry for content in contents for entry in entries_of(content, known)]
    keys = {key for key, _ in found}
    # A mapping without items shows none of its names.
    assert {key for key in keys - {*known} if not any(other.startswith(key) for other in known)} == set()
    assert {*known} - keys == set()
    wrong = [(key, value, known[key]) for key, value in found if key in known and not is_of_type(value, known[key])]
    assert wrong == []


@pytest.fixture
def printed(cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Runs a command in an empty folder; returns the object that it prints."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments: object, code: int = 0) -> Any:
        outcome = cli(*arguments, "--json")
        assert outcome.code == code, outcome.err
        return json.loads(outcome.out)

    return run


@pytest.fixture
def odd(tmp_path: Path) -> Path:
    """The table of the golden run with unseen, missing and far values, and missing ids."""
    path = tmp_path / "odd.csv"
    text = TABLE.read_text(encoding="utf-8").replace("p000,", ",").replace("Rome", "Xyz").replace(",4", ",9994")
    path.write_text(text.replace(",Bern,", ",,"), encoding="utf-8")
    return path


def test_every_command_that_prints_an_object_has_a_section() -> None:
    callbacks = {
        command.name or command.callback.__name__: command.callback
        for command in app.registered_commands
        if command.callback
    }
    commands = {name for name, callback in callbacks.items() if "as_json" in inspect.signature(callback).parameters}
    assert set(re.findall(r"^## (.*)$", PAGE, re.MULTILINE)) == commands


def test_the_keys_of_one_run(printed: Any, tmp_path: Path, odd: Path) -> None:
    first = printed("fit", CONFIG, *SHORT)
    second = printed("fit", CONFIG, *SHORT, "training.seed=1", "decision={threshold: 0.3, calibrate: temperature}")
    numbers = printed("fit", TABLE, "--target", "income", *SHORT[:2], "-q")
    assert_documented(documented("fit"), first, second, numbers)
    run, other = first["run"], second["run"]
    evaluated = [printed("evaluate", run, "--data", table, "--by", "city") for table in (TABLE, odd)]
    assert_documented(documented("evaluate"), *evaluated)
    assert None in [group["group"] for group in evaluated[1]["groups"]]
    (tmp_path / "less.csv").write_text(TABLE.read_text(encoding="utf-8").rpartition("p")[0], encoding="utf-8")
    later = printed("fit", CONFIG, *SHORT, f"data.path={tmp_path / 'less.csv'}")["run"]
    compared = printed("compare", run, other, "--html", tmp_path / "page.html")
    assert_documented(documented("compare"), compared, printed("compare", run, later, "--data", TABLE))
    assert_documented(documented("runs"), printed("runs"))
    assert_documented(documented("show"), *(printed("show", path) for path in (run, other, numbers["run"])))
    assert_documented(documented("report"), printed("report", run))
    strict = printed("predict", odd, "--run", run, "-o", tmp_path / "p.csv", "--strict", code=3)
    assert strict["output"] is None
    predicted = printed("predict", odd, "--run", run, "-o", tmp_path / "p.csv")
    assert_documented(documented("predict"), predicted, strict)
    assert_documented(documented("runs", 1), printed("runs", "--delete", "--yes", Path(other).name))


def test_the_keys_of_what_is_looked_at_before_a_fit(printed: Any, tmp_path: Path) -> None:
    assert_documented(documented("check"), printed("check", TABLE, "--target", "bought"))
    init = printed("init", TABLE, "--target", "bought")
    assert_documented(documented("init"), init)
    assert set(init["summary"]) == {key.partition(".")[2] for key in documented("check") if key.startswith("summary.")}
    parts = [printed("split", "people.yaml", "-o", tmp_path / "parts")]
    parts.append(printed("split", "people.yaml", "split.folds=2", "-o", tmp_path / "folds"))
    assert_documented(documented("split"), *parts)


def test_the_keys_of_several_runs(printed: Any) -> None:
    seeds = printed("fit", TABLE, "--target", "bought", *SHORT, "--seeds", 2, "--average")
    folds = printed("fit", TABLE, "--target", "bought", *SHORT, "split.folds=2")
    assert_documented(documented("fit", 1), seeds, folds)
    assert [printed("show", group["run"]) for group in (seeds, folds)] == [seeds, folds]


def test_the_keys_of_runs_that_are_not_finished(printed: Any, cli: Cli) -> None:
    for more in ((), ("--seeds", 2), ("split.folds=2",)):
        assert cli("fit", CONFIG, *DIVERGING, *more, "--json").code == 5
    one, seeds, folds = (printed("show", f"runs/people-{number}") for number in (1, 2, 3))
    epoch = {"epoch": 1, "loss": 0.5, "val_roc_auc": None}
    assert_documented(documented("show", 1), one | {"history": [epoch]})
    assert_documented(documented("show", 2), seeds, folds)


def test_errors_that_print_an_object_are_those_of_the_page(printed: Any, cli: Cli, tmp_path: Path, odd: Path) -> None:
    rows = set(re.findall(r"^\| (.+?) \| (\d(?: or \d)?),", PAGE, re.MULTILINE))
    assert rows == {("`check`", "2 or 3"), ("`fit`, `evaluate`", "5"), ("`predict --strict`", "3")}
    run = printed("fit", CONFIG, *MISSED, code=5)["run"]
    assert printed("evaluate", run, code=5)["run"] == run
    assert printed("check", CONFIG, "data.drop=[cty]", code=2)["findings"]
    assert printed("check", CONFIG, "data.target=age", code=3)["findings"]
    silent = {
        ("fit", CONFIG, *DIVERGING): 5,
        ("fit", CONFIG, "training.epoch=1"): 2,
        ("evaluate", run, "--data", "none.csv"): 3,
        ("check", CONFIG, "data.path=none.csv"): 3,
        ("check", CONFIG, "training.epoch=1"): 2,
        ("check", TABLE, "--target", "bought", "data.drop=[cty]"): 2,
        ("predict", "none.csv", "--run", run, "-o", tmp_path / "p.csv", "--strict"): 3,
        ("predict", odd, "--run", run): 2,
        ("show", "none"): 4,
        ("runs", "--delete", "--yes", "none"): 4,
    }
    for command, code in silent.items():
        outcome = cli(*command, "--json")
        assert (outcome.code, outcome.out) == (code, ""), command
