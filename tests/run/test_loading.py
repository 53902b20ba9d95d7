"""A run that is damaged, foreign or newer is refused with one clear sentence."""

import json
import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from dltrain.errors import RunError
from dltrain.run import load_run, newest_run


def test_the_golden_run_of_format_1_loads(golden_run: Path) -> None:
    run = load_run(golden_run)
    assert run.manifest.format == 1
    assert run.config.data.target == "bought"
    assert run.preprocessing.column_names == ("age", "city", "owner", "income", "group")
    assert run.metrics.test.rows == 48


def test_a_run_that_was_moved_loads(golden_run: Path, tmp_path: Path) -> None:
    moved = tmp_path / "a folder with spaces ä"
    shutil.move(golden_run, moved)
    assert load_run(moved).path == moved


def edit_manifest(run: Path, change: Callable[[dict[str, object]], object]) -> None:
    path = run / "manifest.json"
    content = json.loads(path.read_text())
    change(content)
    path.write_text(json.dumps(content))


@pytest.mark.parametrize(
    ("damage", "text"),
    [
        (lambda run: shutil.rmtree(run), "expected a run directory, got nothing of that name"),
        (lambda run: (run / "manifest.json").unlink(), "expected a run directory, got no manifest.json"),
        (lambda run: (run / "manifest.json").write_text("{"), "damaged run: not a JSON file"),
        (lambda run: (run / "manifest.json").write_text("[" * 100_000), "damaged run: not a JSON file"),
        (lambda run: (run / "manifest.json").write_text('{"format": "1"}'), "not a dltrain run"),
        (lambda run: (run / "manifest.json").write_bytes(b"\xff\xfe"), "not UTF-8"),
        (lambda run: edit_manifest(run, lambda m: m.update(format=2)), "unknown run format, expected 1, got 2"),
        (lambda run: edit_manifest(run, lambda m: m.update(seed="x")), "damaged run: seed"),
        (lambda run: edit_manifest(run, lambda m: m.update(files={})), "no entry for config.yaml"),
        (lambda run: (run / "model.onnx").unlink(), r"model.onnx: damaged run: expected a file, got none"),
        (lambda run: (run / "model.onnx").write_bytes(b"x"), "expected [0-9,]+ bytes, got 1"),
        (lambda run: (run / "preprocessing.json").write_text("x"), "expected [0-9,]+ bytes, got 1"),
    ],
)
def test_damage_is_named(golden_run: Path, damage: Callable[[Path], object], text: str) -> None:
    damage(golden_run)
    with pytest.raises(RunError, match=text):
        load_run(golden_run)


def test_a_link_in_a_run_is_refused(golden_run: Path, tmp_path: Path) -> None:
    target = tmp_path / "elsewhere"
    shutil.move(golden_run / "model.onnx", target)
    (golden_run / "model.onnx").symlink_to(target)
    with pytest.raises(RunError, match="got a link"):
        load_run(golden_run)


@pytest.mark.parametrize("name", ["config.yaml", "preprocessing.json", "metrics.json", "model.onnx", "model.keras"])
def test_one_changed_bit_is_noticed(golden_run: Path, name: str) -> None:
    path = golden_run / name
    content = bytearray(path.read_bytes())
    generator = np.random.default_rng(len(content))
    for _ in range(20):
        damaged = bytearray(content)
        damaged[generator.integers(len(content))] ^= 1 << int(generator.integers(8))
        path.write_bytes(damaged)
        with pytest.raises(RunError, match=re.escape(f"{path}: damaged run: its content is not what")):
            load_run(golden_run)


def test_the_other_runs_are_named_when_one_is_missing(golden_run: Path) -> None:
    with pytest.raises(RunError) as caught:
        load_run(golden_run.with_name("people-7"))
    assert caught.value.hint == f"runs in {golden_run.parent}: people-1"
    with pytest.raises(RunError) as caught:
        load_run(golden_run.with_name("people"))
    assert caught.value.hint == f"did you mean '{golden_run}'?"


def test_the_newest_run_is_the_one_written_last(golden_run: Path) -> None:
    other = shutil.copytree(golden_run, golden_run.with_name("zebra-1"))
    os.utime(other / "manifest.json", (1, 1))
    assert newest_run(golden_run.parent) == golden_run


def test_no_runs_at_all_is_named(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="expected a run directory in here, got none"):
        newest_run(tmp_path / "runs")


def test_odd_paths_and_numbers_are_no_tracebacks(golden_run: Path) -> None:
    with pytest.raises(RunError, match="cannot be read"):
        load_run(Path("x" * 300))
    (golden_run / "manifest.json").write_text('{"format": ' + "9" * 5000 + "}")
    with pytest.raises(RunError, match="not a JSON file"):
        load_run(golden_run)
