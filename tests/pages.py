"""Pages of Markdown whose blocks are run, and compared with what dltrain does."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.conftest import PATIENCE, PROJECT

ELISION = "…"
"""A line of a shown output that stands for any lines."""

_SCORES = re.compile(r"\S+(\s+(-?[\d.,]+|±))+")


@dataclass(frozen=True)
class Block:
    """A fenced block.

    Attributes:
        language: What stands behind the fence, such as "console".
        text: Its lines.
    """

    language: str
    text: str

    def commands(self) -> Iterator[tuple[str, list[str]]]:
        """The commands of a console block, each with the lines it is said to print."""
        for part in re.split(r"^\$ ", self.text, flags=re.MULTILINE)[1:]:
            command, *shown = part.splitlines()
            yield command, shown


def read_blocks(path: Path) -> list[Block]:
    """The fenced blocks of a page, in their order."""
    found = re.findall(r"^```(\w+)\n(.*?)^```", path.read_text(), re.MULTILINE | re.DOTALL)
    return [Block(language, text) for language, text in found]


def read_tables(path: Path) -> list[list[dict[str, str]]]:
    """The tables of a page: every row as heading → cell."""
    tables = []
    for lines in re.findall(r"(?:^\|.*\|\n)+", path.read_text(), re.MULTILINE):
        heading, _, *rows = [[cell.strip() for cell in line.strip("|\n").split("|")] for line in lines.splitlines()]
        tables.append([dict(zip(heading, row, strict=True)) for row in rows])
    return tables


def run(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Runs a command as a reader would, with standard error among the output."""
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    return subprocess.run(
        ["bash", "-euc", command],
        cwd=folder,
        env={**os.environ, "PATH": path},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


def follow(page: Path, folder: Path, *, config: str) -> list[str]:
    """Does what a page says, block by block.

    `sh` is run and has to succeed; `console` has to print what is shown; `yaml` that begins with the name of a file is
    that file, other YAML takes the place of the sections of that name in the config.

    Args:
        page: The page.
        folder: Where; gets the shipped tables.
        config: Name of the file whose sections change.

    Returns:
        What is not as the page says.
    """
    shutil.copytree(PROJECT / "data", folder / "data")
    problems = []
    for block in read_blocks(page):
        if block.language == "sh":
            done = run(block.text, folder)
            problems += [f"{block.text}{done.stdout}"] if done.returncode else []
        elif block.language == "console":
            for command, shown in block.commands():
                printed = run(command, folder).stdout.splitlines()
                problems += [] if matches(shown, printed) else ["\n".join([f"$ {command}", *printed])]
        elif block.language == "yaml":
            _write_yaml(block.text, folder, config)
    return problems


def _write_yaml(text: str, folder: Path, config: str) -> None:
    named = re.match(r"# (\S+\.yaml)\n", text)
    if named is not None:
        (folder / named.group(1)).write_text(text)
        return
    whole = (folder / config).read_text()
    for section in re.findall(r"^\w+:.*\n(?:[ #].*\n)*", text, re.MULTILINE):
        key = section.split(":")[0]
        whole, n_replaced = re.subn(rf"^{key}:.*\n(?:[ #].*\n)*", lambda _: section, whole, flags=re.MULTILINE)  # noqa: B023 - it is called at once
        assert n_replaced == 1, f"{config} has no section '{key}'"
    (folder / config).write_text(whole)


def matches(shown: list[str], printed: list[str]) -> bool:
    """Whether an output is as it is shown, but for elisions and figures that depend on the machine."""
    pattern = "".join(r"(?:.*\n)*" if line == ELISION else re.escape(f"{line}\n") for line in _comparable(shown))
    return re.fullmatch(pattern, "".join(f"{line}\n" for line in _comparable(printed))) is not None


def _comparable(lines: list[str]) -> list[str]:
    """Without the epochs, which are shown by the clock; learned figures are masked."""
    return [_masked(" ".join(line.split())) for line in lines if not line.startswith("epoch ")]


def _masked(line: str) -> str:
    if line.startswith("epochs "):
        return re.sub(r"\d[\d.,]*", "#", line)
    if _SCORES.fullmatch(line):
        return re.sub(r"-?\d+\.\d+", "#", line)
    # A prediction.
    return re.sub(r"-?\d+\.\d{6,}", "#", line)
