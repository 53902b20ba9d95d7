"""All measurements, printed and written to docs/benchmarks.md, or to a page of another machine.

    python -m benchmarks [--quick] [--tables DIR] [--page FILE] [NAME]...

Each one runs in a process of its own, so that none inherits another's memory or imports. DIR holds the tables that
are not shipped. `--quick` measures everything once, to see that it works. With names, only those are measured; the
others keep their sections of the page.
"""

import argparse
import compileall
import os
import platform
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from itertools import pairwise
from pathlib import Path

from benchmarks.markdown import NOT_MEASURED, table
from benchmarks.peers import PEERS, peer_version
from benchmarks.processes import PROJECT

PAGE = PROJECT / "docs" / "benchmarks.md"
OTHER_PAGE = PAGE.with_name("benchmarks_xeon.md")
PACKAGES = ("dltrain", "tensorflow", "keras", "onnxruntime", "pyarrow", "numpy", "pandas", "scikit-learn", "typer")


@dataclass(frozen=True)
class Benchmark:
    """A module of this package.

    Attributes:
        module: Its name.
        heading: Of what it prints.
        quick: Arguments that make it short.
        takes_tables: Whether it wants to know where the tables are that are not shipped.
        prefix: Makes Markdown of plain lines.
    """

    module: str
    heading: str
    quick: tuple[str, ...] = ("--rounds", "1")
    takes_tables: bool = False
    prefix: str = ""

    def arguments(self, *, is_quick: bool, tables: Path | None) -> list[str]:
        """What its command line is given."""
        folder = [] if tables is None or not self.takes_tables else ["--tables", str(tables)]
        return [*(self.quick if is_quick else ()), *folder]


BENCHMARKS = (
    Benchmark("start_up", "Short commands"),
    Benchmark("predict_small", "Predicting 100 rows"),
    Benchmark("predict_rows", "Predicting millions of rows"),
    Benchmark("read_encode", "Reading and encoding a table"),
    Benchmark("check", "Checking a table", takes_tables=True),
    Benchmark("training_steps", "Training steps"),
    Benchmark("checkpoints", "Checkpoints", quick=("--seconds", "3")),
    Benchmark("memory", "Memory of a fit", quick=("--quick",)),
    Benchmark("compiling", "When compiling pays", quick=()),
    Benchmark("whole_fits", "Whole fits", takes_tables=True),
    Benchmark("lessons_by_hand", "Lessons against plain Keras", quick=("--seeds", "2")),
    Benchmark("lessons", "What the shipped configs reach", quick=("--seeds", "1"), takes_tables=True, prefix="- "),
)

TARGET = re.compile(rf"- Target: (.*): (reached|MISSED|{NOT_MEASURED})(?:, (.*))?\.")
"""What `benchmarks.markdown.target` writes."""


def targets(outputs: Mapping[str, str]) -> str:
    """One table of the targets in the outputs of all benchmarks, by module."""
    rows = [
        [text, result, measured or "", f"`{module}`"]
        for module, output in outputs.items()
        for text, result, measured in TARGET.findall(output)
    ]
    return table(["target", "result", "measured", "benchmark"], rows, n_text=4)


def machine() -> str:
    """What the numbers depend on, as a Markdown list."""
    gigabytes = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    return "\n".join(
        [
            f"- Date: {datetime.now(UTC):%Y-%m-%d}",
            f"- Machine: {_cpu_name()}, {os.cpu_count()} cores, {gigabytes:.0f} GB, {platform.system()}",
            f"- Versions: Python {platform.python_version()}, {', '.join(map(_package_version, PACKAGES))}",
            f"- Peers, in an environment of their own (`make peers`): {', '.join(map(_peer_version, PEERS))}",
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


def _peer_version(name: str) -> str:
    return f"{name} {peer_version(name) or '(not installed)'}"


def run(benchmark: Benchmark, arguments: Sequence[str]) -> tuple[str, bool]:
    """Runs a benchmark, printing along; returns its output and whether it finished."""
    command = [sys.executable, "-m", f"benchmarks.{benchmark.module}", *arguments]
    lines = []
    with subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, text=True, encoding="utf-8") as process:
        assert process.stdout is not None
        for line in process.stdout:
            print(line, end="", flush=True)
            lines.append(benchmark.prefix + line)
    if process.returncode:
        lines.append(f"\nDid not finish: exit code {process.returncode}.\n")
    return "".join(lines).strip(), process.returncode == 0


def section(benchmark: Benchmark, arguments: Sequence[str], output: str) -> str:
    """What the page says of a benchmark; folders stay private."""
    shown = ["DIR" if before == "--tables" else argument for before, argument in pairwise(["", *arguments])]
    command = " ".join(["python -m", f"benchmarks.{benchmark.module}", *shown])
    return f"## {benchmark.heading}\n\n`{command}`\n\n{output}"


def kept_sections(text: str) -> dict[str, str]:
    """Module → its section of a page written before."""
    found = {}
    for part in re.split(r"^(?=## )", text, flags=re.MULTILINE):
        if command := re.search(r"^`python -m benchmarks\.(\w+)", part, flags=re.MULTILINE):
            found[command.group(1)] = part.strip()
    return found


def page(sections: Mapping[str, str]) -> str:
    """A page: the machine, all targets, and what every benchmark printed."""
    parts = [
        "# Benchmarks\n\nWritten by `make bench`. Other machines give other times, and ratios that differ somewhat: "
        f"[{PAGE.stem}]({PAGE.name}), [{OTHER_PAGE.stem}]({OTHER_PAGE.name}).\n\n{machine()}",
        f"## Targets\n\nMeasured: the median of the rounds, with the least and the greatest.\n\n{targets(sections)}",
        *(sections[benchmark.module] for benchmark in BENCHMARKS if benchmark.module in sections),
    ]
    return "\n\n".join(parts) + "\n"


def main() -> None:
    """Runs them; the exit code is 1 when one of them did not finish."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--tables", type=Path)
    parser.add_argument("--page", type=Path, default=PAGE)
    options = parser.parse_args()
    if unknown := set(options.names) - {benchmark.module for benchmark in BENCHMARKS}:
        parser.error(f"no such benchmark: {', '.join(sorted(unknown))}")
    # As pip leaves what it installs: where Python is told to keep no bytecode, every command compiles its modules anew.
    compileall.compile_dir(PROJECT / "dltrain", quiet=1)
    file = options.page.resolve()
    sections = kept_sections(file.read_text(encoding="utf-8")) if options.names and file.exists() else {}
    is_complete = True
    for benchmark in BENCHMARKS:
        if options.names and benchmark.module not in options.names:
            continue
        print(f"\n## {benchmark.heading}\n", flush=True)
        arguments = benchmark.arguments(is_quick=options.quick, tables=options.tables and options.tables.resolve())
        output, is_finished = run(benchmark, arguments)
        sections[benchmark.module] = section(benchmark, arguments, output)
        # Written every time: a benchmark that breaks later takes nothing along.
        file.write_text(page(sections), encoding="utf-8")
        is_complete &= is_finished
    print(f"\n## Targets\n\n{targets(sections)}\n\nWritten to {options.page}.")
    sys.exit(0 if is_complete else 1)


if __name__ == "__main__":
    main()
