"""R9: what a fit takes is known before it takes it, and refused when it is too much."""

import json
import os
import subprocess
import sys
import zlib
from pathlib import Path
from typing import Any

import pytest

from benchmarks.memory import MOST_ERROR, QUICK
from dltrain.config import load_config
from dltrain.errors import ConfigError, DataError
from dltrain.machine import resident_memory
from dltrain.stopwatch import Stopwatch
from dltrain.workflows.fitting.preparing import prepare
from dltrain.workflows.limits.memory import ALLOWED_SHARE, allowed_memory
from tests.conftest import PROJECT
from tests.test_machine import write_files

TERABYTE = 2**40
ROW = b"1.5,2.5\n"


def write_task(folder: Path, *units: int, n_rows: int = 2_000, **training: Any) -> Path:
    (folder / "table.csv").write_bytes(b"x,y\n" + b"".join(b"%d,%d\n" % (n, n % 7) for n in range(n_rows)))
    layers = [{"type": "dense", "units": n} for n in units]
    content = {
        "data": {"path": "table.csv", "target": "y", "task": "regression"},
        "model": {"layers": layers},
        "training": {"epochs": 1, **training},
    }
    path = folder / "fit.yaml"
    path.write_text(json.dumps(content))
    return path


def container(folder: Path, *, n_bytes: int) -> Path:
    """The root of a file system that allows a process so much more memory."""
    return write_files(
        folder,
        {
            "proc/self/cgroup": "0::/\n",
            "sys/fs/cgroup/memory.max": f"{n_bytes}\n",
            "sys/fs/cgroup/memory.current": "0\n",
        },
    )


def refused(config: Path, *, code: int) -> str:
    """What `dltrain fit` says when it ends with an exit code."""
    done = subprocess.run(
        [sys.executable, "-m", "dltrain", "fit", config, "--runs", config.parent / "runs"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    assert not (config.parent / "runs").exists()
    return done.stderr


@pytest.mark.slow
@pytest.mark.parametrize("name", QUICK)
def test_r9_the_estimate_is_near_the_peak(tmp_path: Path, name: str) -> None:
    # Started from a small process: the peak of a process counts that of the one it was forked from.
    program = (
        "import sys\n"
        "from pathlib import Path\n"
        "from benchmarks.memory import CASES, compare\n"
        "print(compare(CASES[sys.argv[1]], Path(sys.argv[2])).error)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, name, tmp_path], cwd=PROJECT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert abs(float(done.stdout.split()[-1])) <= MOST_ERROR, done.stdout


@pytest.mark.slow
def test_r9_a_table_of_terabytes_is_refused_before_it_is_read(tmp_path: Path) -> None:
    config = write_task(tmp_path, 8)
    with (tmp_path / "table.csv").open("r+b") as file:
        file.write(b"x,y\n" + ROW * 150_000)
        file.truncate(4 * TERABYTE)
    said = refused(config, code=3)
    assert "table.csv: expected a table that can be read with " in said
    assert "2 columns that takes about" in said
    assert "for the cells of the table" in said
    assert "hint: fit a sample of its rows" in said


def test_r9_a_packed_table_is_judged_by_what_it_holds(tmp_path: Path) -> None:
    config = write_task(tmp_path, 8)
    packer = zlib.compressobj(wbits=31)
    parts = [packer.compress(b"x,y\n" + ROW * 10_000_000), packer.flush()]
    (tmp_path / "table.csv.gz").write_bytes(b"".join(parts))
    (tmp_path / "table.csv").unlink()
    config.write_text(config.read_text().replace("table.csv", "table.csv.gz"))
    with pytest.raises(DataError, match=r"about (9|10),\d{3},\d{3} rows and 2 columns"):
        prepare(load_config(config), Stopwatch(), allowed=1e9)


@pytest.mark.slow
def test_r9_layers_that_no_machine_can_hold_are_refused_with_what_to_change(tmp_path: Path) -> None:
    config = write_task(tmp_path, *(65_536, 1) * 128, n_rows=50_000, batch_size=50_000)
    said = refused(config, code=2)
    assert "fit.yaml:1:" in said
    assert "model.layers: expected a fit in" in said
    assert "for the outputs of the layers for a batch" in said
    assert "hint: training.batch_size=25000" in said


@pytest.mark.slow
def test_r9_a_network_that_onnx_cannot_hold_is_refused(tmp_path: Path) -> None:
    said = refused(write_task(tmp_path, 60_000, 60_000), code=2)
    assert "model.layers: expected a network that fits into a model.onnx" in said
    assert "hint: model.layers.1.units=30000" in said


@pytest.mark.parametrize(("gigabytes", "fits"), [(1, False), (12, True)])
def test_r9_the_limit_of_the_container_decides(tmp_path: Path, gigabytes: int, fits: bool) -> None:
    config = load_config(write_task(tmp_path, 5_000, 5_000))
    allowed = allowed_memory(container(tmp_path / "root", n_bytes=gigabytes * 10**9))
    # As if this process, which has run other tests, were a fresh one.
    allowed -= ALLOWED_SHARE * resident_memory()
    if fits:
        prepared = prepare(config, Stopwatch(), allowed=allowed)
        assert 1e9 < prepared.memory.n_bytes < allowed
    else:
        with pytest.raises(ConfigError, match="80% of what this process may have") as caught:
            prepare(config, Stopwatch(), allowed=allowed)
        assert caught.value.hint is None or "units" in caught.value.hint
        assert "model.layers.1.units=2500" in str(caught.value)


def test_r9_a_network_is_refused_before_it_takes_memory(tmp_path: Path) -> None:
    """A process that may have 2 GB of addresses, fewer than the network needs, ends with the message all the same."""
    program = (
        "import resource, sys\n"
        "resource.setrlimit(resource.RLIMIT_AS, (2 << 30, 2 << 30))\n"
        "from pathlib import Path\n"
        "from dltrain.config import load_config\n"
        "from dltrain.errors import ConfigError\n"
        "from dltrain.stopwatch import Stopwatch\n"
        "from dltrain.workflows.fitting.preparing import prepare\n"
        "try:\n"
        "    prepare(load_config(Path(sys.argv[1])), Stopwatch(), allowed=2e9)\n"
        "except ConfigError as error:\n"
        "    print(error)\n"
    )
    config = write_task(tmp_path, 20_000, 20_000)
    # OpenBLAS takes addresses for each of its threads.
    environment = os.environ | {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    done = subprocess.run(
        [sys.executable, "-c", program, config], env=environment, capture_output=True, text=True, check=True
    )
    assert "expected a fit in 2.0 GB of memory" in done.stdout
