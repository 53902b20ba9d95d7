"""`dltrain fit` as a user sees it."""

import json
import math
import os
import pty
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import dltrain
from dltrain.run import load_run
from tests.conftest import GOLDEN, PATIENCE, CheckGolden, Cli

pytestmark = pytest.mark.slow

CONFIG = GOLDEN / "people.yaml"
DLTRAIN = [sys.executable, "-m", "dltrain"]


def without_noise(text: str) -> str:
    """Blanks out times and folders."""
    return re.sub(r"[\d.e-]+ s$", "TIME", re.sub(r"saved to \S+/", "saved to ", text), flags=re.MULTILINE)


@pytest.mark.golden
def test_what_a_fit_prints(
    cli: Cli, tmp_path: Path, check_golden: CheckGolden, monkeypatch: pytest.MonkeyPatch
) -> None:
    # How many epochs have a line depends on the clock; the first one always has.
    monkeypatch.setattr("dltrain.cli.progress.LOG_SECONDS", math.inf)
    outcome = cli("fit", CONFIG, "--runs", tmp_path)
    assert outcome.code == 0
    shown = re.sub(r"^(epoch |epochs |  ?\w+ +[\d.]+ ).*$", r"\1…", outcome.err, flags=re.MULTILINE)
    check_golden("fit_progress.txt", without_noise(shown))
    figures = re.sub(r"\d\.\d{4}", "0.0000", outcome.out)
    check_golden("fit_result.txt", without_noise(figures))


def test_nothing_but_the_result_with_quiet(cli: Cli, tmp_path: Path) -> None:
    outcome = cli("fit", CONFIG, "training.epochs=2", "--runs", tmp_path, "--quiet")
    assert (outcome.code, outcome.err) == (0, "")
    assert "saved to" in outcome.out


def test_json_is_one_object_with_the_metrics_of_the_run(cli: Cli, tmp_path: Path) -> None:
    content = json.loads(cli("fit", CONFIG, "training.epochs=2", "--runs", tmp_path, "--json", "-q").out)
    assert content["run"] == str(tmp_path / "people-1")
    assert content["metrics"] == json.loads((tmp_path / "people-1" / "metrics.json").read_text())


def test_runs_are_numbered_and_named(cli: Cli, tmp_path: Path) -> None:
    for _ in range(2):
        assert cli("fit", CONFIG, "training.epochs=1", "--runs", tmp_path, "-q").code == 0
    assert cli("fit", CONFIG, "training.epochs=1", "--runs", tmp_path, "--name", "mine", "-q").code == 0
    again = tmp_path / "people-1" / "config.yaml"
    assert cli("fit", again, "training.epochs=1", "--runs", tmp_path, "-q").code == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["mine-1", "people-1", "people-2", "people-3"]


def test_a_fit_in_python_of_a_saved_config_is_named_after_its_run(golden_run: Path, tmp_path: Path) -> None:
    overrides = [f"data.path={GOLDEN / 'people.csv'}", "training.epochs=1"]
    model = dltrain.fit(golden_run / "config.yaml", overrides=overrides, runs=tmp_path)
    assert model.path == tmp_path / "people-2"


def test_a_diverging_fit_ends_with_code_5_and_a_hint(cli: Cli, tmp_path: Path) -> None:
    outcome = cli("fit", CONFIG, "training.optimizer={type: sgd, learning_rate: 1e30}", "--runs", tmp_path, "-q")
    assert outcome.code == 5
    assert re.match(r"error: epoch 1, step \d+ of 5: the loss is not finite any more", outcome.err)
    assert f"\nkept: the last finite weights, in {tmp_path}/people-1/checkpoint\n" in outcome.err
    assert "hint: " in outcome.err
    shown = cli("show", tmp_path / "people-1")
    assert shown.code == 0
    assert "(unfinished: diverged at " in shown.out
    assert "the loss is not finite any more" in shown.out


def test_tensorflow_stays_silent(tmp_path: Path) -> None:
    command = [*DLTRAIN, "fit", str(CONFIG), "training.epochs=1", "--runs", str(tmp_path), "-q"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=True)
    assert done.stderr == ""


def test_tensorflow_stays_silent_in_python_however_many_fits(tmp_path: Path) -> None:
    script = (
        "import dltrain\n"
        "for seed in range(8):\n"
        f"    overrides = ['training.epochs=2', f'training.seed={{seed}}']\n"
        f"    dltrain.fit({str(CONFIG)!r}, overrides=overrides, runs={str(tmp_path)!r})"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=PATIENCE, check=True)
    assert (done.stdout, done.stderr) == ("", "")


def test_real_failures_of_native_code_come_through(tmp_path: Path) -> None:
    """The last words of a process that aborts while TensorFlow's log lines are filtered."""
    script = (
        "import os; from dltrain.workflows.start_up.chatter import quiet_tensorflow\n"
        "with quiet_tensorflow():\n"
        "    os.write(2, b'I0000 00:00:1.1 1 port.cc:153] chatter\\nF0000 00:00:1.1 1 oom.cc:7] Check failed\\n')\n"
        "    os.abort()\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert done.returncode == -signal.SIGABRT
    assert done.stderr == "F0000 00:00:1.1 1 oom.cc:7] Check failed\n"


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_an_interrupted_fit_can_be_resumed(cli: Cli, tmp_path: Path, number: signal.Signals, code: int) -> None:
    command = [*DLTRAIN, "fit", str(CONFIG), "training.epochs=1000000", "training.early_stopping=null"]
    with subprocess.Popen([*command, "--runs", str(tmp_path)], stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        for line in process.stderr:
            if line.startswith("epoch "):
                break
        process.send_signal(number)
        try:
            _, rest = process.communicate(timeout=PATIENCE)
        finally:
            process.kill()
        assert process.returncode == code
    run = tmp_path / "people-1"
    assert re.search(rf"(interrupted|terminated) at .*\nhint: dltrain fit --resume {run} goes on\n$", rest)
    assert [path.name for path in tmp_path.iterdir()] == ["people-1"]
    assert [path.name for path in run.iterdir()] == ["checkpoint"]
    shown = cli("show", run)
    assert "(unfinished: interrupted at " in shown.out
    assert f"dltrain fit --resume {run}" in shown.out


def test_a_terminal_gets_a_bar_and_keeps_the_last_line(tmp_path: Path) -> None:
    master, slave = pty.openpty()
    command = [*DLTRAIN, "fit", str(CONFIG), "--runs", str(tmp_path)]
    environment = {**os.environ, "TERM": "xterm", "COLUMNS": "80"}
    process = subprocess.Popen(command, stdout=slave, stderr=slave, env=environment)
    os.close(slave)
    chunks = []
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        try:
            chunk = os.read(master, 65536)
        except OSError:  # the other side has closed
            break
        if not chunk:
            break
        chunks.append(chunk)
    assert process.wait(timeout=PATIENCE) == 0
    text = b"".join(chunks).decode()
    assert re.search(r"epoch \d+/60", text)
    assert "epochs    60 trained, kept epoch" in text or "stopped after" in text
    assert f"saved to {tmp_path}/people-1" in text


def test_a_fit_goes_on_when_nobody_reads_its_progress(tmp_path: Path) -> None:
    fit = f"{sys.executable} -m dltrain fit {CONFIG} training.epochs=300 training.early_stopping=null --runs {tmp_path}"
    command = f"{fit} 2>&1 >/dev/null | head -n 1; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert done.returncode == 0
    assert done.stdout.startswith("data ")
    assert (tmp_path / "people-1" / "manifest.json").exists()


@pytest.mark.parametrize(
    "streams", ["2>&1 >/dev/null | true", "2>/dev/full >/dev/null", "<&- >&- 2>&-", "<&- 2>&- >/dev/null"]
)
def test_a_fit_of_a_table_needs_no_streams(tmp_path: Path, streams: str) -> None:
    fit = f"{sys.executable} -m dltrain fit {GOLDEN / 'people.csv'} --target bought training.epochs=1 --runs {tmp_path}"
    command = f"{fit} {streams}; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert done.returncode == 0
    assert load_run(tmp_path / "people-1").metrics.epochs == 1


def test_a_failed_check_leaves_no_folder_behind(cli: Cli, tmp_path: Path) -> None:
    outcome = cli("fit", CONFIG, "data.target=nothing", "--runs", tmp_path / "a" / "b")
    assert outcome.code == 2
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("override", "text"),
    [
        ("data.positive=ye", "expected one of the labels 'no', 'yes', got 'ye'"),
        ("training.class_weight={yse: 2}", "expected one of the labels 'no', 'yes', got 'yse'"),
    ],
)
def test_a_wrong_label_is_named_with_its_place(cli: Cli, tmp_path: Path, override: str, text: str) -> None:
    outcome = cli("fit", CONFIG, override, "--runs", tmp_path)
    assert outcome.code == 2
    assert f"override '{override}'" in outcome.err
    assert text in outcome.err
    assert "did you mean 'yes'?" in outcome.err
