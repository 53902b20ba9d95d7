"""What `dltrain fit`, `evaluate` and `show` say of gates, and how they end."""

import json
from pathlib import Path

import pytest

from dltrain.cli.output import number
from dltrain.cli.pages.gates import check_gates, print_gates
from dltrain.config.gates import Gate
from dltrain.errors import GateError
from dltrain.run.gates import JudgedGate, value_text
from tests.conftest import GOLDEN, Cli

FIT = ("fit", GOLDEN / "people.yaml", "training.epochs=2", "--quiet")
REACHED, MISSED = "expect.validation.log_loss=< 9", "expect.test.roc_auc=>= 1.5"


def gate(value: float | None, *, bound: float = 0.9, is_reached: bool | None = False) -> JudgedGate:
    return JudgedGate(Gate("test", "roc_auc", ">=", bound, f">= {bound}"), value, is_reached)


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.85, "0.8500"), (0.89999, "0.89999"), (0.9, "0.9000"), (None, "undefined")],
)
def test_a_value_shows_on_which_side_of_the_bound_it_is(value: float | None, text: str) -> None:
    assert value_text(gate(value), number) == text


def test_every_gate_has_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    print_gates((gate(0.85), gate(0.95, is_reached=True), gate(None, is_reached=None)))
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert lines == [
        ["gate", "value", "expected"],
        ["test.roc_auc", "0.8500", ">=", "0.9", "missed"],
        ["test.roc_auc", "0.9500", ">=", "0.9", "reached"],
        ["test.roc_auc", "–", ">=", "0.9", "not", "judged", "here"],
    ]
    print_gates(())
    assert capsys.readouterr().out == ""


def test_reached_gates_end_well() -> None:
    check_gates((gate(0.95, is_reached=True),), run=Path("runs/a-1"), is_new=True)
    with pytest.raises(GateError) as caught:
        check_gates((gate(0.95, is_reached=True), gate(0.85)), run=Path("runs/a-1"), is_new=True)
    assert str(caught.value).splitlines() == [
        "1 of 2 gates missed",
        "  test.roc_auc: expected >= 0.9, got 0.8500",
        "kept: the run, in runs/a-1",
    ]


@pytest.mark.slow
def test_a_missed_gate_ends_fit_and_evaluate_with_code_5_after_all_output(cli: Cli, tmp_path: Path) -> None:
    assert cli(*FIT, REACHED, "--runs", tmp_path).code == 0
    outcome = cli(*FIT, REACHED, MISSED, "--runs", tmp_path)
    run = tmp_path / "people-2"
    assert outcome.code == 5
    assert outcome.out.endswith(f"saved to {run}\n")
    assert outcome.err.startswith("error: 1 of 2 gates missed\n  test.roc_auc: expected >= 1.5, got ")
    assert outcome.err.endswith(f"kept: the run, in {run}\n")
    printed = [line.split()[0] for line in outcome.out.splitlines() if line.rstrip().endswith(("reached", "missed"))]
    assert printed == ["validation.log_loss", "test.roc_auc"]

    scored = cli("evaluate", run, "--json")
    assert scored.code == 5
    gates = json.loads(scored.out)["gates"]
    assert [(gate["gate"], gate["reached"]) for gate in gates] == [
        ("validation.log_loss", None),
        ("test.roc_auc", False),
    ]
    assert json.loads(cli("show", run, "--json").out)["gates"][1]["reached"] is False
    assert cli("evaluate", run, "--data", GOLDEN / "people.csv").code == 5
    assert cli("evaluate", tmp_path / "people-1").code == 0


@pytest.mark.slow
def test_a_cross_validation_is_judged_by_its_means(cli: Cli, tmp_path: Path) -> None:
    outcome = cli(*FIT, REACHED, MISSED, "split.folds=2", "--runs", tmp_path, "--json")
    content = json.loads(outcome.out)
    assert outcome.code == 5
    assert [gate["value"] for gate in content["gates"]] == [
        content["validation"]["log_loss"]["mean"],
        content["metrics"]["roc_auc"]["mean"],
    ]
    shown = cli("show", tmp_path / "people-1", "--json")
    assert (shown.code, json.loads(shown.out)) == (0, content)


@pytest.mark.slow
def test_a_model_of_the_api_has_its_gates(tmp_path: Path) -> None:
    import dltrain

    model = dltrain.fit(FIT[1], overrides=["training.epochs=1", REACHED, MISSED], runs=tmp_path)
    assert [gate["reached"] for gate in model.gates] == [True, False]
