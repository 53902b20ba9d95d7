import json
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from dltrain.config.config import Config
from dltrain.config.resolve import resolve_config
from dltrain.config.yaml.reader import read_yaml
from dltrain.config.yaml_writer import to_yaml
from tests.config.strategies import documents


def config_of(document: Any) -> Config:
    return Config.model_validate_json(json.dumps(document))


def read_back(config: Config) -> Config:
    return config_of(read_yaml(to_yaml(config), source="config.yaml").data)


def small(**sections: Any) -> Config:
    return config_of({"data": {"path": "a.csv", "target": "y"}, "model": {"layers": []}} | sections)


def named(text: str) -> Config:
    return small(
        data={"path": "a.csv", "target": text or "y", "features": [text], "positive": text},
        training={"class_weight": {text: 1}},
        preprocessing={"columns": {text: {"fill_value": text}}},
    )


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(documents())
def test_every_config_is_read_back_equal(document: Any) -> None:
    try:
        config = config_of(document)
    except ValidationError:
        assume(False)
    assert read_back(config) == config


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=200))
def test_every_text_is_read_back_equal(text: str) -> None:
    assert read_back(named(text)) == named(text)


@pytest.mark.parametrize(
    "text",
    [
        *["", "no", "1", "007", "1e-3", "0x1F", "12:30", "null", "~", "<<", "- a", "a: b", "#", "=", "-", "?"],
        *["*a", "&a", "!a", "%a", "@a", "'", '"', "\\", "  two  ", "a\nb\n", "word " * 60, "9" * 400],
        *["é", "😀", "\x00", "\x85", "\u2028", "\ufeff"],
    ],
)
def test_texts_that_look_like_something_else_are_read_back_equal(text: str) -> None:
    assert read_back(named(text)) == named(text)


def test_null_is_written_where_it_is_not_the_default() -> None:
    config = small(
        training={"early_stopping": None, "optimizer": {"type": "adamw", "weight_decay": None}},
    )
    written = yaml.safe_load(to_yaml(config))
    assert written["training"]["early_stopping"] is None
    assert written["training"]["optimizer"]["weight_decay"] is None
    assert "loss" not in written["training"]
    assert read_back(config) == config


def test_a_resolved_config_is_written_in_the_order_of_the_sections() -> None:
    config = resolve_config(
        small(
            data={"path": "/data/adult.csv", "target": "income"},
            model={"layers": [{"type": "dropout", "rate": 0.3}]},
            training={"optimizer": "sgd", "early_stopping": None},
        ),
        task="binary",
        positive="1",
        n_classes=2,
        features=["age", "1990"],
    )
    assert to_yaml(config) == (
        """\
data:
  path: /data/adult.csv
  target: income
  task: binary
  positive: "1"
  features: [age, "1990"]
  drop: []
  id: []
  missing_target: error
  missing_values: []
  separator: ','
  trim_spaces: false
  encoding: utf-8
  skip_lines: 0
  decimal: .
  unit_of: {}
split:
  strategy: stratified
  test: 0.2
  validation: 0.16
  seed: 0
preprocessing:
  numeric: {impute: median, indicator: false, scale: standard}
  categorical: {impute: missing, encode: one_hot, smoothing: auto, min_count: 1, max_categories: 255}
  boolean: {impute: most_frequent, indicator: false}
  datetime: {cyclic: true, impute: median, indicator: false, scale: standard}
  target: {transform: none}
  columns: {}
model:
  layers:
  - {type: dropout, rate: 0.3}
  output:
    units: 1
    activation: sigmoid
    use_bias: true
    kernel_initializer: {type: glorot_uniform}
    bias_initializer: {type: zeros}
training:
  loss: {type: binary_crossentropy, label_smoothing: 0.0}
  optimizer: {type: sgd, learning_rate: 0.01, use_ema: false, ema_momentum: 0.99, momentum: 0.0, nesterov: false}
  batch_size: 64
  epochs: 100
  early_stopping: null
  checkpoint_seconds: 10.0
  seed: 0
metrics: [accuracy, roc_auc, log_loss]
"""
    )
