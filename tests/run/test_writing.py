"""What is written is what is read."""

import json
from pathlib import Path

from dltrain.run import load_run, sha256_of
from dltrain.run.manifest import manifest_sha256
from tests.conftest import GOLDEN
from tests.reliability.run_writing import golden_files, write_run


def test_a_written_run_is_read_as_it_was(tmp_path: Path) -> None:
    golden = load_run(GOLDEN / "people-1")
    path = write_run(tmp_path / "runs", "people", golden_files())
    run = load_run(path)
    assert path == tmp_path / "runs/people-1"
    assert (run.config, run.preprocessing, run.metrics) == (golden.config, golden.preprocessing, golden.metrics)
    assert run.onnx == golden.onnx
    # The JSON files have gained keys since.
    for name in ("model.onnx", "model.keras"):
        assert (path / name).read_bytes() == (GOLDEN / "people-1" / name).read_bytes()


def test_the_manifest_vouches_for_every_file_and_itself(tmp_path: Path) -> None:
    path = write_run(tmp_path, "people", golden_files())
    content = json.loads((path / "manifest.json").read_text())
    assert list(content)[-1] == "sha256"
    assert content["sha256"] == manifest_sha256(content)
    assert {name: entry["sha256"] for name, entry in content["files"].items()} == {
        file.name: sha256_of(file) for file in path.iterdir() if file.name != "manifest.json"
    }


def test_a_run_that_was_indented_anew_is_still_the_same(tmp_path: Path) -> None:
    path = write_run(tmp_path, "people", golden_files())
    content = json.loads((path / "manifest.json").read_text())
    (path / "manifest.json").write_text(json.dumps(dict(reversed(content.items()))))
    load_run(path)
