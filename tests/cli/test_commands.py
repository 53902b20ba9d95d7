"""Help, evaluate, show, schema, and wrong usage, without TensorFlow."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import dltrain
from dltrain.cli.usage_hints import OTHER_COMMANDS
from dltrain.errors import ConfigError
from tests.conftest import GOLDEN, PATIENCE, PROJECT, CheckGolden, Cli

COMMANDS = [
    "",
    "check",
    "init",
    "fit",
    "split",
    "evaluate",
    "predict",
    "show",
    "report",
    "runs",
    "compare",
    "schema",
]


@pytest.mark.golden
@pytest.mark.parametrize("command", COMMANDS)
def test_help(cli: Cli, monkeypatch: pytest.MonkeyPatch, check_golden: CheckGolden, command: str) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    outcome = cli(*command.split(), "--help")
    assert (outcome.code, outcome.err) == (0, "")
    check_golden(f"help_{command or 'dltrain'}.txt", outcome.out)


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (["frobnicate"], "No such command 'frobnicate'"),
        (["fit"], "expected CONFIG, a YAML file, or --resume RUN"),
        (["predict", "x.csv", "--nonsense"], "No such option: --nonsense"),
    ],
)
def test_wrong_usage_ends_with_code_2(cli: Cli, arguments: list[str], text: str) -> None:
    outcome = cli(*arguments)
    assert outcome.code == 2
    assert text in outcome.err
    assert "Traceback" not in outcome.err


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        ("train x.yaml", "dltrain fit CONFIG trains a network"),
        ("test x.csv", "dltrain evaluate RUN scores a run on held-out rows"),
        ("fit x.yaml --epochs 5", "keys of the config are set without dashes, training.epochs=5"),
        ("check x.yaml --batch-size=5", "keys of the config are set without dashes, training.batch_size=5"),
        ("fit x.yaml --features [a,b] -q", "keys of the config are set without dashes, 'data.features=[a,b]'"),
        ("fit x.yaml --units 8", "keys of the config are set without dashes, model.layers.0.units=8"),
        ("fit x.yaml --epochs -q", "keys of the config are set without dashes, training.epochs=VALUE"),
        ("fit x.yaml --lr 0.1", "the learning rate is 'training.optimizer.learning_rate'; keys of the config are set"),
        ("predict x.csv --threshold 0.4", "decision.threshold is a key of the config"),
        ("evaluate x.csv runs/a-1", "dltrain evaluate RUN --data FILE scores another table"),
        ("fit x.yaml --taget y", None),
        ("fti x.yaml", None),
        ("fit x.yaml --nonsense", None),
        ("predict", None),
    ],
)
def test_wrong_usage_is_told_what_to_write(cli: Cli, arguments: str, hint: str | None) -> None:
    outcome = cli(*arguments.split())
    assert outcome.code == 2
    hints = [line.removeprefix("hint: ") for line in outcome.err.splitlines() if line.startswith("hint: ")]
    assert len(hints) == (hint is not None)
    assert all(line.startswith(str(hint)) for line in hints)


def test_other_names_of_commands_are_no_commands() -> None:
    assert not set(OTHER_COMMANDS).intersection(COMMANDS)


def test_the_version_is_that_of_the_package(cli: Cli) -> None:
    pyproject = (PROJECT / "pyproject.toml").read_text()
    match = re.search(r'^version = "(.*)"$', pyproject, re.MULTILINE)
    assert match is not None
    assert cli("--version").out == f"dltrain {match[1]}\n"


def test_schema_prints_the_committed_one(cli: Cli) -> None:
    assert cli("schema").out == (PROJECT / "config.schema.json").read_text()


@pytest.mark.golden
def test_show_prints_what_is_in_a_run(cli: Cli, golden_run: Path, check_golden: CheckGolden) -> None:
    outcome = cli("show", golden_run)
    assert outcome.code == 0
    check_golden("show.txt", outcome.out.replace(str(golden_run), "RUN"))


def test_show_as_json_holds_the_metrics_file(cli: Cli, golden_run: Path) -> None:
    content = json.loads(cli("show", golden_run, "--json").out)
    assert content["metrics"].items() >= json.loads((golden_run / "metrics.json").read_text()).items()
    assert content["labels"] == ["no", "yes"]


def test_evaluate_scores_another_file(cli: Cli, golden_run: Path, people: Path) -> None:
    outcome = cli("evaluate", "--run", golden_run, "--data", people, "--json")
    assert outcome.code == 0
    content = json.loads(outcome.out)
    assert content["rows"] == 240
    assert content["metrics"]["accuracy"] > 0.8 > content["baseline"]["accuracy"]


def test_evaluate_needs_the_target(cli: Cli, golden_run: Path, tmp_path: Path) -> None:
    table = tmp_path / "new.csv"
    table.write_text("person,age,city,owner,income,group\na,1,Rome,true,1,a\n")
    outcome = cli("evaluate", "--run", golden_run, "--data", table)
    assert outcome.code == 3
    assert "expected the target column 'bought'" in outcome.err


def test_the_newest_run_is_the_default(
    cli: Cli, golden_run: Path, people: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "runs").mkdir()
    shutil.move(golden_run, tmp_path / "runs" / "people-1")
    monkeypatch.chdir(tmp_path)
    for command in (["show"], ["evaluate", "--data", people], ["predict", people]):
        assert cli(*command).code == 0
    shutil.rmtree(tmp_path / "runs")
    assert cli("show").code == 4


def test_a_mistake_in_the_config_is_found_without_tensorflow(tmp_path: Path) -> None:
    config = tmp_path / "people.yaml"
    config.write_text((GOLDEN / "people.yaml").read_text().replace("epochs", "epoch"))
    script = (
        "import sys; sys.argv = ['dltrain', 'fit', sys.argv[1]]\n"
        "from dltrain.cli.app import app\n"
        "from dltrain.cli.failures import exit_code_of\n"
        "print(exit_code_of(app), sorted({'tensorflow', 'keras', 'pandas', 'pyarrow'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(config)], capture_output=True, text=True, timeout=PATIENCE, check=True
    )
    assert done.stdout == "2 []\n"
    assert done.stderr.startswith(f"error: {config}:")
    assert "did you mean 'epochs'?" in done.stderr


def test_a_mistake_in_the_data_does_not_wait_for_tensorflow(tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_text((GOLDEN / "people.csv").read_text().replace("p007,", "p007,x"))
    shutil.copy(GOLDEN / "people.yaml", tmp_path)
    script = (
        "import os, sys, threading; sys.argv = ['dltrain', 'fit', sys.argv[1], '--runs', sys.argv[2]]\n"
        "from dltrain.cli.app import app\n"
        "from dltrain.cli.failures import exit_code_of\n"
        "code, threads = exit_code_of(app), [thread.name for thread in threading.enumerate()]\n"
        "print(code, 'import-tensorflow' in threads, flush=True)\n"
        "os._exit(0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path / "people.yaml"), str(tmp_path / "runs")],
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=True,
    )
    assert done.stdout == "3 True\n"
    assert "people.csv:9: column 'age': expected a number, got 'x" in done.stderr


def test_importing_dltrain_imports_nothing_heavy() -> None:
    script = "import sys, dltrain; print(sorted(set(sys.modules) & {'numpy', 'pyarrow', 'pydantic', 'keras', 'typer'}))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=PATIENCE, check=True)
    assert done.stdout == "[]\n"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs Linux' /dev/full")
@pytest.mark.parametrize("command", [["show"], ["predict", str(GOLDEN / "people.csv"), "--run"]])
def test_a_full_disk_behind_standard_output_ends_with_code_4(golden_run: Path, command: list[str]) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "dltrain", *command, str(golden_run)],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
    assert done.returncode == 4
    assert "error: standard output: cannot be written: no space left on the disk" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_closed_standard_input_is_named(golden_run: Path) -> None:
    command = f"{sys.executable} -m dltrain predict - --run {golden_run} <&-"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert (done.returncode, done.stderr) == (3, "error: standard input: expected CSV, but it is closed\n")


@pytest.mark.parametrize("name", ["", ".hidden", "a/b", "a\\b", "two\nlines", "x" * 201, "\udce9"])
def test_a_run_name_that_is_no_folder_name_is_refused(cli: Cli, tmp_path: Path, name: str) -> None:
    outcome = cli("fit", GOLDEN / "people.yaml", "--runs", tmp_path, "--name", name)
    assert outcome.code == 2
    assert outcome.err.startswith("error: --name: expected a folder name of at most 200 bytes")
    assert len(outcome.err.splitlines()) == 1


def test_a_config_whose_name_is_no_folder_name_is_told_the_option(cli: Cli, tmp_path: Path) -> None:
    config = shutil.copy(GOLDEN / "people.yaml", tmp_path / ".people.yaml")
    outcome = cli("fit", config, "--runs", tmp_path)
    assert outcome.code == 2
    assert "error: --name: expected a folder name" in outcome.err
    assert "hint: this is the name of the config: give the run another one" in outcome.err


def test_a_target_that_is_not_there_is_told_as_the_option(cli: Cli) -> None:
    outcome = cli("fit", GOLDEN / "people.csv", "--target", "bougth")
    assert outcome.code == 2
    assert outcome.err.startswith("error: --target: column 'bougth' is not in")
    assert outcome.err.endswith("hint: did you mean 'bought'?\n")


def test_python_is_told_of_its_arguments(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"^target: column 'bougth' is not in"):
        dltrain.fit(GOLDEN / "people.csv", target="bougth")
    with pytest.raises(ConfigError, match=r"^name: expected a folder name"):
        dltrain.fit(GOLDEN / "people.yaml", name="a/b", runs=tmp_path)


def test_a_run_is_found_by_its_name_alone(
    cli: Cli, golden_run: Path, people: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "runs").mkdir()
    shutil.move(golden_run, tmp_path / "runs" / "people-1")
    monkeypatch.chdir(tmp_path)
    assert cli("predict", people, "--run", "people-1").err.endswith("hint: did you mean 'runs/people-1'?\n")
    assert cli("predict", people, "--run", "people-2").err.endswith("hint: runs in runs: people-1\n")
    Path("other-1").mkdir()
    Path("other-1/manifest.json").touch()
    assert cli("evaluate", "people-1").err.endswith("hint: did you mean 'runs/people-1'?\n")


def test_files_that_may_not_be_read_are_no_mistakes_in_the_command(
    cli: Cli, golden_run: Path, people: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What Click asks before a command begins."""
    monkeypatch.setattr("os.access", lambda *_, **__: False)
    assert cli("predict", people, "--run", golden_run).code == 0
    assert cli("evaluate", golden_run, "--data", people).code == 0


@pytest.mark.parametrize(("name", "better"), [("x.csv.gz", "x.csv"), ("x.parquet", "x.csv"), ("x.tsv", "x.csv")])
def test_predictions_are_csv_only(cli: Cli, golden_run: Path, people: Path, name: str, better: str) -> None:
    outcome = cli("predict", people, "--run", golden_run, "-o", golden_run.parent / name)
    assert outcome.code == 4
    assert outcome.err.endswith(f"expected a name such as {better}\n")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")
def test_the_exit_code_says_what_standard_error_cannot(golden_run: Path, tmp_path: Path) -> None:
    table = tmp_path / "bad.csv"
    table.write_text((GOLDEN / "people.csv").read_text().replace("p007,", "p007,x"))
    command = [
        sys.executable,
        "-m",
        "dltrain",
        "predict",
        str(table),
        "--run",
        str(golden_run),
        "-o",
        str(tmp_path / "out.csv"),
    ]
    with Path("/dev/full").open("w") as full:
        assert subprocess.run(command, stderr=full, timeout=PATIENCE, check=False).returncode == 3
    assert not (tmp_path / "out.csv").exists()
