"""The names of runs, before their numbers."""

import os
import re
from dataclasses import replace
from pathlib import Path

from dltrain.config import LoadedConfig
from dltrain.run.manifest import MANIFEST_NAME
from dltrain.run.members import group_of


def name_of_run(path: Path) -> str:
    """The name of a run directory without its number.

    >>> name_of_run(Path("runs/night-12")), name_of_run(Path("runs/best"))
    ('night', 'best')
    """
    return re.sub(r"(?!^)-\d+$", "", path.name)


def named_after_run(loaded: LoadedConfig, path: Path) -> LoadedConfig:
    """The config, named after its run, or the group of its run, when it is the one that a run keeps.

    Args:
        loaded: What was read from `path`.
        path: The config file.
    """
    folder = path.parent.resolve()
    if path.name != "config.yaml" or not os.path.lexists(folder / MANIFEST_NAME):
        return loaded
    return replace(loaded, name=name_of_run(folder if group_of(folder.parent) is None else folder.parent))
