"""The network as an ONNX graph, written operator by operator.

Dropout and noise vanish; batch normalisation becomes one factor and one offset for every feature.
"""

from typing import Any

import numpy as np

from dltrain.network.backend import keras
from dltrain.network.onnx_activations import ACTIVATIONS
from dltrain.network.onnx_builder import GraphBuilder


def onnx_bytes(network: keras.Sequential) -> bytes:
    """The network at inference as an ONNX model.

    Args:
        network: As `build_network` makes it.

    Returns:
        The file's bytes, the same for the same weights. Input "features" float32 `(n, n_features)`, output
        "prediction" float32 `(n, n_outputs)`, any `n`.

    Raises:
        TypeError: The network holds a layer that dltrain does not build.
    """
    graph = GraphBuilder()
    result = "features"
    for layer in network.layers:
        result = _add_layer(graph, layer, result)
    return graph.to_bytes(result, n_features=network.input_shape[-1], n_outputs=network.output_shape[-1])


def _add_layer(graph: GraphBuilder, layer: Any, x: str) -> str:
    """Adds a layer behind the tensor `x` and returns the name of its result."""
    match layer:
        case keras.layers.Dense():
            return _activate(graph, layer.activation, _add_dense(graph, layer, x))
        case keras.layers.Activation():
            return _activate(graph, layer.activation, x)
        case keras.layers.BatchNormalization():
            return _add_batch_normalization(graph, layer, x)
        case keras.layers.LayerNormalization():
            return _add_layer_normalization(graph, layer, x)
        case keras.layers.Dropout() | keras.layers.GaussianNoise():
            return x
    raise TypeError(f"layer '{layer.name}': expected a kind that dltrain builds, got {type(layer).__name__}")


def _activate(graph: GraphBuilder, activation: Any, x: str) -> str:
    return ACTIVATIONS[keras.activations.serialize(activation)](graph, x)


def _add_dense(graph: GraphBuilder, layer: Any, x: str) -> str:
    kernel = graph.constant(_values(layer.kernel), name=f"{layer.name}.kernel")
    if not layer.use_bias:
        return graph.add("MatMul", x, kernel)
    return graph.add("Gemm", x, kernel, graph.constant(_values(layer.bias), name=f"{layer.name}.bias"))


def _add_batch_normalization(graph: GraphBuilder, layer: Any, x: str) -> str:
    """Adds gamma · (x - mean) / √(variance + epsilon) + beta, folded in float64 to one factor and one offset."""
    mean = _values(layer.moving_mean).astype(np.float64)
    factor = 1 / np.sqrt(_values(layer.moving_variance).astype(np.float64) + layer.epsilon)
    if layer.scale:
        factor = factor * _values(layer.gamma)
    offset = -mean * factor
    if layer.center:
        offset = offset + _values(layer.beta)
    scaled = graph.add("Mul", x, graph.constant(factor, name=f"{layer.name}.factor"))
    return graph.add("Add", scaled, graph.constant(offset, name=f"{layer.name}.offset"))


def _add_layer_normalization(graph: GraphBuilder, layer: Any, x: str) -> str:
    gamma = _values(layer.gamma) if layer.scale else np.ones(layer.input.shape[-1])
    inputs = [x, graph.constant(gamma, name=f"{layer.name}.gamma")]
    if layer.center:
        inputs.append(graph.constant(_values(layer.beta), name=f"{layer.name}.beta"))
    return graph.add("LayerNormalization", *inputs, axis=-1, epsilon=layer.epsilon)


def _values(variable: Any) -> np.ndarray:
    return np.asarray(variable)
