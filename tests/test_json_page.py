"""docs/json.md names every key that `--json` prints, and no other."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import GOLDEN, PROJECT, Cli

pytestmark = pytest.mark.slow

PAGE = (PROJECT / "docs/json.md").read_text(encoding="utf-8")
CONFIG, TABLE = GOLDEN / "people.yaml", GOLDEN / "people.csv"
SHORT = ("training.epochs=1", "training.early_stopping=null", "expect.test.accuracy=>= 0", "-q")


def documented(command: str, place: int = 0) -> set[str]:
    """The keys of one of the tables below the heading of a command."""
    (section,) = re.findall(rf"^## {command}\n(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL)
    return set(re.findall(r"^\| `([^`]+)` \|", section.split("| key |")[place + 1], re.MULTILINE))


def keys_of(value: Any, known: set[str], path: str = "") -> Iterator[str]:
    """The keys of a JSON value as the page writes them, down to those that it names."""
    if path in known or not (isinstance(value, list | dict) and value):
        yield path
    elif isinstance(value, list):
        for item in value:
            yield from keys_of(item, known, f"{path}[]")
    else:
        for name, item in value.items():
            key = f"{path}.{name}".lstrip(".")
            is_named = key in known or any(other.startswith((f"{key}.", f"{key}[]")) for other in known)
            yield from keys_of(item, known, key if is_named else f"{path}.*")


def assert_documented(known: set[str], *contents: Any) -> None:
    # A mapping without items shows none of its names.
    found = {key for content in contents for key in keys_of(content, known)}
    assert {key for key in found - known if not any(other.startswith(key) for other in known)} == set()
    assert known - found == set()


@pytest.fixture
def printed(cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Runs a command in an empty folder; returns the object that it prints."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments: object) -> Any:
        outcome = cli(*arguments, "--json")
        assert outcome.code in (0, 3), outcome.err
        return json.loads(outcome.out)

    return run


def test_the_keys_of_one_run(printed: Any, tmp_path: Path) -> None:
    first = printed("fit", CONFIG, *SHORT)
    second = printed("fit", CONFIG, *SHORT, "training.seed=1", "decision.threshold=0.3")
    assert_documented(documented("fit"), first, second)
    run, other = first["run"], second["run"]
    evaluated = [printed("evaluate", run, "--by", "city"), printed("evaluate", run, "--data", TABLE)]
    assert_documented(documented("evaluate"), *evaluated)
    assert_documented(documented("compare"), printed("compare", run, other, "--html", tmp_path / "page.html"))
    assert_documented(documented("runs"), printed("runs"))
    odd = tmp_path / "odd.csv"
    text = TABLE.read_text(encoding="utf-8").replace("p000,", ",").replace("Rome", "Xyz").replace(",4", ",9994")
    odd.write_text(text, encoding="utf-8")
    assert_documented(documented("predict"), printed("predict", odd, "--run", run, "-o", tmp_path / "p.csv"))
    assert_documented(documented("check"), printed("check", TABLE, "--target", "bought"))


def test_the_keys_of_several_runs(printed: Any) -> None:
    seeds = printed("fit", TABLE, "--target", "bought", *SHORT, "--seeds", 2, "--average")
    folds = printed("fit", TABLE, "--target", "bought", *SHORT, "split.folds=2")
    assert_documented(documented("fit", 1), seeds, folds)
