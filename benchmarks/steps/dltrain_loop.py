"""dltrain's loop, as `fit` calls it.

python -m benchmarks.steps.dltrain_loop NET
"""

import json

import numpy as np

from benchmarks.steps.nets import DROPOUT_RATE, LEARNING_RATE, N_HIDDEN, Net
from benchmarks.steps.rows import Rows, make_rows
from benchmarks.steps.stopwatch import Stopwatch, asked_net
from dltrain.config.sections.model import ModelSection
from dltrain.config.sections.training import TrainingSection
from dltrain.features import EncodedFeatures
from dltrain.network import build_network
from dltrain.run import Epoch
from dltrain.training import Examples, train

VALIDATION_ROWS = 100
"""Few, so that an epoch is its steps."""


class TimedEnough(Exception):  # noqa: N818 - no error
    """Ends a training whose number of epochs has to be said before."""


def model_section(net: Net) -> ModelSection:
    """The network as the config says it."""
    dense = {"type": "dense", "units": net.units, "activation": "relu"}
    regularization = [{"type": "batch_normalization"}, {"type": "dropout", "rate": DROPOUT_RATE}]
    layers = [dense, *(regularization if net.is_regularized else [])] * N_HIDDEN
    return ModelSection.model_validate_json(json.dumps({"layers": layers, "output": {"activation": "sigmoid"}}))


def training_section(net: Net) -> TrainingSection:
    """More epochs than are going to be needed."""
    section = {
        "loss": {"type": "binary_crossentropy"},
        "optimizer": {"type": "adam", "learning_rate": LEARNING_RATE},
        "batch_size": net.batch_size,
        "epochs": 10_000,
        "early_stopping": None,
    }
    return TrainingSection.model_validate_json(json.dumps(section))


def examples(rows: Rows) -> Examples:
    """The rows as `fit` hands them to the loop."""
    n_rows = len(rows.features)
    return Examples(
        EncodedFeatures(rows.features, np.empty((n_rows, 0), np.int32), ()), rows.answers, np.ones(n_rows, np.float32)
    )


def main() -> None:
    """Trains and reports."""
    net = asked_net()
    training = examples(make_rows(net))
    network = build_network(model_section(net), n_features=net.n_features, n_outputs=1, seed=0)
    watch = Stopwatch(net)

    def on_epoch(epoch: Epoch) -> None:
        watch.lap(epoch.loss)
        if watch.is_over:
            raise TimedEnough

    try:
        train(
            network,
            training_section(net),
            training=training,
            validation=training.take(slice(VALIDATION_ROWS)),
            score=lambda _: {},
            on_epoch=on_epoch,
        )
    except TimedEnough:
        watch.report()


if __name__ == "__main__":
    main()
