"""Writing copies of the golden run, once or until the process is killed.

`python -m tests.reliability.run_writing FOLDER N` starts N processes one after the other that write runs and a file
into FOLDER without end, and kills each of them at a random moment.
"""

import csv
import os
import random
import signal
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

import numpy as np

from dltrain.config import to_yaml
from dltrain.run import Epoch, Origin, Progress, RunFiles, UnfinishedRun, load_run
from dltrain.run.atomic import writing_file
from dltrain.run.history import HISTORY, history_to_arrays, under
from tests.conftest import GOLDEN

GOOD_RUN: Final = GOLDEN / "people-1"
MAX_LINES: Final = 5_000
LONGEST_LIFE: Final = 2.0
"""Of a writer, compared with the time that a run and a file take here."""


def golden_files() -> RunFiles:
    """What the golden run was written from."""
    run = load_run(GOOD_RUN)
    with (GOOD_RUN / "history.csv").open(newline="") as file:
        history = [{key: float(value) for key, value in row.items()} for row in csv.DictReader(file)]
    keras = (GOOD_RUN / "model.keras").read_bytes()

    def save_keras(path: Path) -> None:
        path.write_bytes(keras)

    return RunFiles(
        config=run.config,
        preprocessing=run.preprocessing,
        onnx=run.onnx,
        save_keras=save_keras,
        history=history,
        metrics=run.metrics,
        data={str(name): file for name, file in run.manifest.data.items()},
    )


def history(n_epochs: int) -> dict[str, np.ndarray]:
    """The arrays of a checkpoint that tell of so many epochs."""
    numbers = range(1, n_epochs + 1)
    epochs = [Epoch(number, loss=1.0, val_loss=1.0, metrics={}, learning_rate=0.1, seconds=0.1) for number in numbers]
    return under(HISTORY, history_to_arrays(epochs))


def write_run(parent: Path, name: str, files: RunFiles) -> Path:
    """Writes a run as a fit does: a checkpoint while training, then the results."""
    origin = Origin(created="", versions={}, data={"data": files.data["data"]}, config=to_yaml(files.config))
    with UnfinishedRun(parent, name, origin) as run:
        for epoch in (1, 2, 3):
            kernel = np.full((10, 10), epoch, np.float32)
            run.save(Progress(epoch=epoch), {"network/0/kernel": kernel, **history(epoch - 1)})
        return run.finish(files)


def write_lines(path: Path, n: int) -> None:
    """Writes a file whose first line says how many lines follow."""
    with writing_file(path, overwrite=True) as stream:
        stream.write(f"{n}\n".encode())
        for line in range(n):
            stream.write(f"{line}\n".encode())


def _write_without_end(folder: Path, files: RunFiles) -> None:
    while True:
        _write_once(folder, files)


def _write_once(folder: Path, files: RunFiles) -> None:
    write_run(folder, "people", files)
    write_lines(folder / "out.csv", random.randrange(MAX_LINES))  # noqa: S311


def _seconds_to_write(files: RunFiles) -> float:
    """How long a run and a file take, at most."""
    seconds = []
    for _ in range(3):
        with tempfile.TemporaryDirectory() as folder:
            started = time.monotonic()
            _write_once(Path(folder), files)
            seconds.append(time.monotonic() - started)
    return max(seconds)


def main() -> None:
    """Kills writers."""
    folder, n_writers = Path(sys.argv[1]), int(sys.argv[2])
    files = golden_files()
    longest, dice = LONGEST_LIFE * _seconds_to_write(files), random.Random(0)  # noqa: S311
    for _ in range(n_writers):
        child = os.fork()
        if child == 0:
            _write_without_end(folder, files)
        time.sleep(dice.uniform(0, longest))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


if __name__ == "__main__":
    main()
