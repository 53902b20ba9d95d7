"""What a config is called that a run keeps."""

from pathlib import Path

import pytest

from dltrain.config import load_config
from dltrain.run.naming import named_after_run
from tests.conftest import GOLDEN

CONFIG = (GOLDEN / "people.yaml").read_text(encoding="utf-8")


def name_of(path: Path) -> str:
    """What a fit of a config would be named."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(CONFIG, encoding="utf-8")
    return named_after_run(load_config(path), path).name


@pytest.mark.parametrize(("run", "name"), [("night-12", "night"), ("night-2-3", "night-2"), ("best", "best")])
def test_the_config_of_a_run_is_named_after_it(tmp_path: Path, run: str, name: str) -> None:
    path = tmp_path / run / "config.yaml"
    assert name_of(path) == "config"
    (path.parent / "manifest.json").touch()
    assert name_of(path) == name
    assert name_of(path.parent / "mine.yaml") == "mine"


def test_a_run_is_found_out_from_inside_of_it(golden_run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(golden_run)
    path = Path("config.yaml")
    assert named_after_run(load_config(path), path).name == "people"


@pytest.mark.parametrize("origin", ["cross_validation.json", "several_seeds.json"])
def test_the_config_of_one_run_of_a_group_is_named_after_the_group(tmp_path: Path, origin: str) -> None:
    path = tmp_path / "night-1" / "seed-3" / "config.yaml"
    name_of(path)
    (path.parent / "manifest.json").touch()
    (path.parent.parent / origin).touch()
    assert name_of(path) == "night"
