import operator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dltrain.config import Config, config_from_dict
from dltrain.run.folds import FoldsSummary
from dltrain.run.gates import judge, judge_group, missed_text
from dltrain.run.members import Spread
from dltrain.run.metrics_file import Scores

FLOATS = st.floats(-1e6, 1e6)


def config_of(**expect: str) -> Config:
    content = {"data": {"path": "a.csv", "target": "y", "task": "binary"}, "model": {"layers": []}}
    return config_from_dict(
        content | {"expect": {name.replace("__", "."): text for name, text in expect.items()}}
    ).config


@given(FLOATS, FLOATS)
def test_bounds_are_compared_as_python_compares_numbers(value: float, bound: float) -> None:
    for text, compare in ((">=", operator.ge), (">", operator.gt), ("<=", operator.le), ("<", operator.lt)):
        config = config_of(test__accuracy=f"{text} {bound!r}")
        (equal,) = judge(config, {"test": {"accuracy": bound}})
        (judged,) = judge(config, {"test": {"accuracy": value}})
        assert judged.is_reached == compare(value, bound)
        assert equal.is_reached == ("=" in text)


def test_an_undefined_metric_misses() -> None:
    (judged,) = judge(config_of(test__roc_auc=">= 0"), {"test": {"roc_auc": None}})
    assert judged.is_missed
    assert judged.to_dict() == {"gate": "test.roc_auc", "expected": ">= 0", "value": None, "reached": False}


def test_a_part_that_is_not_there_is_not_judged() -> None:
    gates = judge(config_of(validation__accuracy="> 1", test__accuracy="> 1"), {"test": {"accuracy": 0.5}})
    assert [gate.is_reached for gate in gates] == [None, False]
    text = missed_text(gates, str)
    assert text == "1 of 1 gate missed\n  test.accuracy: expected > 1, got 0.5"


def test_nothing_is_said_when_all_gates_are_reached() -> None:
    assert missed_text(judge(config_of(test__accuracy="> 0"), {"test": {"accuracy": 0.5}}), str) is None


@pytest.mark.parametrize(("bound", "is_reached"), [(">= 0.8", True), ("> 0.81", False)])
def test_of_folds_the_mean_is_judged(bound: str, is_reached: bool) -> None:
    spread = Spread(mean=0.8, sd=0.1, values=(0.7, 0.9), baseline=0.5)
    summary = FoldsSummary(
        created="2026-01-01",
        config="people",
        task="binary",
        folds=2,
        rows=(10, 10),
        metrics={"accuracy": spread},
        validation={"accuracy": spread.model_copy(update={"mean": 0.85})},
        out_of_fold=Scores(rows=20, metrics={"accuracy": 0.1}, baseline={"accuracy": 0.5}),
    )
    config = config_of(test__accuracy=bound, validation__accuracy="< 0.85")
    assert [gate.is_reached for gate in judge_group(config, summary)] == [is_reached, False]
    old = summary.model_copy(update={"validation": None})
    assert [gate.is_reached for gate in judge_group(config, old)] == [is_reached, None]
