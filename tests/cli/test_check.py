"""`dltrain check` as a user sees it."""

import json
import os
import pty
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from tests.conftest import GOLDEN, PATIENCE, CheckGolden, Cli

PEOPLE = GOLDEN / "people.yaml"


@pytest.fixture
def troubled(tmp_path: Path) -> Path:
    """A config whose table has a bit of everything."""
    rng = np.random.default_rng(0)
    sick = rng.random(400) < 0.3
    columns = {
        "patient": [f"P{n:04d}" for n in range(400)],
        "age": rng.integers(20, 80, 400).tolist(),
        "weight": [f"{n} kg" for n in rng.integers(50, 110, 400)],
        "visit": [f"2024-{n:02d}-{m:02d}" for n, m in zip(*rng.integers(1, 13, (2, 400)), strict=True)],
        "ward": rng.choice(["north", "south"], 400).tolist(),
        "ward_code": [],
        "hospital": ["central"] * 400,
        "dose": ["-" if n % 50 == 7 else f"{x:.2f}" for n, x in enumerate(rng.normal(size=400))],
        "outcome": np.where(sick, "treated", "sent home").tolist(),
        "sick": np.where(sick, "yes", "no").tolist(),
    }
    columns["ward_code"] = [{"north": "N1", "south": "S1"}[ward] for ward in columns["ward"]]
    rows = zip(*columns.values(), strict=True)
    lines = [",".join(columns), *(",".join(map(str, row)) for row in rows)]
    (tmp_path / "patients.csv").write_text("\n".join(lines) + "\n")
    config = tmp_path / "patients.yaml"
    config.write_text(
        "data: {path: patients.csv, target: sick}\n"
        "model:\n  layers:\n    - {type: dense, units: 16, activation: relu}\n"
    )
    return config


@pytest.mark.golden
def test_the_page_of_a_table_without_troubles(cli: Cli, check_golden: CheckGolden) -> None:
    outcome = cli("check", PEOPLE)
    assert (outcome.code, outcome.err) == (0, "")
    check_golden("check_people.txt", outcome.out.replace(str(GOLDEN), "FOLDER"))


@pytest.mark.golden
def test_the_page_of_a_table_with_troubles(cli: Cli, troubled: Path, check_golden: CheckGolden) -> None:
    outcome = cli("check", troubled)
    assert (outcome.code, outcome.err) == (3, "")
    check_golden("check_patients.txt", outcome.out.replace(str(troubled.parent), "FOLDER"))


def test_the_changes_it_proposes_mend_the_table(cli: Cli, troubled: Path) -> None:
    report = json.loads(cli("check", troubled, "--json").out)
    others = [part for f in report["findings"] if f["topic"] in ("numbers_as_text", "united") for part in f["change"]]
    mended = cli("check", troubled, *others, *report["drop_all"], "--json")
    assert mended.code == 0
    topics = {finding["topic"] for finding in json.loads(mended.out)["findings"]}
    assert topics == {"few_rows", "time"}


def test_every_change_is_accepted_by_the_config(cli: Cli, troubled: Path) -> None:
    findings = json.loads(cli("check", troubled, "--json").out)["findings"]
    assert len(findings) >= 8
    for finding in findings:
        assert cli("check", troubled, *finding["change"], "--json").code in (0, 3), finding


def test_json_has_every_column_and_finding(cli: Cli, tmp_path: Path) -> None:
    names = [f"x{n}" for n in range(60)]
    rng = np.random.default_rng(0)
    lines = [",".join([*names, "y"]), *(",".join(map(str, row)) for row in rng.normal(size=(200, 61)).round(3))]
    (tmp_path / "wide.csv").write_text("\n".join(lines) + "\n")
    config = tmp_path / "wide.yaml"
    config.write_text("data: {path: wide.csv, target: y}\nmodel: {layers: []}\n")
    page = cli("check", config).out
    assert "x39 " in page
    assert "x40 " not in page
    assert "and 21 more columns: --json has all\n" in page
    report = json.loads(cli("check", config, "--json").out)
    assert [column["name"] for column in report["columns"]] == [*names, "y"]
    assert report["summary"]["inputs"] == 60


def test_a_typo_in_the_config_ends_with_code_2_and_one_in_the_path_with_3(cli: Cli) -> None:
    outcome = cli("check", PEOPLE, "training.epoch=3")
    assert outcome.code == 2
    assert "did you mean 'epochs'?" in outcome.err
    assert cli("check", PEOPLE, "data.path=nowhere.csv").code == 3
    assert cli("check", PEOPLE, "data.target=bougth").code == 2


def test_check_imports_neither_tensorflow_nor_pandas_nor_scikit_learn() -> None:
    script = (
        "import sys; sys.argv = ['dltrain', 'check', sys.argv[1]]\n"
        "from dltrain.cli.app import app\n"
        "from dltrain.cli.failures import exit_code_of\n"
        "code = exit_code_of(app)\n"
        "heavy = {'tensorflow', 'keras', 'pandas', 'sklearn', 'scipy', 'matplotlib', 'onnxruntime'}\n"
        "print(code, sorted(heavy & set(sys.modules)), file=sys.stderr)"
    )
    command = [sys.executable, "-c", script, str(PEOPLE)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=True)
    assert done.stderr == "0 []\n"


def on_terminal(width: int, config: Path) -> list[str]:
    """The lines of a page on a terminal of some width, without colours."""
    main, side = pty.openpty()
    command = [sys.executable, "-m", "dltrain", "check", str(config)]
    environment = {**os.environ, "COLUMNS": str(width), "TERM": "xterm"}
    process = subprocess.Popen(command, stdout=side, stderr=side, env=environment)
    os.close(side)
    written = b""
    while True:
        try:
            part = os.read(main, 65_536)
        except OSError:
            break
        if not part:
            break
        written += part
    os.close(main)
    process.wait(timeout=PATIENCE)
    return re.sub(r"\x1b\[[0-9;]*m", "", written.decode()).replace("\r", "").splitlines()


@pytest.mark.parametrize("width", [50, 80, 120])
def test_a_page_fits_its_window_and_changes_stay_on_one_line(troubled: Path, width: int) -> None:
    lines = on_terminal(width, troubled)
    changes = [line for line in lines if "→ '" in line or "→ split." in line]
    assert len(changes) >= 8
    assert all(line.rstrip().endswith("'") or "split." in line for line in changes)
    others = [line for line in lines if line not in changes]
    assert max(map(len, others)) <= width
    assert sum("one-hot" in line or "median" in line for line in lines) >= 6


def test_no_colours_in_a_pipe(cli: Cli, troubled: Path) -> None:
    assert "\x1b" not in cli("check", troubled).out


def test_a_table_is_checked_as_it_would_be_fitted(cli: Cli, people: Path) -> None:
    outcome = cli("check", people, "--target", "bought", "--json")
    assert outcome.code == 0, outcome.err
    assert outcome.err == ""
    shown = cli("check", people, "-t", "bought", "split.test=0.3")
    assert shown.code == 0
    assert f"dltrain init {people} --target bought split.test=0.3 writes it" in shown.err
    names = [column["name"] for column in json.loads(outcome.out)["columns"]]
    assert names
    assert all(name in shown.out for name in names)


def test_a_table_without_its_target_is_told_how(cli: Cli, people: Path) -> None:
    outcome = cli("check", people)
    assert outcome.code == 2
    assert outcome.err.endswith(f"hint: dltrain check {people} --target COLUMN looks at a table without a config\n")
