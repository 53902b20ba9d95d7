"""R1: predictions are whole or absent whenever the process is killed. 20 kills; 100 with `DLTRAIN_FUZZ=5`."""

import random
import time
from pathlib import Path

import pytest

from tests.reliability.predicting import FUZZ, names, parts, predict, predicted, start, wait_until, write_people

pytestmark = pytest.mark.slow

N_KILLS = 20 * FUZZ
N_ROWS = 200_000
SECONDS_TO_BEGIN = 1.0


def seconds_to_write(table: Path, folder: Path) -> float:
    """From the first byte to the end, undisturbed."""
    with start(table, "-q", "-o", folder / "out.csv") as process:
        wait_until(lambda: parts(folder), process)
        began = time.monotonic()
        assert process.wait() == 0
    (folder / "out.csv").unlink()
    return time.monotonic() - began


def test_r1_killed_predictions_leave_the_old_file_or_the_new_one(tmp_path: Path) -> None:
    """Every other kill comes while the file is being written; every other file exists before."""
    table, folder = write_people(tmp_path / "table.csv", N_ROWS), tmp_path / "out"
    folder.mkdir()
    out, whole = folder / "out.csv", predicted(tmp_path, table)
    seconds, dice = seconds_to_write(table, folder), random.Random(0)  # noqa: S311
    n_killed_writing = 0
    for kill in range(N_KILLS):
        before = b"old\n" if kill % 4 < 2 else None
        out.unlink(missing_ok=True)
        if before is not None:
            out.write_bytes(before)
        with start(table, "-q", "-o", out, "--force") as process:
            if kill % 2:
                wait_until(lambda: parts(folder), process)
                time.sleep(dice.uniform(0, seconds))
            else:
                time.sleep(dice.uniform(0, SECONDS_TO_BEGIN + seconds))
            process.kill()
        n_killed_writing += bool(parts(folder))
        assert (out.read_bytes() if out.exists() else None) in (before, whole)
        assert [name for name in names(folder) if not name.startswith(".")] in ([], ["out.csv"])
        assert len(parts(folder)) <= 1, "the next one removes what the one before left"
    assert n_killed_writing >= N_KILLS / 5
    assert predict(table, "-q", "-o", out, "--force").returncode == 0
    assert out.read_bytes() == whole
    assert names(folder) == ["out.csv"]
