"""`dltrain predict` of the golden run as a process of its own, without TensorFlow."""

import contextlib
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any, Final

from tests.conftest import GOLDEN, PATIENCE

RUN: Final = GOLDEN / "people-1"
HEADER: Final = "person,age,city,owner,income,group"
FUZZ: Final = int(os.environ.get("DLTRAIN_FUZZ", "1"))


def write_people(path: Path, n_rows: int, *, person: str = "p") -> Path:
    """Writes a table to predict, every row another."""
    rows = (f"{person}{n},{n % 90},Rome,true,{n},a\n" for n in range(n_rows))
    path.write_text(f"{HEADER}\n{''.join(rows)}", encoding="utf-8")
    return path


def command(table: Path | str, *arguments: object) -> list[str]:
    """The command line."""
    return [sys.executable, "-m", "dltrain", "predict", str(table), "--run", str(RUN), *map(str, arguments)]


def predict(table: Path | str, *arguments: object, **options: Any) -> subprocess.CompletedProcess[str]:
    """Predicts to the end."""
    return subprocess.run(
        command(table, *arguments),
        text=True,
        timeout=PATIENCE,
        check=False,
        **({"stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | options),
    )


def start(table: Path | str, *arguments: object) -> subprocess.Popen[bytes]:
    """Begins to predict, with a pipe for standard input."""
    return subprocess.Popen(command(table, *arguments), stdin=subprocess.PIPE, stderr=subprocess.PIPE)


def predicted(folder: Path, table: Path) -> bytes:
    """The whole output for a table."""
    path = folder / "expected.csv"
    assert predict(table, "-q", "-o", path).returncode == 0
    content = path.read_bytes()
    path.unlink()
    return content


def limit_file_size(n_bytes: int) -> Callable[[], None]:
    """Lets no file of a new process grow beyond a size."""
    return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (n_bytes, n_bytes))


def written(folder: Path, *, besides: Collection[Path]) -> int:
    """Bytes of hidden files that are being written, besides those that others left; 0 when there are none any more."""
    n_bytes = 0
    for path in set(parts(folder)).difference(besides):
        # It may get its name, or be removed, at any time.
        with contextlib.suppress(FileNotFoundError):
            n_bytes += path.stat().st_size
    return n_bytes


def names(folder: Path) -> list[str]:
    """All names in a folder, hidden ones too."""
    return sorted(path.name for path in folder.iterdir())


def parts(folder: Path) -> list[Path]:
    """Hidden files that are being written, or were."""
    return [path for path in folder.iterdir() if path.name.endswith(".dltrain-part")]


def wait_until(is_done: Callable[[], object], process: subprocess.Popen[bytes]) -> None:
    """Waits until something has happened, or the process has ended."""
    deadline = time.monotonic() + PATIENCE
    while not is_done() and process.poll() is None:
        assert time.monotonic() < deadline
        time.sleep(0.002)
