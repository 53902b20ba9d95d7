"""What this process may use of the machine: in a container often less than the machine has."""

import math
import os
import resource
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

ROOT: Final = Path("/")
"""Of the file system, where the kernel says what there is."""


def available_cores(root: Path = ROOT) -> int:
    """The processor cores this process may run on, or those its container's quota amounts to when that is less.

    A quota of one and a half cores counts as two.

    Args:
        root: The root of the file system.
    """
    affinity = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return math.ceil(min([affinity, *filter(None, map(_quota, _groups("cpu", root)))]))


def available_memory(root: Path = ROOT) -> float:
    """The bytes of memory this process may still take: free on the machine, and allowed by its container.

    Args:
        root: The root of the file system.

    Returns:
        Infinity when the system does not say.
    """
    return min([_free_memory(root), *(_allowed_memory(group) for group in _groups("memory", root))])


def resident_memory() -> float:
    """The bytes of memory this process has now; 0 when the system does not say."""
    pages = _text(ROOT / "proc/self/statm").split()
    return int(pages[1]) * float(resource.getpagesize()) if len(pages) > 1 else 0.0


def peak_megabytes() -> float:
    """The most memory this process had at a time, in 10^6 bytes."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 1e6 if sys.platform == "darwin" else peak * 1024 / 1e6


def _groups(controller: str, root: Path) -> Iterator[Path]:
    """The folders of the control groups, version 1 or 2, that may limit this process; some do not exist.

    Inside a container the path of a group may be the one that it has outside, so that only the last folders exist:
    the container's own group is mounted as if it were the outermost.
    """
    for line in _text(root / "proc/self/cgroup").splitlines():
        _, controllers, path = line.split(":", 2)
        # Version 2 names no controllers and is mounted as a whole.
        if not controllers or controller in controllers.split(","):
            top = root / "sys/fs/cgroup" / controllers
            group = top / path.strip("/")
            yield from (group, *(folder for folder in group.parents if folder.is_relative_to(top)))


def _quota(group: Path) -> float | None:
    """The CPU time per wall-clock time that a group allows, None when it does not say."""
    limit, _, period = _text(group / "cpu.max").strip().partition(" ")
    if not limit:
        limit, period = (_text(group / f"cpu.cfs_{name}_us").strip() for name in ("quota", "period"))
    return int(limit) / int(period) if limit.isdecimal() and period.isdecimal() and int(period) else None


def _allowed_memory(group: Path) -> float:
    """The bytes that a group still allows. Cached file pages count as free: they give way."""
    version_2 = ("memory.max", "memory.current", "inactive_file")
    version_1 = ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file")
    for limit_name, usage_name, cached_name in (version_2, version_1):
        limit, usage = _text(group / limit_name).strip(), _text(group / usage_name).strip()
        if limit.isdecimal() and usage.isdecimal():
            cached = _numbers(_text(group / "memory.stat")).get(cached_name, 0)
            return max(0.0, float(int(limit) - int(usage) + cached))
    return math.inf


def _free_memory(root: Path) -> float:
    kibibytes = _numbers(_text(root / "proc/meminfo").replace(":", " ")).get("MemAvailable")
    return math.inf if kibibytes is None else kibibytes * 1024.0


def _numbers(text: str) -> dict[str, int]:
    """Lines of a name, a number, and what else may follow."""
    words = (line.split() for line in text.splitlines())
    return {line[0]: int(line[1]) for line in words if len(line) > 1 and line[1].isdecimal()}


def _text(path: Path) -> str:
    """The text of a small file, empty when it cannot be read."""
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, ValueError):
        return ""
