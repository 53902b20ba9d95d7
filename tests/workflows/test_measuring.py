"""The export beside the network it was made of."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from dltrain.errors import TrainingError
from dltrain.features import EncodedFeatures
from dltrain.workflows.fitting.measuring import check_export

FEATURES = EncodedFeatures(np.zeros((3, 1), np.float32), np.zeros((3, 0), np.int32), ())


@dataclass
class Exported:
    """Answers what it is told to."""

    values: list[float]

    def outputs(self, _: EncodedFeatures) -> np.ndarray:
        return np.array(self.values, np.float32)[:, np.newaxis]


def compare(keras: list[float], exported: list[float]) -> None:
    predictor: Any = Exported(exported)
    check_export(lambda *_, **__: np.array(keras, np.float32)[:, np.newaxis], predictor, FEATURES)


@pytest.mark.parametrize("value", [np.inf, -np.inf, np.nan])
def test_outputs_that_are_no_finite_numbers_may_be_the_same(value: float) -> None:
    compare([1.0, value, 2.0], [1.0, value, 2.0 + 1e-5])
    compare([value] * 3, [value] * 3)


@pytest.mark.parametrize(
    ("keras", "exported"),
    [(np.inf, -np.inf), (np.inf, 1.0), (1.0, np.inf), (np.nan, 1.0), (1.0, np.nan), (np.nan, np.inf), (1.0, 1.1)],
)
def test_other_outputs_than_those_of_keras_are_refused(keras: float, exported: float) -> None:
    # An infinite output beside them allows no more.
    with pytest.raises(TrainingError, match=r"model.onnx: expected the outputs of the Keras network"):
        compare([np.inf, keras, 2.0], [np.inf, exported, 2.0])
