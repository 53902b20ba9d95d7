"""What checkpoints cost: the share of a training that copying and saving its state takes, when it saves all the time.

    python -m benchmarks.checkpoints [--seconds 20]

`training.checkpoint_seconds` is 0 here, so that only dltrain's own limit holds back; a fit with the default of 10
saves less often. Every training writes its checkpoints, all the way to the disk, into a temporary folder.
"""

import argparse
import json
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from benchmarks.markdown import table, target

MOST_SHARE = 0.05
LONGER = 6
"""How much longer the largest network is trained."""

REGULARIZATION: list[dict[str, object]] = [{"type": "batch_normalization"}, {"type": "dropout", "rate": 0.3}]


@dataclass
class Saves:
    """What was saved.

    Attributes:
        n: How often.
        n_bytes: Size of the largest checkpoint.
        started: When the first one was saved.
    """

    n: int = 0
    n_bytes: int = 0
    started: float = 0.0


def measure(title: str, layers: list[dict[str, object]], batch_size: int, seconds: float) -> list[str]:
    """Trains for some seconds; a row of the table of results, the share last."""
    from benchmarks.steps.dltrain_loop import TimedEnough, examples
    from benchmarks.steps.nets import NETS as STEPS
    from benchmarks.steps.rows import make_rows
    from dltrain.config.sections.model import ModelSection
    from dltrain.config.sections.training import TrainingSection
    from dltrain.network import build_network
    from dltrain.run import Origin, UnfinishedRun
    from dltrain.stopwatch import Stopwatch
    from dltrain.training import Keeping, Snapshot, train

    net = STEPS["3x64"]
    rows = examples(make_rows(net))
    model = ModelSection.model_validate_json(json.dumps({"layers": layers, "output": {"activation": "sigmoid"}}))
    section = {"loss": {"type": "binary_crossentropy"}, "batch_size": batch_size, "epochs": 100_000}
    training = TrainingSection.model_validate_json(json.dumps({**section, "early_stopping": {"patience": 100_000}}))
    network = build_network(model, n_features=net.n_features, n_outputs=1, seed=0)
    watch, saves = Stopwatch(), Saves()
    with tempfile.TemporaryDirectory() as folder:
        run = UnfinishedRun(Path(folder), "run", Origin(created="", versions={}, data={}, config=""))

        def save(snapshot: Snapshot) -> None:
            run.save(snapshot.progress, snapshot.arrays)
            saves.n += 1
            saves.started = saves.started or time.perf_counter()
            saves.n_bytes = max(saves.n_bytes, sum(array.nbytes for array in snapshot.arrays.values()))

        def is_interrupted() -> bool:
            if time.perf_counter() > saves.started + seconds:
                raise TimedEnough
            return False

        with run, suppress(TimedEnough):
            train(
                network,
                training,
                training=rows,
                validation=rows.take(slice(1_000)),
                score=lambda _: {},
                watch=watch,
                keeping=Keeping(save, is_interrupted, every_seconds=0.0),
            )
    parts = {name: watch.seconds.get(name, 0.0) for name in ("train", "validate", "metrics", "checkpoint")}
    share = parts["checkpoint"] / sum(parts.values())
    parameters = f"{network.count_params():,}"
    return [title, parameters, f"{saves.n_bytes / 1e6:.1f}", str(saves.n), f"{sum(parts.values()):.1f}", f"{share:.1%}"]


def dense(units: int) -> dict[str, object]:
    """A layer of the config."""
    return {"type": "dense", "units": units, "activation": "relu"}


def main() -> None:
    """Prints a table and the target."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=20.0, help="how long each network is trained")
    seconds = parser.parse_args().seconds
    rows = [
        measure("3×64, batch 64", [dense(64)] * 3, 64, seconds),
        measure("3×512, batch 512, batch norm + dropout", [dense(512), *REGULARIZATION] * 3, 512, seconds),
        # Its state takes long to save, and so is saved for the first time after a minute.
        measure("2×2,048, batch 512", [dense(2_048)] * 2, 512, LONGER * seconds),
    ]
    print(table(["network", "parameters", "MB", "saved", "seconds", "share"], rows))
    worst = max(float(row[-1].rstrip("%")) / 100 for row in rows)
    print()
    goal = f"checkpoints take at most {MOST_SHARE:.0%} of the training"
    print(target(goal, is_reached=worst <= MOST_SHARE, measured=f"at most {worst:.1%}"))


if __name__ == "__main__":
    main()
