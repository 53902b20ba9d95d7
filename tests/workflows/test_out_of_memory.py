"""Memory that runs out while a network is built or trained becomes an error of ours."""

import subprocess
import sys
from pathlib import Path

import pytest

from dltrain.config import load_config
from dltrain.errors import TrainingError
from dltrain.workflows.fit import fit
from dltrain.workflows.fitting.audience import Audience
from dltrain.workflows.fitting.events import EpochEnded
from dltrain.workflows.limits.memory import MemoryEstimate
from dltrain.workflows.limits.out_of_memory import memory_errors
from dltrain.workflows.resume import resume
from tests.conftest import GOLDEN

ESTIMATE = MemoryEstimate({"the weights": 3e9, "the encoded rows": 2e9, "writing the network": 1e9, "others": 1e6})

# Leaves TensorFlow 300 MB, and asks it for a gigabyte.
PROGRAM = """
import json, resource
from pathlib import Path
from pydantic import TypeAdapter
from dltrain.config.sections.model import ModelSection
from dltrain.errors import TrainingError
from dltrain.network import build_network
from dltrain.workflows.limits.memory import MemoryEstimate
from dltrain.workflows.limits.out_of_memory import memory_errors

def build(units):
    content = {"layers": [{"type": "dense", "units": units}] * 2, "output": {"activation": "linear"}}
    section = TypeAdapter(ModelSection).validate_json(json.dumps(content))
    build_network(section, n_features=2, n_outputs=1, seed=0)

build(8)
n_bytes = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (n_bytes + (300 << 20),) * 2)
try:
    with memory_errors(MemoryEstimate({"the weights": 1e9})):
        build(16_000)
except TrainingError as error:
    print(error)
"""


def test_no_memory_is_a_training_error_that_says_what_takes_it() -> None:
    with pytest.raises(TrainingError) as caught, memory_errors(ESTIMATE):
        raise MemoryError
    assert "about 6.0 GB of memory, of it 3.0 GB for the weights, 2.0 GB for the encoded rows" in str(caught.value)
    assert "training.batch_size" in str(caught.value)


def test_other_errors_are_left_alone() -> None:
    with pytest.raises(ZeroDivisionError), memory_errors(ESTIMATE):
        raise ZeroDivisionError


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="needs Linux' /proc to know the addresses in use")
def test_r9_tensorflow_without_memory_is_a_training_error() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)
    assert "training: the memory is used up: expected a fit to take about 1.0 GB" in done.stdout


@pytest.mark.slow
def test_a_fit_without_memory_says_how_to_go_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_memory() -> None:
        raise MemoryError

    loaded = load_config(GOLDEN / "people.yaml", ["training.epochs=2"])
    audience = Audience(notify=lambda event: no_memory() if isinstance(event, EpochEnded) else None)
    with pytest.raises(TrainingError, match="the memory is used up") as caught:
        fit(loaded, runs=tmp_path, audience=audience)
    assert str(caught.value.hint).endswith(
        f"hint: dltrain fit --resume {tmp_path}/people-1 goes on from the last checkpoint"
    )

    assert resume(tmp_path / "people-1").metrics.epochs == 2
