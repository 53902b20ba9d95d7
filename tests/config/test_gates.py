from typing import Any

import pytest

from dltrain.config.gates import Gate, read_gates
from dltrain.config.load import LoadedConfig, config_from_dict, load_config
from dltrain.errors import ConfigError

BOUND = "expected >=, >, <= or < and a number, such as"
REPORTED = "expected one of the metrics that are reported, 'accuracy', 'roc_auc', 'log_loss',"


def config_of(*overrides: str, task: str | None = "binary", **expect: Any) -> LoadedConfig:
    content = {"data": {"path": "a.csv", "target": "y", "task": task}, "model": {"layers": []}}
    gates = {name.replace("__", "."): bound for name, bound in expect.items()}
    return config_from_dict(content | {"expect": gates}, overrides)


@pytest.mark.parametrize(
    ("text", "operator", "bound"),
    [
        (">= 0.90", ">=", 0.9),
        (">0.9", ">", 0.9),
        (" <=  1e-3 ", "<=", 1e-3),
        ("< -2", "<", -2.0),
    ],
)
def test_a_bound_is_an_operator_and_a_number(text: str, operator: str, bound: float) -> None:
    (gate,) = read_gates(config_of(test__roc_auc=text).config)
    assert gate == Gate("test", "roc_auc", operator, bound, text.strip())  # type: ignore[arg-type]
    assert gate.name == "test.roc_auc"


@pytest.mark.parametrize(
    "override",
    ["expect.test.roc_auc=>= 0.9", 'expect.test.roc_auc=">= 0.9"', 'expect={test.roc_auc: ">= 0.9"}'],
)
def test_an_override_needs_no_quotes_within_those_of_the_shell(override: str) -> None:
    assert config_of(override).config.expect == {"test.roc_auc": ">= 0.9"}


def test_an_override_replaces_one_gate() -> None:
    loaded = config_of("expect.test.roc_auc=< 1", test__roc_auc=">= 0.9", validation__log_loss="< 1")
    assert loaded.config.expect == {"test.roc_auc": "< 1", "validation.log_loss": "< 1"}


@pytest.mark.parametrize(
    ("name", "bound", "text"),
    [
        ("test.roc_acu", "> 0", f"{REPORTED} got 'roc_acu'\n    hint: did you mean 'roc_auc'?"),
        ("test.f1", "> 0", f"{REPORTED} got 'f1'\n    hint: metrics: [accuracy, roc_auc, log_loss, f1] reports it"),
        ("test.rmse", "> 0", f"{REPORTED} got 'rmse'"),
        (
            "tets.roc_auc",
            "> 0",
            "expected 'test' or 'validation', a dot and a metric, such as 'test.accuracy', got 'tets.roc_auc'\n"
            "    hint: did you mean 'test.roc_auc'?",
        ),
        (
            "accuracy",
            "> 0",
            "expected 'test' or 'validation', a dot and a metric, such as 'test.accuracy', got 'accuracy'\n"
            "    hint: did you mean 'test.accuracy'?",
        ),
        ("test.accuracy", 0.8, f'{BOUND} ">= 0.8", got 0.8\n    hint: write ">= 0.8"'),
        ("test.log_loss", "0.4", f'{BOUND} "<= 0.9", got \'0.4\'\n    hint: write "<= 0.4"'),
        ("test.accuracy", "=> 0.8", f'{BOUND} ">= 0.9", got \'=> 0.8\'\n    hint: write ">= 0.8"'),
        ("test.accuracy", "at least 0.8", f"{BOUND} \">= 0.9\", got 'at least 0.8'"),
        ("test.accuracy", ">= .inf", f"{BOUND} \">= 0.9\", got '>= .inf'"),
        ("test", {"f1": "> 0"}, "expected text or a number, got a mapping\n    hint: join the keys by a dot"),
    ],
)
def test_a_gate_that_cannot_be_judged_is_an_error(name: str, bound: Any, text: str) -> None:
    with pytest.raises(ConfigError) as caught:
        config_of(**{name: bound})
    assert f"config: expect.{name}: {text}" in str(caught.value)
    assert str(caught.value).count("expected") == 1


def test_an_error_names_the_line(tmp_path: Any) -> None:
    path = tmp_path / "fit.yaml"
    path.write_text(
        "data: {path: a.csv, target: y, task: binary}\nmodel: {layers: []}\n"
        "expect:\n  test.roc_auc: '>= 0.9'\n  test.roc_acu: '>= 0.9'\n  test.accuracy: 0.9\n"
    )
    with pytest.raises(ConfigError) as caught:
        load_config(path)
    lines = [line for line in str(caught.value).splitlines() if "hint" not in line]
    assert [line.partition(": ")[0] for line in lines] == [f"{path}:5:3", f"{path}:6:18"]


def test_any_metric_may_be_named_until_the_task_is_known() -> None:
    assert config_of(task=None, test__rmse="< 1").config.expect == {"test.rmse": "< 1"}
