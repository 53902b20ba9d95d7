"""Room on the disk: what a fit writes, compared with what is free before it begins."""

import shutil
from pathlib import Path
from typing import Final

from dltrain.config import Config
from dltrain.errors import OutputError
from dltrain.features import Preprocessing
from dltrain.features.architecture import layers_of
from dltrain.run.atomic import output_errors
from dltrain.workflows.limits.memory import megabytes, n_slots

_CHECKPOINTS: Final = 3
"""The last two are kept while a third one is written."""

_NETWORKS: Final = 2
"""model.keras and model.onnx, which are written while there are checkpoints."""

_WORTH_A_LOOK: Final = 16 * 2**20
"""Bytes. What needs less fails at its first checkpoint, before it has trained."""


def check_disk_space(
    folder: Path, config: Config, preprocessing: Preprocessing, *, is_resumed: bool = False, n_fits: int = 1
) -> None:
    """Refuses to train what could not be saved.

    Args:
        folder: Where the run directory is, or will be made.
        config: Resolved.
        preprocessing: Fitted.
        is_resumed: Whether there are checkpoints already.
        n_fits: How many such networks are trained, one after the other.

    Raises:
        OutputError: The disk has less room than the fit needs.
    """
    needed = expected_bytes(config, preprocessing, is_resumed=is_resumed, n_fits=n_fits)
    if needed < _WORTH_A_LOOK:
        return
    with output_errors(folder):
        free = shutil.disk_usage(next(path for path in (folder, *folder.absolute().parents) if path.exists())).free
    what = "this fit" if n_fits == 1 else f"these {n_fits:,} fits"
    if needed > free:
        raise OutputError(
            f"{folder}: expected {megabytes(needed)} of free space, which checkpoints and the result of {what} take, "
            f"got {megabytes(free)}",
            hint="make room, or choose a folder on another disk: --runs DIR",
        )


def expected_bytes(config: Config, preprocessing: Preprocessing, *, is_resumed: bool, n_fits: int = 1) -> float:
    """What lies on the disk at most at a time, in bytes; arguments as for `check_disk_space`."""
    weight_bytes = 4.0 * sum(layer.parameters for layer in layers_of(config, preprocessing))
    stopping = config.training.early_stopping
    keeps_best = stopping is not None and stopping.restore_best_weights
    optimizer = config.training.optimizer
    # In memory, `use_ema` takes one copy more.
    checkpoint = weight_bytes * (1 + n_slots(optimizer) - optimizer.use_ema + keeps_best)
    return n_fits * _NETWORKS * weight_bytes + (1 if is_resumed else _CHECKPOINTS) * checkpoint
