"""R16: locale, time zone, umask, odd paths and the home folder change no byte of the predictions."""

import json
import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.conftest import GOLDEN

pytestmark = pytest.mark.slow

ODD = "Übungs daten 😀"
# In the names of columns and in cells as well.
REPLACED = {"city": "Städ te", "Bern": "Zürich 😀", "Rome": "Ρώμη"}


@dataclass(frozen=True)
class Environment:
    """Where and how the program runs; a variable that is None is not set."""

    variables: Mapping[str, str | None] = field(default_factory=dict)
    umask: int = 0o022
    folder: str = "plain"


ENVIRONMENTS = {
    "ascii, another day, private files": Environment(
        {"LC_ALL": "C", "PYTHONUTF8": "0", "TZ": "Pacific/Kiritimati"}, umask=0o077
    ),
    "C locale, odd paths": Environment({"LC_ALL": "C", "TZ": "America/St_Johns"}, folder=ODD),
    "no UTF-8 mode, no home, open files, odd paths": Environment(
        {"LC_ALL": "C.UTF-8", "PYTHONUTF8": "0", "HOME": None, "TZ": ":no/zone"}, umask=0o000, folder=ODD
    ),
    # Not even root writes there.
    "read-only home": Environment({"HOME": "/proc", "XDG_CACHE_HOME": None, "XDG_CONFIG_HOME": None, "TZ": None}),
}


def dltrain(environment: Environment, folder: Path, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    changed = {**os.environ, "LC_ALL": "C.UTF-8", **environment.variables}
    return subprocess.run(
        [sys.executable, "-m", "dltrain", *arguments],
        cwd=folder,
        env={name: value for name, value in changed.items() if value is not None},
        umask=environment.umask,
        capture_output=True,
        check=False,
    )


def fitted(environment: Environment, folder: Path) -> dict[str, bytes]:
    """Fits one epoch and predicts, all in one folder; returns what must never change."""
    home = folder / environment.folder
    home.mkdir()
    table, config = f"{environment.folder}.csv", f"{environment.folder}.yaml"
    rows, text = ((GOLDEN / name).read_text(encoding="utf-8") for name in ("people.csv", "people.yaml"))
    for old, new in REPLACED.items():
        rows = rows.replace(old, new)
    (home / table).write_text(rows, encoding="utf-8")
    (home / config).write_text(text.replace("people.csv", table), encoding="utf-8")
    commands = [
        ["fit", config, "training.epochs=1", "--runs", environment.folder],
        [
            "predict",
            table,
            "--run",
            f"{environment.folder}/{environment.folder}-1",
            "-o",
            f"{environment.folder} 1.csv",
        ],
        ["predict", table, "--run", f"{environment.folder}/{environment.folder}-1"],
    ]
    done = [dltrain(environment, home, *command) for command in commands]
    assert [(run.returncode, run.stderr.count(b"Traceback")) for run in done] == [(0, 0)] * 3, done
    out, run = home / f"{environment.folder} 1.csv", home / environment.folder / f"{environment.folder}-1"
    assert stat.S_IMODE(out.stat().st_mode) == 0o666 & ~environment.umask
    assert done[2].stdout == out.read_bytes()
    names = ("model.onnx", "preprocessing.json", "metrics.json")
    return {"predictions": out.read_bytes()} | {name: (run / name).read_bytes() for name in names}


@pytest.fixture(scope="module")
def locales(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the German locale, which writes a comma in numbers."""
    folder = tmp_path_factory.mktemp("locales")
    command = ["localedef", "-i", "de_DE", "-f", "UTF-8", str(folder / "de_DE.UTF-8")]
    if shutil.which("localedef") is None or subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("localedef cannot make the locale de_DE.UTF-8 here")
    return folder


@pytest.fixture(scope="module")
def usual(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """What comes out in a usual environment."""
    result = fitted(Environment({"TZ": "UTC"}), tmp_path_factory.mktemp("usual"))
    assert "Ρώμη" in result["preprocessing.json"].decode()
    return result


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_r16_predictions_are_the_same_bytes_everywhere(name: str, usual: dict[str, bytes], tmp_path: Path) -> None:
    assert fitted(ENVIRONMENTS[name], tmp_path) == usual


def test_r16_predictions_are_the_same_bytes_in_german(locales: Path, usual: dict[str, bytes], tmp_path: Path) -> None:
    german = {"LOCPATH": str(locales), "LC_ALL": "de_DE.UTF-8", "LANGUAGE": "de"}
    assert fitted(Environment(german, folder=ODD), tmp_path) == usual


@pytest.mark.parametrize("variables", [{"PYTHONIOENCODING": "ascii"}, {"PYTHONIOENCODING": "latin-1"}, {"LC_ALL": "C"}])
def test_r16_json_is_utf_8_whatever_the_output_is(variables: dict[str, str | None], tmp_path: Path) -> None:
    names = ["Größe", "città", "Ρώμη"]
    (tmp_path / "rooms.csv").write_text(",".join([*names, "y"]) + "\n1,a,2,3\n2,b,1,4\n" * 20, encoding="utf-8")
    arguments = ("check", "rooms.csv", "--target", "y", "--json")
    run = dltrain(Environment({**variables, "PYTHONUTF8": "0"}), tmp_path, *arguments)
    assert [column["name"] for column in json.loads(run.stdout.decode("utf-8"))["columns"]] == [*names, "y"]


def test_r16_a_path_that_the_locale_cannot_name_is_a_clean_error(tmp_path: Path) -> None:
    folder = tmp_path / ODD
    folder.mkdir()
    (folder / "fit.yaml").write_bytes((GOLDEN / "people.yaml").read_bytes())
    run = dltrain(Environment({"LC_ALL": "C", "PYTHONUTF8": "0"}), folder, "fit", "fit.yaml")
    assert run.returncode == 2
    assert b"data.path: expected a path in UTF-8" in run.stderr
    assert b"PYTHONUTF8=1" in run.stderr
