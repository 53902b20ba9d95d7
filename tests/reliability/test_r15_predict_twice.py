"""R15: two processes that predict into one file never mix; the second one stops with exit 4."""

from pathlib import Path

import pytest

from tests.conftest import PATIENCE
from tests.reliability.predicting import HEADER, names, parts, predict, predicted, start, wait_until, write_people

pytestmark = pytest.mark.slow

N_RACES = 5
MOST_FURTHER_RACES = 50
"""When they have not met so far, which depends on what else the machine does."""


@pytest.mark.parametrize("options", [(), ("--force",)])
def test_r15_the_second_process_stops_while_the_first_one_writes(tmp_path: Path, options: tuple[str, ...]) -> None:
    table, folder = write_people(tmp_path / "table.csv", 100), tmp_path / "out"
    folder.mkdir()
    out = folder / "out.csv"
    with start("-", "-q", "-o", out, *options) as first:
        wait_until(lambda: parts(folder), first)
        second = predict(table, "-q", "-o", out, *options)
        assert second.returncode == 4
        assert second.stderr.startswith(f"error: {out}: another process is writing it\nhint: ")
        other = predict(table, "-q", "-o", folder / "other.csv", *options)
        assert other.returncode == 0
        first.communicate(f"{HEADER}\nonly,1,Rome,true,1,a\n".encode(), timeout=PATIENCE)
        assert first.returncode == 0
    assert out.read_text().splitlines()[1].startswith("only,")
    assert names(folder) == ["other.csv", "out.csv"]


def test_r15_a_killed_process_holds_nobody_up(tmp_path: Path) -> None:
    table, folder = write_people(tmp_path / "table.csv", 100), tmp_path / "out"
    folder.mkdir()
    with start("-", "-q", "-o", folder / "out.csv") as first:
        wait_until(lambda: parts(folder), first)
        first.kill()
    assert len(names(folder)) == 2, "its lock and what it wrote, both hidden"
    assert predict(table, "-q", "-o", folder / "out.csv").returncode == 0
    assert names(folder) == ["out.csv"]


def test_r15_processes_that_start_together_never_mix(tmp_path: Path) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    tables = [write_people(tmp_path / f"{person}.csv", 60_000, person=person) for person in ("a", "b")]
    outputs = [predicted(tmp_path, table) for table in tables]
    n_refused = 0
    for n_done in range(N_RACES + MOST_FURTHER_RACES):
        if n_done >= N_RACES and n_refused:
            break
        racers = [start(table, "-q", "-o", folder / "out.csv", "--force") for table in tables]
        errors = [racer.communicate(timeout=PATIENCE)[1] for racer in racers]
        codes = [racer.returncode for racer in racers]
        assert 0 in codes, errors
        assert set(codes) <= {0, 4}, errors
        assert (folder / "out.csv").read_bytes() in [out for out, code in zip(outputs, codes, strict=True) if code == 0]
        assert names(folder) == ["out.csv"]
        n_refused += codes.count(4)
    assert n_refused, "otherwise they never met"
