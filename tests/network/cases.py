"""Networks of every layer kind, with weights as training would leave them, and inputs of every size."""

from typing import Any, Final, get_args

import numpy as np

from dltrain.config.sections.model import Activation, ModelSection
from dltrain.network.building import build_network

ACTIVATIONS: Final[tuple[Activation, ...]] = get_args(Activation)
N_FEATURES: Final = 5
N_OUTPUTS: Final = 3


def model_section(*layers: dict[str, Any], **output: Any) -> ModelSection:
    return ModelSection.model_validate({"layers": layers, "output": {"activation": "linear"} | output})


SECTIONS: Final[dict[str, ModelSection]] = {
    "linear": model_section(),
    "linear without bias": model_section(use_bias=False),
    "dense": model_section({"type": "dense", "units": 7, "activation": "relu"}),
    "dense without bias": model_section({"type": "dense", "units": 7, "activation": "tanh", "use_bias": False}),
    "dropout": model_section({"type": "dropout", "rate": 0.5}),
    "dropout of rate 0": model_section({"type": "dropout", "rate": 0.0}),
    "gaussian noise": model_section({"type": "gaussian_noise", "stddev": 0.5}),
    "gaussian noise of deviation 0": model_section({"type": "gaussian_noise", "stddev": 0.0}),
    **{
        f"{kind}, center {center}, scale {scale}": model_section(
            {"type": kind, "epsilon": 0.01, "center": center, "scale": scale}
        )
        for kind in ("batch_normalization", "layer_normalization")
        for center in (True, False)
        for scale in (True, False)
    },
    **{
        f"two of {activation}": model_section(
            {"type": "dense", "units": 6, "activation": activation}, {"type": "activation", "activation": activation}
        )
        for activation in ACTIVATIONS
        if activation != "exponential"  # twice the exponential of 50 is no float32
    },
    "normalisation first": model_section(
        {"type": "batch_normalization"},
        {"type": "dropout", "rate": 0.2},
        {"type": "dense", "units": 16, "activation": "gelu"},
        {"type": "layer_normalization"},
        {"type": "dense", "units": 8, "use_bias": False},
        {"type": "batch_normalization"},
        {"type": "activation", "activation": "swish"},
        activation="softmax",
    ),
    "normalisation last": model_section(
        {"type": "gaussian_noise", "stddev": 0.1},
        {"type": "dense", "units": 16, "activation": "selu"},
        {"type": "dropout", "rate": 0.2},
        {"type": "dense", "units": 16, "activation": "mish"},
        {"type": "layer_normalization"},
        {"type": "batch_normalization", "scale": False},
        activation="sigmoid",
        use_bias=False,
    ),
}


def trained(section: ModelSection) -> Any:
    """A network whose variables are all away from their starting values."""
    network = build_network(section, n_features=N_FEATURES, n_outputs=N_OUTPUTS, seed=0)
    rng = np.random.default_rng(0)
    for layer in network.layers:
        for variable in layer.weights:
            if variable.name in ("gamma", "moving_variance"):
                variable.assign(rng.uniform(0.3, 3.0, variable.shape))
            elif variable.name == "kernel":
                variable.assign(rng.normal(0, variable.shape[0] ** -0.5, variable.shape))
            else:
                variable.assign(rng.normal(0, 1, variable.shape))
    return network


def weights_of(network: Any) -> dict[str, dict[str, np.ndarray]]:
    """Layer name → weight name → float64 values."""
    return {
        layer.name: {variable.name: variable.numpy().astype(np.float64) for variable in layer.weights}
        for layer in network.layers
    }


def inputs() -> np.ndarray:
    """Rows around 0 and rows as large as 50."""
    rng = np.random.default_rng(1)
    return np.concatenate([rng.normal(0, 1, (40, N_FEATURES)), rng.uniform(-50, 50, (40, N_FEATURES))]).astype(
        np.float32
    )


def assert_close(actual: np.ndarray, expected: np.ndarray) -> None:
    """Equal to 1e-5 of the row's largest number: sums of float32 are no more exact than their summands."""
    scale = np.maximum(1.0, np.abs(expected).max(axis=1, keepdims=True))
    np.testing.assert_allclose(actual / scale, expected / scale, rtol=0, atol=1e-5)
