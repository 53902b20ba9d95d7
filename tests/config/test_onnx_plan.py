"""The graph of a section: every layer kind and activation is planned, written, and found again in the file."""

import json
from typing import Any, get_args

import numpy as np
import pytest

from dltrain.config.architecture import describe_network
from dltrain.config.onnx_plan import ACTIVATIONS, plan_onnx
from dltrain.config.sections.model import Activation, Layer, ModelSection
from dltrain.run.onnx_file import check_onnx

KINDS = {kind.model_fields["type"].annotation.__args__[0] for kind in get_args(get_args(Layer)[0])}
LAYERS: list[list[dict[str, Any]]] = [
    [],
    *([{"type": "dense", "units": 3, "activation": name}] for name in get_args(Activation)),
    *([{"type": "activation", "activation": name}] for name in get_args(Activation)),
    [{"type": "dense", "units": 300, "use_bias": False}],
    *(
        [{"type": f"{kind}_normalization", "center": center, "scale": scale, "epsilon": 0.1}]
        for kind in ("batch", "layer")
        for center in (True, False)
        for scale in (True, False)
    ),
    [{"type": "dropout", "rate": 0.5}, {"type": "gaussian_noise", "stddev": 0.5}],
    [
        {"type": "batch_normalization"},
        {"type": "dense", "units": 4, "activation": "gelu"},
        {"type": "dropout", "rate": 0.1},
        {"type": "layer_normalization"},
        {"type": "dense", "units": 200, "activation": "relu6"},
        {"type": "dense", "units": 2, "activation": "swish"},
    ],
]


def test_every_activation_is_planned() -> None:
    assert set(ACTIVATIONS) == set(get_args(Activation))


def test_every_kind_of_layer_is_tried() -> None:
    assert {layer["type"] for layers in LAYERS for layer in layers} == KINDS


@pytest.mark.slow
@pytest.mark.parametrize("layers", LAYERS, ids=str)
def test_the_plan_is_what_is_written(layers: list[dict[str, Any]]) -> None:
    from dltrain.network import build_network, onnx_bytes

    outputs = {"activation": "softmax", "use_bias": len(layers) != 1}
    section = ModelSection.model_validate_json(json.dumps({"layers": layers, "output": outputs}))
    network = build_network(section, n_features=5, n_outputs=3, seed=0)
    content = onnx_bytes(network, section)
    plan = plan_onnx(section, n_features=5, n_outputs=3)
    check_onnx(content, plan)
    assert plan.weight_bytes < len(content) <= plan.max_bytes
    summaries = describe_network(section, n_features=5, n_outputs=3)
    assert network.count_params() == sum(summary.parameters for summary in summaries)
    other = plan_onnx(section, n_features=6, n_outputs=3)
    with pytest.raises(ValueError, match=r"expected"):
        check_onnx(content, other)


def test_the_size_of_weights_is_that_of_their_shapes() -> None:
    section = ModelSection.model_validate_json(
        json.dumps({"layers": [{"type": "dense", "units": 65_536}] * 2, "output": {"activation": "linear"}})
    )
    plan = plan_onnx(section, n_features=3, n_outputs=1)
    shapes = [(3, 65_536), (65_536,), (65_536, 65_536), (65_536,), (65_536, 1), (1,)]
    assert [weight.shape for weight in plan.weights] == shapes
    assert plan.weight_bytes == 4 * sum(int(np.prod(shape)) for shape in shapes)
