"""Running a fitted network without TensorFlow."""

from dataclasses import dataclass

import numpy as np
import onnxruntime
import pyarrow as pa

from dltrain.errors import RunError
from dltrain.features import ClassTarget, EncodedFeatures, Preprocessing
from dltrain.run import Run
from dltrain.scoring.decoding import decode_outputs
from dltrain.scoring.metrics import predicted_codes
from dltrain.table import Table, arrow_from_numpy, text_array

BLOCK_ROWS = 4_096
"""Rows that go through the network at once: more is not faster and needs more memory."""


@dataclass(frozen=True)
class Predictions:
    """Predicted rows.

    Attributes:
        values: Regression: float64 `(n,)` in the target's units; classes: float64 `(n, n_classes)`.
        labels: Labels in the order of the columns of `values`; empty for regression.
        unseen: Column → cells with a category that training did not know.
        missing: Column → cells without a value.
    """

    values: np.ndarray
    labels: tuple[str, ...]
    unseen: dict[str, int]
    missing: dict[str, int]

    @property
    def n_rows(self) -> int:
        """Number of rows."""
        return len(self.values)

    def to_columns(self) -> dict[str, pa.Array]:
        """`prediction`, then `p_<label>` for every class in label order."""
        if not self.labels:
            return {"prediction": arrow_from_numpy(self.values)}
        codes = arrow_from_numpy(predicted_codes(self.values))
        probabilities = {f"p_{label}": arrow_from_numpy(self.values[:, code]) for code, label in enumerate(self.labels)}
        return {"prediction": text_array(self.labels).take(codes), **probabilities}


class Predictor:
    """A network with its preprocessing.

    Args:
        preprocessing: Fitted.
        onnx: The network: input `features` float32 `(n, n_features)`, output `prediction`.
    """

    def __init__(self, preprocessing: Preprocessing, onnx: bytes) -> None:
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3
        self.preprocessing = preprocessing
        self._session = onnxruntime.InferenceSession(onnx, options, providers=["CPUExecutionProvider"])

    @classmethod
    def from_run(cls, run: Run) -> "Predictor":
        """The network of a verified run.

        Raises:
            RunError: ONNX Runtime cannot read the network.
        """
        try:
            return cls(run.preprocessing, run.onnx_path.read_bytes())
        except Exception as error:
            # ONNX Runtime's exceptions have no common base, and nothing else happens here.
            raise RunError(f"{run.onnx_path}: damaged run: ONNX Runtime cannot read the network") from error

    def outputs(self, features: EncodedFeatures) -> np.ndarray:
        """The network's raw outputs, float32 `(n, n_outputs)`."""
        starts = range(0, features.n_rows, BLOCK_ROWS)
        blocks = [
            self._session.run(["prediction"], {"features": features.dense(slice(start, start + BLOCK_ROWS))})[0]
            for start in starts
        ]
        return np.concatenate(blocks) if blocks else np.empty((0, self._n_outputs), np.float32)

    @property
    def _n_outputs(self) -> int:
        return int(self._session.get_outputs()[0].shape[-1])

    def predict_encoded(self, features: EncodedFeatures) -> np.ndarray:
        """Predictions as in `Predictions.values`."""
        return decode_outputs(self.outputs(features), self.preprocessing.target)

    def predict(self, table: Table) -> Predictions:
        """Predicts every row of a table; the target column is ignored when there is one.

        Raises:
            DataError: A column is missing, or a cell does not fit it.
        """
        features = self.preprocessing.encode(table)
        target = self.preprocessing.target
        labels = target.labels if isinstance(target, ClassTarget) else ()
        return Predictions(self.predict_encoded(features), labels, features.unseen, features.missing)
