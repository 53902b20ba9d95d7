"""What several tests share: fits take seconds to make, and disks have to be mounted."""

import functools
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.conftest import PATIENCE
from tests.reliability.fit_recipes import write_recipes
from tests.reliability.fitting import Ended, Launcher, LightFit, Uninterrupted, launching


@pytest.fixture(scope="session")
def launcher() -> Iterator[Launcher]:
    """Starts fits."""
    # The name of a socket may have 107 bytes: shorter than some paths of tests.
    with tempfile.TemporaryDirectory(prefix="dltrain-") as folder, launching(Path(folder)) as launcher:
        yield launcher


@pytest.fixture(scope="session")
def recipes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with the table and the configs."""
    folder = tmp_path_factory.mktemp("recipes")
    write_recipes(folder)
    return folder


@pytest.fixture(scope="session")
def uninterrupted(launcher: Launcher, recipes: Path) -> Uninterrupted:
    """The run that a training gives when nothing happens; only to be read."""

    @functools.cache
    def fitted(name: str) -> Path:
        ended = launcher.run(recipes / f"{name}.yaml", "--runs", recipes / "runs", "-q")
        assert ended.code == 0, ended.err
        return recipes / "runs" / f"{name}-1"

    return fitted


@pytest.fixture
def light_fit(tmp_path: Path) -> LightFit:
    """Runs `dltrain fit` where importing TensorFlow or Keras fails, and must not even be tried."""
    modules, trace = tmp_path / "modules", tmp_path / "trace"
    modules.mkdir()
    for name in ("tensorflow", "keras"):
        (modules / f"{name}.py").write_text(f"open({str(trace)!r}, 'w').close()\nraise ImportError('{name}')\n")

    def run(*arguments: object, may_import: bool = False) -> Ended:
        done = subprocess.run(
            [sys.executable, "-m", "dltrain", "fit", *map(str, arguments)],
            env={**os.environ, "PYTHONPATH": str(modules)},
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        assert may_import or not trace.exists(), "TensorFlow was imported"
        return Ended(done.returncode, done.stdout, done.stderr)

    return run


@pytest.fixture
def mount_disk(tmp_path: Path) -> Iterator[Callable[[int], Path]]:
    """Mounts a disk of so many kilobytes; skips the test where that is not allowed."""
    disk, mount = tmp_path / "disk", shutil.which("mount")
    if mount is None:
        pytest.skip("no mount command")

    def mounted(kilobytes: int) -> Path:
        disk.mkdir()
        options = ["-t", "tmpfs", "-o", f"size={kilobytes}k", "none", str(disk)]
        done = subprocess.run([mount, *options], capture_output=True, text=True, check=False)
        if done.returncode:
            disk.rmdir()
            pytest.skip(f"no tmpfs can be mounted: {done.stderr.strip()}")
        return disk

    yield mounted
    if disk.exists():
        subprocess.run(["umount", str(disk)], check=True)
