"""What killed fits leave behind: whole or absent, and in the end the same as without the kills."""

import csv
import hashlib
import re
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from dltrain.run import Checkpoint, UnfinishedRun, load_run
from dltrain.run.checkpoint import CHECKPOINT

EXACT: Final = ("config.yaml", "metrics.json", "model.onnx", "preprocessing.json")
ALL_FILES: Final = sorted([*EXACT, "history.csv", "manifest.json", "model.keras", "report.html"])

_TEMPORARY: Final = re.compile(r"\.result|\.lock|\..+\.dltrain-(part|lock)")
"""Hidden names that a kill may leave in a run directory, or in its checkpoint folder."""


def fingerprint(run: Path) -> dict[str, str]:
    """Hashes of everything that must not depend on interruptions, of the files that are there."""
    contents = {name: (run / name).read_bytes() for name in EXACT if (run / name).exists()}
    if (run / "history.csv").exists():
        contents["history.csv without seconds"] = _history(run / "history.csv").encode()
    if (run / "model.keras").exists():
        with zipfile.ZipFile(run / "model.keras") as archive:
            # The third member, metadata.json, holds the date.
            contents |= {name: archive.read(name) for name in ("config.json", "model.weights.h5")}
    return {name: hashlib.sha256(content).hexdigest() for name, content in contents.items()}


def _history(path: Path) -> str:
    with path.open(newline="") as file:
        return "\n".join(str({**row, "seconds": ""}) for row in csv.DictReader(file))


def contents(folder: Path) -> dict[Path, bytes]:
    """All files of a folder, hidden ones too, but for the lock that a killed process may have left."""
    files = [path for path in sorted(folder.rglob("*")) if path.is_file() and path.name != ".lock"]
    return {path.relative_to(folder): path.read_bytes() for path in files}


def names(folder: Path) -> list[str]:
    """All names in a folder, hidden ones too."""
    return sorted(path.name for path in folder.iterdir())


def newest_state(run: Path) -> int:
    """The number of the newest checkpoint, 0 before the first one."""
    found = (re.fullmatch(r"state-(\d+)\.safetensors", path.name) for path in (run / CHECKPOINT).glob("*"))
    return max((int(match[1]) for match in found if match), default=0)


def check_unfinished(run: Path, expected: Mapping[str, str]) -> Checkpoint:
    """An interrupted run can be gone on with, and what has its final name already is whole.

    Args:
        run: The directory.
        expected: The fingerprint it will have.
    """
    reopened, checkpoint = UnfinishedRun.reopen(run)
    reopened.__exit__(None, None, None)
    assert checkpoint.note is None, "the newest checkpoint is damaged"
    visible = {name for name in names(run) if not _TEMPORARY.fullmatch(name)}
    assert visible <= {*ALL_FILES, CHECKPOINT}
    assert fingerprint(run).items() <= expected.items()
    states = {name for name in names(run / CHECKPOINT) if not _TEMPORARY.fullmatch(name)}
    assert 1 <= len(states) <= 3
    assert all(re.fullmatch(r"state-\d+\.safetensors", name) for name in states)
    return checkpoint


def check_finished(run: Path, expected: Mapping[str, str]) -> None:
    """A finished run is accepted, has the expected content, and nothing is left beside it."""
    load_run(run)
    assert fingerprint(run) == expected
    assert names(run) == ALL_FILES
