"""What a process may use of the machine it runs on."""

import math
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from dltrain.machine import available_cores, available_memory
from tests.conftest import PATIENCE

PERIOD = "100000\n"
GIGABYTE = 10**9
PLAIN_GROUP = {"proc/self/cgroup": "0::/\n"}


def write_files(root: Path, files: Mapping[str, str]) -> Path:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


def version_2(path: str = "/", **files: str) -> dict[str, str]:
    """A process in a group of version 2; `cpu_max` becomes the file cpu.max."""
    folder = f"sys/fs/cgroup{path}".rstrip("/")
    return {"proc/self/cgroup": f"0::{path}\n"} | {
        f"{folder}/{name.replace('_', '.', 1)}": text for name, text in files.items()
    }


CPU_OF_A_SERVICE = version_2("/system.slice/nightly.service", cpu_max="max 100000\n") | {
    "sys/fs/cgroup/system.slice/cpu.max": "100000 100000\n"
}
CPU_OF_VERSION_1 = {
    "proc/self/cgroup": "3:cpuset:/\n2:cpu,cpuacct:/jobs/7\n1:memory:/jobs\n",
    "sys/fs/cgroup/cpu,cpuacct/jobs/7/cpu.cfs_quota_us": "50000\n",
    "sys/fs/cgroup/cpu,cpuacct/jobs/7/cpu.cfs_period_us": PERIOD,
    "sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us": "-1\n",
    "sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us": PERIOD,
}
CPU_OF_A_CONTAINER_OF_VERSION_1 = {
    "proc/self/cgroup": "1:cpu:/docker/0a1b\n0::/docker/0a1b\n",
    "sys/fs/cgroup/cpu/cpu.cfs_quota_us": "300000\n",
    "sys/fs/cgroup/cpu/cpu.cfs_period_us": PERIOD,
}


@pytest.mark.parametrize(
    ("files", "cores"),
    [
        (version_2(cpu_max="150000 100000\n"), 2),
        (CPU_OF_A_SERVICE, 1),
        (CPU_OF_VERSION_1, 1),
        (CPU_OF_A_CONTAINER_OF_VERSION_1, 3),
        (version_2(cpu_max="max 100000\n"), 8),
        (version_2(cpu_max="nonsense\n"), 8),
        (version_2("/../../other", cpu_max="150000 100000\n"), 2),
        (PLAIN_GROUP, 8),
        ({}, 8),
    ],
)
def test_a_container_may_allow_fewer_cores(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, files: Mapping[str, str], cores: int
) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(8)), raising=False)
    assert available_cores(write_files(tmp_path, files)) == cores


def test_a_process_may_be_bound_to_fewer_cores(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {5}, raising=False)
    assert available_cores(write_files(tmp_path, version_2(cpu_max="400000 100000\n"))) == 1


MEMINFO = {"proc/meminfo": "MemTotal:       24000000 kB\nMemFree: 1 kB\nMemAvailable:   20000000 kB\n"}
FREE = 20_000_000 * 1024
MEMORY_OF_VERSION_1 = {
    "proc/self/cgroup": "4:memory:/jobs/7\n",
    "sys/fs/cgroup/memory/jobs/7/memory.limit_in_bytes": f"{3 * GIGABYTE}\n",
    "sys/fs/cgroup/memory/jobs/7/memory.usage_in_bytes": f"{2 * GIGABYTE}\n",
    "sys/fs/cgroup/memory/jobs/7/memory.stat": f"cache 7\ntotal_inactive_file {GIGABYTE // 2}\n",
}


@pytest.mark.parametrize(
    ("files", "free"),
    [
        (MEMINFO, FREE),
        (MEMINFO | PLAIN_GROUP, FREE),
        (MEMINFO | version_2(memory_max="max\n", memory_current="5\n"), FREE),
        (MEMINFO | version_2(memory_max=f"{4 * GIGABYTE}\n", memory_current=f"{GIGABYTE}\n"), 3 * GIGABYTE),
        (
            MEMINFO
            | version_2(
                memory_max=f"{4 * GIGABYTE}\n",
                memory_current=f"{GIGABYTE}\n",
                memory_stat=f"anon 1\ninactive_file {GIGABYTE // 4}\n",
            ),
            3.25 * GIGABYTE,
        ),
        (MEMINFO | MEMORY_OF_VERSION_1, 1.5 * GIGABYTE),
        (MEMINFO | version_2(memory_max="1000\n", memory_current="2000\n"), 0),
        (MEMINFO | version_2(memory_max=f"{64 * GIGABYTE}\n", memory_current="0\n"), FREE),
        ({}, math.inf),
    ],
)
def test_a_container_may_allow_less_memory(tmp_path: Path, files: Mapping[str, str], free: float) -> None:
    assert available_memory(write_files(tmp_path, files)) == free


def numbers_of(script: str) -> list[float]:
    """What a process of its own prints: in this one, other tests have taken memory, and threads of theirs still may."""
    script = f"from dltrain.machine import peak_megabytes, resident_memory\n{script}"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=PATIENCE, check=True)
    return [float(line) for line in done.stdout.splitlines()]


def test_the_peak_of_memory_grows_with_what_is_used() -> None:
    before, after = numbers_of(
        "before = peak_megabytes()\n"
        "block = bytearray(b'x') * (50_000_000 + int(before * 1e6))\n"
        "print(before, peak_megabytes(), sep='\\n')\n"
    )
    assert after - before >= 49


def test_the_memory_in_use_grows_with_what_is_taken_and_shrinks_again() -> None:
    before, taken, after = numbers_of(
        "print(resident_memory())\n"
        "block = bytearray(b'x') * 80_000_000\n"
        "print(resident_memory())\n"
        "del block\n"
        "print(resident_memory())\n"
    )
    assert 70_000_000 < taken - before < 200_000_000
    assert after - before < 40_000_000
