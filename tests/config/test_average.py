"""Which networks can be averaged, and how large that gets."""

from typing import Any

import pytest

from dltrain.config import config_from_dict
from dltrain.config.average import average_problems, plan_average, wide_section
from dltrain.config.problems.problems import config_error
from dltrain.config.sections.model import MAX_UNITS, ModelSection


def model_section(*layers: dict[str, Any]) -> ModelSection:
    return ModelSection.model_validate({"layers": layers, "output": {"activation": "softmax"}})


def test_hidden_layers_grow_and_the_output_stays() -> None:
    section = model_section(
        {"type": "dense", "units": 8, "activation": "relu", "use_bias": False},
        {"type": "batch_normalization", "scale": False, "center": False, "momentum": 0.9},
        {"type": "dropout", "rate": 0.3},
        {"type": "dense", "units": 4},
    )
    wide = wide_section(section, plan_average(section, n_features=5, n_members=10))
    assert [getattr(layer, "units", None) for layer in wide.layers] == [80, None, None, 40]
    assert wide.layers[1].model_dump() == {
        "type": "batch_normalization",
        "momentum": 0.9,
        "epsilon": 1e-3,
        "center": True,
        "scale": True,
    }
    assert wide.layers[2:3] == section.layers[2:3]
    assert wide.output == section.output
    assert ModelSection.model_validate_json(wide.model_dump_json()) == wide


def test_layers_that_mix_units_and_layers_that_get_too_wide_are_named_at_once() -> None:
    layers = [
        {"type": "layer_normalization"},
        {"type": "dense", "units": 8, "activation": "softmax"},
        {"type": "activation", "activation": "softmax"},
        {"type": "dense", "units": MAX_UNITS // 5 + 1},
        {"type": "dense", "units": MAX_UNITS // 5},
    ]
    loaded = config_from_dict({"data": {"path": "a.csv", "target": "b"}, "model": {"layers": layers}})
    problems = list(average_problems(loaded.config.model, n_members=5))
    assert str(config_error(problems, loaded.document)).splitlines() == [
        "config: model.layers.0.type: expected a layer that treats each unit for itself, got 'layer_normalization': "
        "in one network with other seeds, it would mix their units",
        "    hint: batch_normalization can be averaged; without --average the seeds are kept as they are",
        *(
            f"config: {path}: expected a layer that treats each unit for itself, got 'softmax': "
            "in one network with other seeds, it would mix their units"
            for path in ("model.layers.1.activation", "model.layers.2.activation")
        ),
        "    hint: other activations can be averaged; without --average the seeds are kept as they are",
        "config: model.layers.3.units: expected at most 13,107 units, so that 5 such layers have at most 65,536, "
        "got 13,108",
    ]


@pytest.mark.parametrize("n_members", [2, 100])
def test_a_network_without_hidden_layers_does_not_grow(n_members: int) -> None:
    section = model_section()
    assert wide_section(section, plan_average(section, n_features=5, n_members=n_members)) == section
