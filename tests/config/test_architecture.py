import pytest

from dltrain.config.architecture import LayerSummary, describe_network, layer_names
from dltrain.config.sections.model import ModelSection

SECTION = ModelSection.model_validate(
    {
        "layers": (
            {"type": "batch_normalization"},
            {"type": "dense", "units": 8, "activation": "relu"},
            {"type": "layer_normalization", "center": False},
            {"type": "dropout", "rate": 0.5},
            {"type": "dense", "units": 3, "use_bias": False},
            {"type": "activation", "activation": "tanh"},
            {"type": "gaussian_noise", "stddev": 0.1},
            {"type": "batch_normalization", "scale": False},
        ),
        "output": {"activation": "softmax"},
    }
)


def test_every_layer_is_named_measured_and_counted() -> None:
    assert describe_network(SECTION, n_features=4, n_outputs=2) == (
        LayerSummary("features", "input", None, 4, 0, 0),
        LayerSummary("batch_normalization_1", "batch_normalization", None, 4, 16, 8),
        LayerSummary("dense_1", "dense", "relu", 8, 40, 40),
        LayerSummary("layer_normalization_1", "layer_normalization", None, 8, 8, 8),
        LayerSummary("dropout_1", "dropout", None, 8, 0, 0),
        LayerSummary("dense_2", "dense", "linear", 3, 24, 24),
        LayerSummary("activation_1", "activation", "tanh", 3, 0, 0),
        LayerSummary("gaussian_noise_1", "gaussian_noise", None, 3, 0, 0),
        LayerSummary("batch_normalization_2", "batch_normalization", None, 3, 9, 3),
        LayerSummary("output", "dense", "softmax", 2, 8, 8),
    )


def test_a_linear_model_has_an_input_and_an_output() -> None:
    section = ModelSection.model_validate({"layers": (), "output": {"use_bias": False}})

    assert layer_names(section) == ()
    assert describe_network(section, n_features=4, n_outputs=1) == (
        LayerSummary("features", "input", None, 4, 0, 0),
        LayerSummary("output", "dense", None, 1, 4, 4),
    )


@pytest.mark.slow
@pytest.mark.parametrize("center", [True, False])
@pytest.mark.parametrize("scale", [True, False])
@pytest.mark.parametrize("use_bias", [True, False])
def test_names_widths_and_counts_are_those_of_keras(center: bool, scale: bool, use_bias: bool) -> None:
    from dltrain.network import build_network

    section = ModelSection.model_validate(
        {
            "layers": (
                *SECTION.model_dump()["layers"],
                {"type": "batch_normalization", "center": center, "scale": scale},
                {"type": "layer_normalization", "center": center, "scale": scale},
                {"type": "dense", "units": 6, "use_bias": use_bias},
            ),
            "output": {"activation": "linear", "use_bias": use_bias},
        }
    )

    network = build_network(section, n_features=4, n_outputs=2, seed=0)

    described = describe_network(section, n_features=4, n_outputs=2)[1:]
    counted = [
        (layer.name, layer.output.shape[-1], layer.count_params(), sum(w.numpy().size for w in layer.trainable_weights))
        for layer in network.layers
    ]
    assert counted == [(line.name, line.units, line.parameters, line.trainable_parameters) for line in described]
