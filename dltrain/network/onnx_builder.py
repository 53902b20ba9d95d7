"""An ONNX graph while it grows."""

import numpy as np
from onnx import NodeProto, TensorProto, helper, numpy_helper

OPSET = 17
"""The first operator set with LayerNormalization; every ONNX Runtime since 1.12 (2022) reads it."""
IR_VERSION = 8
"""The file format that belongs to it; onnx itself writes newer ones that runtimes do not read yet."""


class GraphBuilder:
    """Collects operators and weights; names follow from the order alone, so equal networks give equal bytes."""

    def __init__(self) -> None:
        self._nodes: list[NodeProto] = []
        self._weights: list[TensorProto] = []

    def add(self, kind: str, *inputs: str, **attributes: float) -> str:
        """Adds an operator and returns the name of its result."""
        name = f"{kind}_{len(self._nodes)}"
        self._nodes.append(helper.make_node(kind, inputs, [name], name=name, **attributes))
        return name

    def constant(self, values: np.ndarray | float, *, name: str | None = None) -> str:
        """Adds numbers as float32 and returns their name."""
        name = name or f"constant_{len(self._weights)}"
        self._weights.append(numpy_helper.from_array(np.asarray(values, np.float32), name))
        return name

    def to_bytes(self, result: str, *, n_features: int, n_outputs: int) -> bytes:
        """The finished model, from `features` `(n, n_features)` to `prediction` `(n, n_outputs)`."""
        self._nodes.append(helper.make_node("Identity", [result], ["prediction"], name="prediction"))
        graph = helper.make_graph(
            self._nodes,
            "network",
            [helper.make_tensor_value_info("features", TensorProto.FLOAT, ["n", n_features])],
            [helper.make_tensor_value_info("prediction", TensorProto.FLOAT, ["n", n_outputs])],
            self._weights,
        )
        model = helper.make_model(
            graph,
            opset_imports=[helper.make_opsetid("", OPSET)],
            ir_version=IR_VERSION,
            producer_name="dltrain",
        )
        return bytes(model.SerializeToString(deterministic=True))
