"""How much memory a fit will take, before it takes it.

What a process needs at most was measured with `python -m benchmarks.memory`, which compares the estimates with it
again; the constants come from there. An estimate is the larger of two moments: while the table is encoded, and at
the end of training, when the network is written and nothing of the training has been given back yet.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Final

from dltrain.config import Config, LoadedConfig
from dltrain.config.architecture import LayerSummary
from dltrain.config.sections.model import Dense
from dltrain.config.sections.optimizers import Optimizer
from dltrain.config.sections.training import EVALUATION_ROWS
from dltrain.errors import DataError
from dltrain.features import Preprocessing
from dltrain.features.architecture import layers_of, plan_of
from dltrain.machine import ROOT, available_memory, resident_memory
from dltrain.profiling.changes import drop
from dltrain.workflows.limits.table_size import TableSize, expected_size

ALLOWED_SHARE: Final = 0.8
"""Estimates are not exact, and others use the machine too."""

MAX_ONNX_BYTES: Final = 2**31 - 1
"""Protocol Buffers, which ONNX files are written in, cannot be larger."""

LIBRARIES_BYTES: Final = 690e6
"""TensorFlow, Keras, Arrow and ONNX Runtime with a tiny network."""

_READING_BYTES: Final = 90e6
"""Pieces of text on their way into the table, and what Arrow keeps for later."""
_COLUMN_BYTES: Final = 25e3
"""Of a column, however short: Arrow's objects, its fitted state, its place in the config."""
_ROW_BYTES_ENCODING: Final = 80
"""Of a row, while two columns of it are encoded: float64 copies, codes, which cells are missing."""
_ROW_BYTES_LABELLED: Final = 40
"""Of a row: its place, its answer for the network and for the metrics, its weights."""
_COPIES_OF_ROWS: Final = 2.84
"""The encoded table, its parts, and those for training and validation as tensors."""
_COPIES_OF_WEIGHTS: Final = 3.4
"""Keras keeps what drawing the starting values took."""
_COPIES_PER_SLOT: Final = 1.6
"""A number that the optimizer keeps for each weight, and its share of gradients and steps."""
_COPIES_TO_SAVE: Final = 4.2
"""ONNX builds its file in several copies, ONNX Runtime reads it, Keras writes its own."""
_COPIES_OF_OUTPUTS: Final = 3
"""Of a layer for a batch: its result, that of its activation, and a gradient."""
_BYTES_PER_PROBABILITY: Final = 32
"""Outputs in float32, predictions and the baseline's in float64, and one copy to measure them."""

_SLOTS: Final[Mapping[str, int]] = {
    "sgd": 0,
    "adam": 2,
    "adamw": 2,
    "rmsprop": 1,
    "adagrad": 1,
    "nadam": 2,
    "adamax": 2,
    "lion": 2,
}
"""Numbers an optimizer keeps for each weight. Lion keeps one, but its steps take as much as Adam's."""

_LIBRARIES: Final = "TensorFlow and other libraries"
_BATCH: Final = "the outputs of the layers for a batch"
_BLOCK: Final = "the outputs of the layers for a block of validation rows"
_ONE_HOT: Final = "a block of rows with one-hot columns"
_ROWS: Final = "the encoded rows"
_CELLS: Final = "the cells of the table"
_PROBABILITIES: Final = "predicted probabilities"


@dataclass(frozen=True)
class MemoryEstimate:
    """The most memory a process will have.

    Attributes:
        parts: What takes how many bytes at that moment.
    """

    parts: Mapping[str, float]

    @property
    def n_bytes(self) -> float:
        """All parts together."""
        return sum(self.parts.values())

    @property
    def largest(self) -> tuple[str, ...]:
        """The three largest parts, the largest first."""
        return tuple(sorted(self.parts, key=lambda part: -self.parts[part])[:3])

    def __str__(self) -> str:
        shown = ", ".join(f"{megabytes(self.parts[part])} for {part}" for part in self.largest)
        return f"about {megabytes(self.n_bytes)} of memory, of it {shown}"


def megabytes(n_bytes: float) -> str:
    """Bytes in words.

    >>> megabytes(1.25e9), megabytes(40e6)
    ('1.2 GB', '40 MB')
    """
    return f"{n_bytes / 1e9:,.1f} GB" if n_bytes >= 1e9 else f"{n_bytes / 1e6:,.0f} MB"


def allowed_memory(root: Path = ROOT) -> float:
    """The bytes a fit may have in all: most of what this process has and may still take.

    Args:
        root: The root of the file system, which says what the container allows.
    """
    return ALLOWED_SHARE * (available_memory(root) + resident_memory())


def estimate_tables(sizes: Iterable[TableSize]) -> MemoryEstimate:
    """What reading and encoding tables takes, with TensorFlow beside them."""
    cells, rows = 0.0, 0.0
    for size in sizes:
        cells += size.n_bytes + min(_READING_BYTES, 2 * size.n_bytes) + _COLUMN_BYTES * size.n_columns
        rows += size.n_rows * (4 * size.n_columns + _ROW_BYTES_ENCODING)
    return MemoryEstimate({_LIBRARIES: LIBRARIES_BYTES, _CELLS: cells, _ROWS: rows})


def estimate_fit(
    config: Config, preprocessing: Preprocessing, *, train: int, validation: int, test: int
) -> MemoryEstimate:
    """What training and saving takes.

    Args:
        config: Resolved.
        preprocessing: Fitted.
        train: Number of training rows.
        validation: Number of validation rows.
        test: Number of test rows.
    """
    layers = layers_of(config, preprocessing)
    weight_bytes = 4.0 * sum(layer.parameters for layer in layers)
    block_rows = max(min(config.training.batch_size, train), min(EVALUATION_ROWS, validation))
    row_bytes = 4 * preprocessing.n_compact + _ROW_BYTES_LABELLED
    return MemoryEstimate(
        {
            _LIBRARIES: LIBRARIES_BYTES,
            "the weights": _COPIES_OF_WEIGHTS * weight_bytes,
            "gradients and the optimizer": _COPIES_PER_SLOT * n_slots(config.training.optimizer) * weight_bytes,
            "writing the network": _COPIES_TO_SAVE * weight_bytes,
            **_output_bytes(layers, config, train=train, validation=validation),
            _ONE_HOT: 8.0 * block_rows * preprocessing.n_one_hot,
            _ROWS: _COPIES_OF_ROWS * (train + validation + test) * row_bytes
            + _COLUMN_BYTES * len(preprocessing.features),
            _PROBABILITIES: float(_BYTES_PER_PROBABILITY * max(validation, test) * preprocessing.n_outputs),
        }
    )


def n_slots(optimizer: Optimizer) -> int:
    """About how many numbers the optimizer needs for each weight."""
    slots = _SLOTS[optimizer.type] + bool(getattr(optimizer, "momentum", 0.0))
    slots += bool(getattr(optimizer, "amsgrad", False)) + bool(getattr(optimizer, "centered", False))
    # Every epoch is judged with the averages, while the weights themselves wait in a copy.
    return slots + 2 * optimizer.use_ema


def _output_bytes(layers: tuple[LayerSummary, ...], config: Config, *, train: int, validation: int) -> dict[str, float]:
    """Training keeps the outputs of all layers, validation those of two neighbours; the larger one counts."""
    units = [layer.units for layer in layers]
    batch = _COPIES_OF_OUTPUTS * 4.0 * min(config.training.batch_size, train) * sum(units[1:])
    block = 4.0 * min(EVALUATION_ROWS, validation) * max(map(sum, pairwise(units)))
    return {_BATCH: batch} if batch >= block else {_BLOCK: block}


def check_tables_fit(config: Config, *, allowed: float) -> None:
    """Refuses tables that cannot be read into memory; looks at their files alone.

    Args:
        config: Names them.
        allowed: Bytes that this process may have.

    Raises:
        DataError: They need more.
    """
    parts = (config.data.path, config.split.test, config.split.validation)
    sizes = {
        part: size for part in parts if isinstance(part, str) and (size := expected_size(Path(part), config.data.texts))
    }
    estimate = estimate_tables(sizes.values())
    if sizes and estimate.n_bytes > allowed:
        largest = max(sizes, key=lambda part: sizes[part].n_bytes)
        _, n_rows, n_columns = sizes[largest]
        raise DataError(
            f"{largest}: expected a table that can be read with {megabytes(allowed)} of memory, "
            f"{ALLOWED_SHARE:.0%} of what this process may have, got one of about {n_rows:,.0f} rows and {n_columns:,} "
            f"columns that takes {estimate}",
            hint="fit a sample of its rows, or a file of fewer columns: those of data.drop are read, too",
        )


def check_network_fits(
    loaded: LoadedConfig, config: Config, preprocessing: Preprocessing, estimate: MemoryEstimate, *, allowed: float
) -> None:
    """Refuses a network that cannot be trained or saved.

    Args:
        loaded: The config as written, to say what to change in it.
        config: Resolved.
        preprocessing: Fitted.
        estimate: What the fit takes.
        allowed: Bytes that this process may have.

    Raises:
        ConfigError: It needs more, or its file would be larger than any model.onnx.
    """
    plan = plan_of(config, preprocessing)
    if plan.max_bytes > MAX_ONNX_BYTES:
        raise loaded.error(
            ("model", "layers"),
            f"expected a network that fits into a model.onnx, which takes at most {megabytes(MAX_ONNX_BYTES)}, "
            f"got {plan.weight_bytes // 4:,} weights, {megabytes(plan.weight_bytes)}",
            hint=_units_hint(config, preprocessing),
        )
    if estimate.n_bytes > allowed:
        raise loaded.error(
            ("model", "layers"),
            f"expected a fit in {megabytes(allowed)} of memory, {ALLOWED_SHARE:.0%} of what this process may have, "
            f"got one that takes {estimate}",
            hint=_hint(loaded.config, config, preprocessing, estimate),
        )


def _hint(written: Config, config: Config, preprocessing: Preprocessing, estimate: MemoryEstimate) -> str:
    """What to change so that the largest part that can be changed becomes smaller."""
    part = next(part for part in estimate.largest if part != _LIBRARIES)
    if part == _BATCH:
        return f"training.batch_size={max(1, config.training.batch_size // 2)} makes batches smaller"
    if part == _ONE_HOT:
        widest = max(preprocessing.features, key=lambda feature: feature.width)
        change = " ".join(drop(written, [widest.name])) or f"to leave column '{widest.name}' out"
        return f"{change} saves {widest.width:,} of {preprocessing.n_features:,} inputs"
    if part in (_ROWS, _CELLS):
        return "leave columns out with data.drop, or fit a sample of the rows"
    if part == _PROBABILITIES:
        n_classes = preprocessing.n_outputs
        return f"column '{config.data.target}' has {n_classes:,} classes; data.task=regression if they are numbers"
    return _units_hint(config, preprocessing)


def _units_hint(config: Config, preprocessing: Preprocessing) -> str:
    """Half the units of the layer with the most weights; a network without layers has its weights for its inputs."""
    layers = layers_of(config, preprocessing)[1:-1]
    dense = {
        position: layers[position].parameters
        for position, layer in enumerate(config.model.layers)
        if isinstance(layer, Dense)
    }
    if not dense:
        return "leave columns out with data.drop"
    position = max(dense, key=lambda position: dense[position])
    return f"model.layers.{position}.units={max(1, layers[position].units // 2)} makes the largest layer smaller"
