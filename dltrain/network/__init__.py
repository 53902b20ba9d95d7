"""From the config to Keras objects, and from a trained network to ONNX."""

from dltrain.network.averaging import average_network
from dltrain.network.backend import steady_keras
from dltrain.network.building import build_network
from dltrain.network.losses import build_loss
from dltrain.network.onnx_graph import onnx_bytes
from dltrain.network.optimizers import build_optimizer

__all__ = ["average_network", "build_loss", "build_network", "build_optimizer", "steady_keras", "onnx_bytes"]
