"""The network of a config between the columns that were fitted and the target."""

from dltrain.config import Config
from dltrain.config.architecture import LayerSummary, describe_network
from dltrain.config.onnx_plan import OnnxPlan, plan_onnx
from dltrain.features.preprocessing import Preprocessing


def layers_of(config: Config, preprocessing: Preprocessing) -> tuple[LayerSummary, ...]:
    """The layers in order, as `describe_network` lists them."""
    return describe_network(config.model, n_features=preprocessing.n_features, n_outputs=preprocessing.n_outputs)


def plan_of(config: Config, preprocessing: Preprocessing) -> OnnxPlan:
    """What model.onnx holds; the config is resolved."""
    return plan_onnx(config.model, n_features=preprocessing.n_features, n_outputs=preprocessing.n_outputs)
