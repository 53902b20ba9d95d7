"""All measurements, printed and written to docs/benchmarks.md.

    python -m benchmarks [--tables DIR]

Each one runs in a process of its own, so that none inherits another's memory or imports. DIR holds the tables of
the lessons that are not shipped.
"""

import argparse
import os
import platform
import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

PROJECT = Path(__file__).parents[1]
PAGE = PROJECT / "docs" / "benchmarks.md"
PACKAGES = ("dltrain", "tensorflow", "keras", "onnxruntime", "pyarrow", "numpy", "pandas", "scikit-learn", "typer")


@dataclass(frozen=True)
class Benchmark:
    """A module of this package and the heading of what it prints; `prefix` makes Markdown of plain lines."""

    module: str
    heading: str
    arguments: tuple[str, ...] = ()
    prefix: str = ""


def benchmarks(tables: Path | None) -> tuple[Benchmark, ...]:
    """The quick ones first."""
    return (
        Benchmark("start_up", "Short commands"),
        Benchmark("predict_small", "Predicting 100 rows"),
        Benchmark("lessons_by_hand", "Lessons against plain Keras"),
        Benchmark(
            "lessons", "What the shipped configs reach", () if tables is None else ("--tables", str(tables)), "- "
        ),
    )


def machine() -> str:
    """What the numbers depend on, as a Markdown list."""
    gigabytes = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    return "\n".join(
        [
            f"- Date: {datetime.now(UTC):%Y-%m-%d}",
            f"- Machine: {_cpu_name()}, {os.cpu_count()} cores, {gigabytes:.0f} GB, {platform.system()}",
            f"- Versions: Python {platform.python_version()}, {', '.join(map(_package_version, PACKAGES))}",
        ]
    )


def _cpu_name() -> str:
    path = Path("/proc/cpuinfo")
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


def _package_version(name: str) -> str:
    try:
        return f"{name} {version(name)}"
    except PackageNotFoundError:
        return f"{name} (not installed)"


def run(benchmark: Benchmark) -> tuple[str, bool]:
    """Runs a benchmark, printing along; returns its output and whether it finished."""
    command = [sys.executable, "-m", f"benchmarks.{benchmark.module}", *benchmark.arguments]
    lines = []
    with subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, text=True, encoding="utf-8") as process:
        assert process.stdout is not None
        for line in process.stdout:
            print(line, end="", flush=True)
            lines.append(benchmark.prefix + line)
    if process.returncode:
        lines.append(f"\nDid not finish: exit code {process.returncode}.\n")
    return "".join(lines).strip(), process.returncode == 0


def main() -> None:
    """Runs them all; the exit code is 1 when one of them did not finish."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tables", type=Path)
    tables = parser.parse_args().tables
    sections = [
        f"# Benchmarks\n\nWritten by `make bench`. Other machines give other times; the ratios last.\n\n{machine()}"
    ]
    is_complete = True
    for benchmark in benchmarks(tables and tables.resolve()):
        heading = f"## {benchmark.heading}"
        print(f"\n{heading}\n", flush=True)
        output, is_finished = run(benchmark)
        sections.append(f"{heading}\n\n`python -m benchmarks.{benchmark.module}`\n\n{output}")
        is_complete &= is_finished
    PAGE.write_text("\n\n".join(sections) + "\n", encoding="utf-8")
    print(f"\nWritten to {PAGE.relative_to(PROJECT)}.")
    sys.exit(0 if is_complete else 1)


if __name__ == "__main__":
    main()
