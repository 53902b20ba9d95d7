"""The network as an ONNX file: the planned graph, with the weights of a Keras network in it."""

from typing import Any

import numpy as np
from onnx import TensorProto, helper, numpy_helper

from dltrain.config.onnx_plan import IR_VERSION, OPSET, PRODUCER, Weight, plan_onnx
from dltrain.config.sections.model import ModelSection
from dltrain.network.backend import keras


def onnx_bytes(network: keras.Sequential, section: ModelSection) -> bytes:
    """The network at inference as an ONNX model.

    Args:
        network: What `build_network` makes of the section, trained or not.
        section: Resolved.

    Returns:
        The file's bytes, the same for the same weights. Input "features" float32 `(n, n_features)`, output
        "prediction" float32 `(n, n_outputs)`, any `n`.
    """
    n_features, n_outputs = network.input_shape[-1], network.output_shape[-1]
    plan = plan_onnx(section, n_features=n_features, n_outputs=n_outputs)
    graph = helper.make_graph(
        [
            helper.make_node(node.kind, node.inputs, [node.name], name=node.name, **node.attributes)
            for node in plan.nodes
        ],
        "network",
        [helper.make_tensor_value_info("features", TensorProto.FLOAT, ["n", n_features])],
        [helper.make_tensor_value_info("prediction", TensorProto.FLOAT, ["n", n_outputs])],
        [numpy_helper.from_array(_values(network, weight), weight.name) for weight in plan.weights],
    )
    model = helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=IR_VERSION, producer_name=PRODUCER
    )
    return bytes(model.SerializeToString(deterministic=True))


def _values(network: keras.Sequential, weight: Weight) -> np.ndarray:
    """The numbers of a planned weight, float32: a constant, or what the layer it is named for has learned."""
    if weight.value is not None:
        return np.asarray(weight.value, np.float32)
    name, part = weight.name.rsplit(".", 1)
    layer = network.get_layer(name)
    match part:
        case "factor":
            values = _factor_and_offset(layer)[0]
        case "offset":
            values = _factor_and_offset(layer)[1]
        case "gamma" if not layer.scale:
            values = np.ones(weight.shape)
        case _:
            values = np.asarray(getattr(layer, part))
    return values.astype(np.float32)


def _factor_and_offset(layer: Any) -> tuple[np.ndarray, np.ndarray]:
    """Batch normalisation, gamma · (x - mean) / √(variance + epsilon) + beta, as x · factor + offset in float64."""
    mean, variance = (np.asarray(values, np.float64) for values in (layer.moving_mean, layer.moving_variance))
    factor = 1 / np.sqrt(variance + layer.epsilon)
    if layer.scale:
        factor = factor * np.asarray(layer.gamma)
    offset = -mean * factor
    if layer.center:
        offset = offset + np.asarray(layer.beta)
    return factor, offset
