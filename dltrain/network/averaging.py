"""The average of trained networks as one network: their weights, put where the plan of the wider one wants them."""

from collections.abc import Mapping, Sequence

import numpy as np
import onnx
from onnx import numpy_helper

from dltrain.config.average import WideLayer, plan_average, wide_section
from dltrain.config.sections.model import BatchNormalization, Dense, ModelSection, OutputSection
from dltrain.network.backend import keras
from dltrain.network.building import build_network

Weights = Mapping[str, np.ndarray]
"""By the names of `dltrain.config.onnx_plan`, float64."""


def average_network(
    members: Sequence[bytes], section: ModelSection, *, n_features: int, n_outputs: int, seed: int
) -> keras.Sequential:
    """Makes the network whose outputs before their activation are the mean of those of its members.

    Args:
        members: Verified ONNX files of `onnx_bytes`.
        section: Resolved; that of each member.
        n_features: Width of the input.
        n_outputs: Width of the output.
        seed: Of the starting weights, which are replaced, and of dropout and noise.

    Returns:
        A network of the section of `wide_section`.
    """
    plan = plan_average(section, n_features=n_features, n_members=len(members))
    network = build_network(wide_section(section, plan), n_features=n_features, n_outputs=n_outputs, seed=seed)
    weights = [_read_weights(member) for member in members]
    for layer, wide in zip(network.layers, plan, strict=True):
        layer.set_weights(_wide_weights(wide, weights))
    return network


def _read_weights(content: bytes) -> Weights:
    graph = onnx.load_model_from_string(content).graph
    return {tensor.name: numpy_helper.to_array(tensor).astype(np.float64) for tensor in graph.initializer}


def _wide_weights(wide: WideLayer, members: Sequence[Weights]) -> list[np.ndarray]:
    """The weights of a layer as Keras lists them."""
    match wide.layer:
        case Dense():
            kernels, biases = zip(*(_dense_weights(wide, weights) for weights in members), strict=True)
            kernel = np.hstack(kernels) if wide.has_shared_inputs else _block_diagonal(kernels)
            return [kernel, np.concatenate(biases)] if wide.layer.use_bias else [kernel]
        case OutputSection():
            kernels, biases = zip(*(_dense_weights(wide, weights) for weights in members), strict=True)
            kernel = np.mean(kernels, axis=0) if wide.has_shared_inputs else np.vstack(kernels) / len(members)
            return [kernel, np.mean(biases, axis=0)] if wide.layer.use_bias else [kernel]
        case BatchNormalization():
            factor, offset = (
                np.concatenate([weights[f"{wide.member}.{part}"] for weights in members])
                for part in ("factor", "offset")
            )
            # Normalised by mean 0 and variance 1, which is divided by with epsilon added.
            gamma = factor * np.sqrt(1 + wide.layer.epsilon)
            return [gamma, offset, np.zeros_like(offset), np.ones_like(offset)]
        case _:
            return []


def _dense_weights(wide: WideLayer, weights: Weights) -> tuple[np.ndarray, np.ndarray]:
    """Kernel and bias of one member, the batch normalisations before it taken in."""
    if wide.member is None:
        kernel = np.eye(weights[f"{wide.scaled_by[0]}.factor"].size)
    else:
        kernel = weights[f"{wide.member}.kernel"]
    bias = weights.get(f"{wide.member}.bias", np.zeros(kernel.shape[1]))
    for name in reversed(wide.scaled_by):
        bias = bias + weights[f"{name}.offset"] @ kernel
        kernel = weights[f"{name}.factor"][:, np.newaxis] * kernel
    return kernel, bias


def _block_diagonal(blocks: Sequence[np.ndarray]) -> np.ndarray:
    """Blocks from the upper left to the lower right, zeros elsewhere."""
    n_rows, n_columns = blocks[0].shape
    whole = np.zeros((len(blocks) * n_rows, len(blocks) * n_columns))
    for position, block in enumerate(blocks):
        row, column = position * n_rows, position * n_columns
        whole[row : row + n_rows, column : column + n_columns] = block
    return whole
