"""`dltrain split` as a user sees it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import GOLDEN, PATIENCE, CheckGolden, Cli

CONFIG = GOLDEN / "people.yaml"


@pytest.mark.golden
def test_what_a_split_prints(
    cli: Cli, tmp_path: Path, check_golden: CheckGolden, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("people.yaml", "people.csv"):
        (tmp_path / name).write_bytes((GOLDEN / name).read_bytes())
    monkeypatch.chdir(tmp_path)
    outcome = cli("split", "people.yaml", "-o", "parts")
    assert outcome.code == 0
    check_golden("split.txt", outcome.out)
    check_golden("split_notes.txt", outcome.err)
    assert cli("split", "people.yaml", "-o", "parts", "--force", "-q").err == ""


def test_json_says_the_same(cli: Cli, tmp_path: Path) -> None:
    content = json.loads(cli("split", CONFIG, "-o", tmp_path / "parts", "--json").out)
    assert content["folder"] == str(tmp_path / "parts")
    assert list(content["parts"]) == ["train", "validation", "test"]
    for part in content["parts"].values():
        assert len(Path(part["path"]).read_text().splitlines()) == part["rows"] + 1
        assert sum(part["label_shares"].values()) == pytest.approx(1)


def test_files_that_exist_are_named(cli: Cli, tmp_path: Path) -> None:
    assert cli("split", CONFIG, "split.folds=2", "-o", tmp_path).code == 0
    outcome = cli("split", CONFIG, "split.folds=2", "-o", tmp_path)
    assert outcome.code == 4
    assert outcome.err == (
        f"error: {tmp_path}: holds 'fold-1.csv', 'fold-2.csv' already\n"
        "hint: name another folder, or add --force to replace them\n"
    )


def test_a_file_in_the_place_of_the_folder_is_told(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "parts").write_text("")
    outcome = cli("split", CONFIG, "-o", tmp_path / "parts")
    assert outcome.code == 4
    assert "expected a folder to write into, got a file" in outcome.err


def test_the_folder_has_to_be_named(cli: Cli) -> None:
    outcome = cli("split", CONFIG)
    assert outcome.code == 2
    assert "--output" in outcome.err


def test_tensorflow_is_not_imported(tmp_path: Path) -> None:
    script = (
        "import sys; from dltrain.cli.app import app\n"
        f"sys.argv[1:] = ['split', {str(CONFIG)!r}, '-o', {str(tmp_path)!r}, '-q']\n"
        "app(standalone_mode=False)\n"
        "assert not {'tensorflow', 'keras', 'pandas', 'sklearn'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", script], check=True, timeout=PATIENCE)
