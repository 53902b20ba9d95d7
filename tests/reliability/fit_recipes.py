"""Four small trainings that together have all that a resumed one must not forget."""

from pathlib import Path
from typing import Final

import numpy as np

N_ROWS: Final = 24_001
"""15,361 of them are for training: one more than a multiple of 16 and of 24, ten more than one of 17."""

_DATA: Final = "data: {{path: table.csv, target: {target}, drop: [{others}]}}\n"

_TARGETS: Final = {"averages": "price", "weights": "big", "momentum": "level", "plain": "price"}

_TRAININGS: Final = {
    # The average of the weights is saved; the learning rate follows the step; the last batch is short.
    "averages": """
model:
  layers:
    - {type: dense, units: 16, activation: relu}
    - {type: batch_normalization}
    - {type: dropout, rate: 0.2}
    - {type: dense, units: 8, activation: relu}
training:
  optimizer:
    type: adam
    learning_rate: {type: cosine_decay, initial_learning_rate: 0.01}
    use_ema: true
  batch_size: 17
  epochs: 100
  early_stopping: null
  checkpoint_seconds: 0.05
""",
    # Early stopping and a plateau count epochs; the last batch is a single row.
    "weights": """
model:
  layers:
    - {type: gaussian_noise, stddev: 0.1}
    - {type: dense, units: 16, activation: relu}
    - {type: dropout, rate: 0.2}
training:
  optimizer:
    type: adamw
    learning_rate: {type: reduce_on_plateau, initial_learning_rate: 0.01, patience: 2, factor: 0.7, cooldown: 1}
  batch_size: 24
  epochs: 100
  early_stopping: {patience: 80, restore_best_weights: true}
  class_weight: balanced
  checkpoint_seconds: 0.1
""",
    # Batch normalisation without the single row of the last batch; momentum; a metric is monitored.
    "momentum": """
model:
  layers:
    - {type: dense, units: 16, activation: relu}
    - {type: batch_normalization}
    - {type: layer_normalization}
    - {type: dropout, rate: 0.1}
training:
  loss: {type: categorical_crossentropy, label_smoothing: 0.05}
  optimizer:
    type: sgd
    learning_rate: {type: exponential_decay, initial_learning_rate: 0.05, decay_steps: 3000, decay_rate: 0.9}
    momentum: 0.9
    nesterov: true
    clipnorm: 1.0
  batch_size: 16
  epochs: 100
  early_stopping: {monitor: val_accuracy, patience: 80}
  class_weight: {"0": 2, "1": 1, "2": 1.5}
  checkpoint_seconds: 0.05
metrics: [accuracy, log_loss]
""",
    # Early stopping lets few steps be expected, so XLA does not pay: the same programs as plain graphs.
    "plain": """
model:
  layers:
    - {type: gaussian_noise, stddev: 0.05}
    - {type: dense, units: 256, activation: relu, kernel_regularizer: {type: l2, l2: 1e-5}}
    - {type: batch_normalization}
    - {type: dropout, rate: 0.2}
    - {type: dense, units: 128, activation: relu}
training:
  optimizer:
    type: rmsprop
    learning_rate: {type: piecewise_constant_decay, boundaries: [800, 1800], values: [0.003, 0.001, 0.0003]}
    centered: true
    use_ema: true
  batch_size: 32
  epochs: 20
  early_stopping: {monitor: loss, patience: 1, restore_best_weights: true}
  checkpoint_seconds: 0.1
""",
}

RESUMED: Final = ("averages", "weights", "momentum", "plain")


def write_table(folder: Path) -> None:
    """Writes rows with nine columns to learn from, and three targets that follow from them."""
    rng = np.random.default_rng(0)
    numbers = np.round(rng.normal(size=(N_ROWS, 8)), 3)
    kinds = rng.choice(["red", "green", "blue", "grey"], N_ROWS)
    signal = numbers[:, 0] * 2 - numbers[:, 1] * numbers[:, 2] + (kinds == "red") + rng.normal(size=N_ROWS) / 2
    lines = ["a,b,c,d,e,f,g,h,kind,price,big,level"]
    for row, kind, value in zip(numbers.tolist(), kinds, signal.tolist(), strict=True):
        level = int(value > -1.5) + int(value > 1.5)
        lines.append(f"{','.join(map(str, row))},{kind},{value:.4f},{'yes' if value > 1.5 else 'no'},{level}")
    (folder / "table.csv").write_text("\n".join(lines) + "\n")


def write_recipes(folder: Path) -> None:
    """Writes the table and, beside it, a config for every training."""
    write_table(folder)
    for name, training in _TRAININGS.items():
        target = _TARGETS[name]
        others = ", ".join(sorted({"price", "big", "level"} - {target}))
        (folder / f"{name}.yaml").write_text(_DATA.format(target=target, others=others) + training.lstrip())
