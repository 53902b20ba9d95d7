"""ONNX Runtime keeps to itself; `test_s8` looks that it leaves nothing in the home folder."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import GOLDEN, PATIENCE

# It keeps silent where it recognises one of these as an automatic build.
OTHERS = ("CI", "GITHUB_", "ORT_", "TF_BUILD", "XDG_")


def predicted(home: str) -> subprocess.CompletedProcess[str]:
    """Predicts where ONNX Runtime has no reason of its own to keep to itself."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(OTHERS)}
    command = [sys.executable, "-m", "dltrain", "predict", str(GOLDEN / "people.csv"), "--run"]
    return subprocess.run(
        [*command, str(GOLDEN / "people-1"), "-q"],
        env=kept | {"HOME": home},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=True,
    )


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="needs a folder where not even root writes")
def test_a_home_folder_that_cannot_be_written_is_no_matter() -> None:
    assert predicted("/proc").stderr == ""
