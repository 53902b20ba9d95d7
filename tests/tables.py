"""Real tables: those of `data/`, and those of a folder that `DLTRAIN_TABLES` names."""

import os
from pathlib import Path

import pytest

from tests.conftest import PROJECT

FOLDERS = [Path(folder) for folder in (PROJECT / "data", os.environ.get("DLTRAIN_TABLES")) if folder]


def table_of(name: str) -> Path:
    """The table of that name; a test is skipped without it."""
    for folder in FOLDERS:
        if (path := folder / name).exists():
            return path
    pytest.skip(f"{name} is not shipped")
