"""Programs of other libraries, which live in an environment of their own: `make peers` makes it.

Only the standard library is imported here, see `benchmarks.processes`.
"""

import os
import subprocess
from functools import cache
from pathlib import Path
from typing import Final

from benchmarks.processes import PROJECT, Command

PEERS: Final = {"torch": "torch", "jax": "jax", "scikit-learn": "sklearn"}
"""Distribution → the module it is imported as."""


def interpreter() -> Path:
    """The Python of the peers' environment; the variable DLTRAIN_PEERS_PYTHON names another one."""
    return Path(os.environ.get("DLTRAIN_PEERS_PYTHON", PROJECT / ".venv-peers" / "bin" / "python"))


@cache
def peer_version(distribution: str) -> str | None:
    """The version of a peer; None when there is no environment, or the peer cannot be imported in it."""
    program = f"import importlib.metadata, {PEERS[distribution]}; print(importlib.metadata.version('{distribution}'))"
    try:
        result = subprocess.run([interpreter(), "-c", program], capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return None
    return None if result.returncode else result.stdout.strip()


def peer_python(*arguments: str | Path) -> Command:
    """The Python of the peers' environment as a command."""
    return Command((str(interpreter()), *map(str, arguments)))
