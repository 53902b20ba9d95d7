"""Running a fitted network without TensorFlow."""

from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass
from typing import Final

import numpy as np
import pyarrow as pa

from dltrain.background import map_ahead
from dltrain.errors import RunError
from dltrain.features import ColumnCounts, EncodedFeatures, Preprocessing, prediction_names
from dltrain.machine import available_cores
from dltrain.run import Run
from dltrain.run.decision import Decision
from dltrain.scoring.decoding import decode_outputs
from dltrain.scoring.row_values import predicted_codes
from dltrain.scoring.runtime import onnxruntime
from dltrain.table import arrow_from_numpy, text_array

BLOCK_ROWS = 1_024
"""Rows that go through the network at once, so that what its layers hand on stays in the processor's cache."""

_WHOLE_VECTORS: Final = 16
"""Rows are filled up to a multiple of this many float32 numbers, the most that a processor handles at once. What is
left over would be computed by other code, whose exp() differs in the last bit."""


@dataclass(frozen=True)
class Predictions:
    """Predicted rows.

    Attributes:
        values: Regression: float64 `(n,)` in the target's units; classes: float64 `(n, n_classes)`.
        labels: Labels in the order of the columns of `values`; empty for regression.
        counts: Column → its remarkable cells.
        threshold: As in `predicted_codes`.
    """

    values: np.ndarray
    labels: tuple[str, ...]
    counts: Mapping[str, ColumnCounts]
    threshold: float | np.ndarray | None = None

    @property
    def n_rows(self) -> int:
        """Number of rows."""
        return len(self.values)

    def to_columns(self) -> dict[str, pa.Array]:
        """`prediction`, a dictionary of labels or float64, then `p_<label>` for every class in label order."""
        name, *label_names = prediction_names(self.labels)
        if not self.labels:
            return {name: arrow_from_numpy(self.values)}
        codes = arrow_from_numpy(predicted_codes(self.values, self.threshold))
        labels = pa.DictionaryArray.from_arrays(codes, text_array(self.labels))
        return {name: labels, **dict(zip(label_names, map(arrow_from_numpy, self.values.T), strict=True))}


class Predictor:
    """A network with its preprocessing. What it predicts for a row depends on no other row, to the last bit.

    Args:
        preprocessing: Fitted.
        onnx: The network: input `features` float32 `(n, n_features)`, output `prediction`.
        decision: How probabilities become labels; None: the most probable one.
        threads: Threads that share the rows of a table; None: as many as there are cores.
    """

    def __init__(
        self, preprocessing: Preprocessing, onnx: bytes, *, decision: Decision | None = None, threads: int | None = None
    ) -> None:
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3
        # Threads that each take rows of their own are faster than ONNX Runtime's, which share every product.
        options.intra_op_num_threads = 1
        self.preprocessing = preprocessing
        self.decision = decision or Decision()
        self.threads = threads or available_cores()
        self._session = onnxruntime.InferenceSession(onnx, options, providers=["CPUExecutionProvider"])

    @classmethod
    def from_run(cls, run: Run, *, threads: int | None = None) -> "Predictor":
        """The network of a verified run.

        Raises:
            RunError: ONNX Runtime cannot read the network.
        """
        try:
            return cls(run.preprocessing, run.onnx, decision=run.metrics.decision, threads=threads)
        except Exception as error:
            # ONNX Runtime's exceptions have no common base, and nothing else happens here.
            raise RunError(f"{run.onnx_path}: damaged run: ONNX Runtime cannot read the network") from error

    def deciding(self, decision: Decision | None) -> "Predictor":
        """The same network, with what was settled about its probabilities."""
        settled = copy(self)
        settled.decision = decision or Decision()
        return settled

    def outputs(self, features: EncodedFeatures) -> np.ndarray:
        """The network's raw outputs, float32 `(n, n_outputs)`."""
        outputs = np.empty((features.n_rows, self._n_outputs), np.float32)

        def fill(start: int) -> None:
            block = slice(start, min(start + BLOCK_ROWS, features.n_rows))
            outputs[block] = self._run(features, block)

        starts = range(0, features.n_rows, BLOCK_ROWS)
        if self.threads == 1 or len(starts) <= 1:
            for start in starts:
                fill(start)
        else:
            with map_ahead(fill, starts, threads=self.threads) as filled:
                for _ in filled:
                    pass
        return outputs

    def _run(self, features: EncodedFeatures, block: slice) -> np.ndarray:
        n_rows = block.stop - block.start
        dense = np.empty((n_rows + -n_rows % _WHOLE_VECTORS, features.n_features), np.float32)
        features.dense(block, out=dense)
        outputs: np.ndarray = self._session.run(["prediction"], {"features": dense})[0]
        return outputs[:n_rows]

    @property
    def _n_outputs(self) -> int:
        return int(self._session.get_outputs()[0].shape[-1])

    def predict_encoded(self, features: EncodedFeatures) -> np.ndarray:
        """Predictions as in `Predictions.values`."""
        target, temperature = self.preprocessing.target, self.decision.temperature
        return decode_outputs(self.outputs(features), target, temperature=temperature)

    def predictions(self, features: EncodedFeatures) -> Predictions:
        """Predicts every row of encoded features."""
        labels = self.preprocessing.target.labels
        return Predictions(self.predict_encoded(features), labels, features.counts, self.decision.threshold)
