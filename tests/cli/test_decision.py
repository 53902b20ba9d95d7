"""How probabilities become labels, as a user sees it."""

import json
from pathlib import Path

import pandas as pd
import pytest
from sklearn.metrics import accuracy_score, f1_score, log_loss

import dltrain
from dltrain.cli.pages.decision import print_decision
from dltrain.config import config_from_dict
from dltrain.run.decision import Decision
from tests.conftest import GOLDEN, Cli
from tests.run.test_agreement import decided

PEOPLE = GOLDEN / "people.csv"


@pytest.mark.parametrize(
    ("section", "decision", "lines"),
    [
        ({"threshold": 0.3}, Decision(threshold=0.3), ["decision   p > 0.3000"]),
        (
            {"threshold": {"maximize": "f1"}},
            Decision(threshold=0.31, validation={"f1": 0.71}),
            ["decision   p > 0.3100 (maximizes f1 on validation: 0.7100)"],
        ),
        (
            {"threshold": {"min_recall": 0.9}},
            Decision(threshold=0.21, validation={"recall": 0.95, "precision": 0.4}),
            ["decision   p > 0.2100 (recall >= 0.9 on validation: precision 0.4000, recall 0.9500)"],
        ),
        (
            {"threshold": {"min_precision": 0.8}},
            Decision(threshold=0.999997, validation={"recall": 0.05, "precision": 0.7}, is_met=False),
            [
                "decision   p > 0.999997 (no threshold has precision >= 0.8 on validation; the best has precision "
                "0.7000, recall 0.0500)"
            ],
        ),
        (
            {"threshold": {"cost": {"false_negative": 5}}},
            Decision(threshold=0.1, validation={"cost": 0.25}),
            ["decision   p > 0.1000 (lowest cost on validation: 0.2500 a row; false positive 1, false negative 5)"],
        ),
        (
            {"threshold": {"maximize": "f1"}, "calibrate": "temperature"},
            Decision(
                threshold=0.5,
                temperature=2,
                validation={"log_loss": 0.4, "uncalibrated_log_loss": 0.5},
                is_met=False,
            ),
            [
                "decision   p > 0.5000 (nothing to choose by: the validation rows have one class)",
                "calibrated temperature 2.0000 (log_loss on validation: 0.4000, without 0.5000)",
            ],
        ),
        (
            {"calibrate": "temperature"},
            Decision(temperature=0.05, validation={"log_loss": 0.001, "uncalibrated_log_loss": 0.5}),
            [
                "calibrated temperature 0.0500 (log_loss on validation: 0.0010, without 0.5000; at its limit: these "
                "rows tell too little)"
            ],
        ),
        # As a stranger may write it.
        (
            {"threshold": {"maximize": "f1"}, "calibrate": "temperature"},
            Decision(threshold=0.5, temperature=1, validation={"x": 1}),
            ["decision   p > 0.5000 (maximizes f1 on validation: –)", "calibrated temperature 1.0000"],
        ),
        ({}, None, []),
    ],
)
def test_a_decision_says_what_it_is_good_for(
    capsys: pytest.CaptureFixture[str], section: dict[str, object], decision: Decision | None, lines: list[str]
) -> None:
    content = {"data": {"path": "a.csv", "target": "y", "task": "binary"}, "model": {"layers": []}}
    print_decision(config_from_dict(content | {"decision": section}).config, decision)
    assert capsys.readouterr().out.splitlines() == lines


def test_predict_and_show_know_the_threshold(cli: Cli, golden_run: Path) -> None:
    decided("{threshold: 0.2}", threshold=0.2)(golden_run)
    frame = dltrain.load(golden_run).predict(PEOPLE)
    assert ((frame["prediction"] == "yes") == (frame["p_yes"] > 0.2)).all()
    assert (frame["prediction"] != dltrain.load(GOLDEN / "people-1").predict(PEOPLE)["prediction"]).any()
    assert "\ndecision   p > 0.2000\n" in cli("show", golden_run).out


def test_predict_gives_calibrated_probabilities(golden_run: Path) -> None:
    before = dltrain.load(golden_run).predict(PEOPLE)
    decided("{calibrate: temperature}", temperature=2)(golden_run)
    after = dltrain.load(golden_run).predict(PEOPLE)
    # With twice the temperature, odds become their square roots.
    odds = before["p_yes"] / (1 - before["p_yes"])
    assert (after["p_yes"] / (1 - after["p_yes"])).to_numpy() == pytest.approx((odds**0.5).to_numpy(), rel=1e-6)
    assert after["prediction"].tolist() == before["prediction"].tolist()


@pytest.mark.slow
def test_a_fit_prints_and_keeps_what_it_settled(cli: Cli, tmp_path: Path) -> None:
    overrides = ["training.epochs=3", "decision.threshold={maximize: f1}", "metrics=[f1, accuracy]"]
    outcome = cli("fit", GOLDEN / "people.yaml", *overrides, "--runs", tmp_path, "-q")
    assert outcome.code == 0
    metrics = json.loads((tmp_path / "people-1" / "metrics.json").read_text())
    f1 = metrics["validation"]["metrics"]["f1"]
    assert metrics["decision"]["validation"] == {"f1": pytest.approx(f1)}
    assert f"(maximizes f1 on validation: {f1:.4f})\n" in outcome.out


@pytest.mark.slow
def test_every_fold_has_a_threshold_of_its_own(tmp_path: Path) -> None:
    overrides = [
        "training.epochs=5",
        "split.folds=3",
        "metrics=[f1, accuracy, log_loss]",
        "decision={threshold: {maximize: f1}, calibrate: temperature}",
    ]
    result = dltrain.cross_validate(GOLDEN / "people.yaml", overrides=overrides, runs=tmp_path)
    frame = pd.read_csv(result.out_of_fold_path)
    thresholds = [fold.run.metrics.threshold for fold in result.folds]
    assert len(set(thresholds)) == 3
    limits = frame["fold"].map(dict(enumerate(thresholds, start=1)))
    assert ((frame["prediction"] == "yes") == (frame["p_yes"] > limits)).all()
    truth, predicted = frame["bought"] == "yes", frame["prediction"] == "yes"
    assert result.out_of_fold["metrics"] == pytest.approx(
        {
            "f1": f1_score(truth, predicted),
            "accuracy": accuracy_score(truth, predicted),
            "log_loss": log_loss(truth, frame["p_yes"]),
        }
    )


@pytest.mark.slow
def test_a_fixed_threshold_counts_in_the_metrics_of_epochs(tmp_path: Path) -> None:
    def history(threshold: float) -> list[float]:
        overrides = ["training.epochs=3", "metrics=[recall]", f"decision.threshold={threshold}"]
        path = dltrain.fit(GOLDEN / "people.yaml", overrides=overrides, runs=tmp_path).path
        return pd.read_csv(path / "history.csv")["val_recall"].tolist()

    assert history(0.001) == [1.0] * 3
    assert history(0.999) == [0.0] * 3
