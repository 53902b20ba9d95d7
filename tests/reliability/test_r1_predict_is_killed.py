"""R1: predictions are whole or absent whenever the process is killed. 20 kills; 100 with `DLTRAIN_FUZZ=5`."""

import random
import time
from functools import partial
from pathlib import Path

import pytest

from tests.reliability.predicting import (
    FUZZ,
    names,
    parts,
    predict,
    predicted,
    start,
    wait_until,
    write_people,
    written,
)

pytestmark = pytest.mark.slow

N_KILLS = 20 * FUZZ
MOST_KILLS = 10 * N_KILLS
"""When too few of them came while the file was written, which depends on what else the machine does."""

N_ROWS = 200_000
SECONDS_TO_BEGIN = 1.0


def test_r1_killed_predictions_leave_the_old_file_or_the_new_one(tmp_path: Path) -> None:
    """Every other kill comes when so much of the file is written; every other file exists before."""
    table, folder = write_people(tmp_path / "table.csv", N_ROWS), tmp_path / "out"
    folder.mkdir()
    out, whole = folder / "out.csv", predicted(tmp_path, table)
    dice = random.Random(0)  # noqa: S311
    n_killed_writing = 0
    for kill in range(MOST_KILLS):
        if kill >= N_KILLS and n_killed_writing >= N_KILLS / 5:
            break
        before = b"old\n" if kill % 4 < 2 else None
        out.unlink(missing_ok=True)
        if before is not None:
            out.write_bytes(before)
        left, n_bytes = parts(folder), dice.randrange(1, len(whole))
        with start(table, "-q", "-o", out, "--force") as process:
            if kill % 2:
                wait_until(partial(_has_written, folder, n_bytes, left), process)
            else:
                time.sleep(dice.uniform(0, 2 * SECONDS_TO_BEGIN))
            process.kill()
        n_killed_writing += not set(parts(folder)) <= set(left)
        assert (out.read_bytes() if out.exists() else None) in (before, whole)
        assert [name for name in names(folder) if not name.startswith(".")] in ([], ["out.csv"])
        assert len(parts(folder)) <= 1, "the next one removes what the one before left"
    assert n_killed_writing >= N_KILLS / 5
    assert predict(table, "-q", "-o", out, "--force").returncode == 0
    assert out.read_bytes() == whole
    assert names(folder) == ["out.csv"]


def _has_written(folder: Path, n_bytes: int, left: list[Path]) -> bool:
    return written(folder, besides=left) >= n_bytes
