"""The linear model beside a network, and how sure test metrics are."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score, log_loss
from sklearn.preprocessing import StandardScaler

from dltrain.config import config_from_dict
from dltrain.features import EncodedFeatures
from dltrain.run import RunMetrics, Scores, load_run
from dltrain.run.decision import Decision
from dltrain.stopwatch import Stopwatch
from dltrain.workflows.fitting.judging import judged
from dltrain.workflows.fitting.preparing import Prepared, prepare
from dltrain.workflows.report import page_of_run
from tests.workflows.conftest import Fit, config_of, write_table


def prepared_for(table: Path, **sections: Any) -> Prepared:
    # Few rows to learn from, so that labels are wrong at every threshold.
    content = config_of(table, "big", split={"validation": 0.5, "test": 0.4}, **sections)
    return prepare(config_from_dict(content), Stopwatch())


def logistic(prepared: Prepared) -> tuple[np.ndarray, np.ndarray]:
    """Probabilities of the validation and the test rows by scikit-learn's model."""
    train, weight = prepared.train, prepared.train.labelled.weight
    scaler = StandardScaler().fit(train.features.numbers, sample_weight=weight)

    def scaled(features: EncodedFeatures) -> np.ndarray:
        of_categories = features.dense()[:, features.numbers.shape[1] :]
        return np.hstack([scaler.transform(features.numbers), of_categories])

    model = LogisticRegression(tol=1e-8, max_iter=1000)
    mean_1 = None if weight is None else weight / weight.mean()
    model.fit(scaled(train.features), train.answers[:, 0], sample_weight=mean_1)
    parts = (prepared.validation, prepared.test)
    validation, test = (model.predict_proba(scaled(part.features))[:, 1] for part in parts)
    return validation, test


def test_the_linear_model_has_the_best_threshold_of_its_own(table: Path) -> None:
    prepared = prepared_for(table, decision={"threshold": {"maximize": "f1"}})
    validation, test = logistic(prepared)
    truth = prepared.validation.labelled.truth
    best = max(f1_score(truth, validation > threshold) for threshold in [0.0, *validation])
    linear = prepared.linear
    assert linear is not None
    assert linear.threshold is not None
    assert linear.values[:, 1] == pytest.approx(test, abs=2e-3)
    assert f1_score(truth, validation > linear.threshold) == pytest.approx(best)
    assert best > f1_score(truth, validation > 0.5)


def test_a_threshold_is_for_rows_as_they_are_whatever_class_weights_teach(table: Path) -> None:
    class_weight = {"no": 1, "yes": 20}
    prepared = prepared_for(table, decision={"threshold": {"maximize": "f1"}}, training={"class_weight": class_weight})
    truth, validation = prepared.validation.labelled.truth, logistic(prepared)[0]
    linear = prepared.linear
    assert linear is not None
    assert linear.threshold is not None
    best = max(f1_score(truth, validation > threshold) for threshold in validation)
    assert f1_score(truth, validation > linear.threshold) == pytest.approx(best)


def test_the_linear_model_has_a_temperature_of_its_own(table: Path) -> None:
    plain, calibrated = prepared_for(table).linear, prepared_for(table, decision={"calibrate": "temperature"}).linear
    assert plain is not None
    assert calibrated is not None
    assert plain.threshold is calibrated.threshold is None
    before, after = (np.log(part.values[:, 1] / part.values[:, 0]) for part in (plain, calibrated))
    temperature = before / after
    assert temperature == pytest.approx(temperature[0], rel=1e-6)
    prepared = prepared_for(table)
    truth, p = prepared.validation.labelled.truth, logistic(prepared)[0]
    losses = {t: log_loss(truth, 1 / (1 + np.exp(-np.log(p / (1 - p)) / t))) for t in np.geomspace(0.05, 20, 500)}
    assert temperature[0] == pytest.approx(min(losses, key=lambda t: losses[t]), rel=0.03)
    assert abs(temperature[0] - 1) > 0.05


def test_intervals_and_the_linear_model_are_those_of_the_thresholds(table: Path) -> None:
    prepared = prepared_for(table, metrics=["f1"], decision={"threshold": 0.1})
    test, linear = prepared.test.labelled, prepared.linear
    assert linear is not None
    assert linear.threshold == 0.1
    scores = Scores(rows=test.n_rows, metrics={"f1": None}, baseline={"f1": None})
    metrics = RunMetrics(
        train_rows=1,
        validation=scores,
        test=scores,
        trivial_prediction=(0.5, 0.5),
        epochs=1,
        best_epoch=1,
        parameters=1,
        decision=Decision(threshold=0.1),
    )
    found = judged(metrics, prepared.config, test, linear.values, linear)
    expected = f1_score(test.truth, linear.values[:, 1] > 0.1)
    assert found.linear is not None
    assert found.linear.metrics == {"f1": pytest.approx(expected, rel=1e-5)}
    # A model does not differ from itself.
    assert found.linear.differences == {"f1": (0, 0)}
    assert found.test_intervals is not None
    bounds = found.test_intervals["f1"]
    assert bounds is not None
    assert bounds[0] < expected < bounds[1]


@pytest.mark.slow
def test_the_page_of_a_run_without_intervals_is_made_with_the_rows_of_its_validation_file(
    table: Path, tmp_path: Path, columns: dict[str, list[Any]], fit: Fit
) -> None:
    # More rows than data.path has test rows: their places are not those of its rows.
    others = write_table(tmp_path / "others.csv", {name: cells[::-1] * 2 for name, cells in columns.items()})
    run = load_run(fit("price", split={"validation": str(others)}).path)
    old = replace(run, metrics=run.metrics.model_copy(update={"test_intervals": None, "linear": None}))
    assert page_of_run(old) == page_of_run(run)


def test_programs_are_told_which_columns_the_predictions_rest_on(fit: Fit) -> None:
    model = fit("price", data={"drop": ["big", "level", "weight"]}, training={"epochs": 30})
    importance = model.metrics["importance"]
    increases = [one["increase"] for one in importance]
    assert sorted(one["name"] for one in importance) == ["a", "b", "kind"]
    assert increases == sorted(increases, reverse=True)
    # The target was made of 2a - b + (kind == "red").
    assert importance[0]["name"] == "a"
    assert importance[0]["low"] > 0


def metrics_for(names: tuple[str, ...], n_rows: int, shares: tuple[float, float], threshold: float) -> RunMetrics:
    """What judging begins with; its own scores do not matter."""
    scores = Scores(rows=n_rows, metrics=dict.fromkeys(names), baseline=dict.fromkeys(names))
    decision = Decision(threshold=threshold)
    return RunMetrics(
        train_rows=1,
        validation=scores,
        test=scores,
        trivial_prediction=shares,
        epochs=1,
        best_epoch=1,
        parameters=1,
        decision=decision,
    )


@pytest.mark.parametrize("name", ["f1", "precision"])
def test_a_network_that_guesses_is_not_better_than_taking_every_row_for_positive(table: Path, name: str) -> None:
    """Class shares take no row for positive: their f1 is 0, and every guess beats it."""
    prepared = prepared_for(table, metrics=[name])
    test, rng = prepared.test.labelled, np.random.default_rng(0)
    guess = rng.random(test.n_rows)
    metrics = metrics_for((name,), test.n_rows, (0.7, 0.3), 0.5)
    found = judged(metrics, prepared.config, test, np.column_stack([1 - guess, guess]), None)
    assert found.baseline_difference is not None
    assert found.baseline_difference[0] < 0
    truth = test.truth.astype(np.float64)
    known = judged(metrics, prepared.config, test, np.column_stack([1 - truth, truth]), None)
    assert known.baseline_difference is not None
    assert known.baseline_difference[0] > 0


def test_the_trivial_prediction_is_compared_on_the_same_draws(table: Path) -> None:
    """Where both are right in nearly all rows, little is left to chance."""
    prepared = prepared_for(table, metrics=["accuracy"])
    test = prepared.test.labelled
    # Right for all negative rows and half of the positive ones.
    chosen = (test.truth == 1) & (np.arange(test.n_rows) % 2 == 0)
    predicted = np.where(chosen[:, np.newaxis], [0.1, 0.9], [0.9, 0.1])
    found = judged(metrics_for(("accuracy",), test.n_rows, (0.7, 0.3), 0.5), prepared.config, test, predicted, None)
    assert found.baseline_difference is not None
    low, high = found.baseline_difference
    gain = np.mean(chosen)
    error = np.sqrt(gain * (1 - gain) / test.n_rows)
    assert (low, high) == pytest.approx((gain - 1.96 * error, gain + 1.96 * error), abs=0.25 * error)


def test_rows_that_the_split_keeps_together_are_drawn_together(tmp_path: Path, columns: dict[str, list[Any]]) -> None:
    """Every row five times: as a random split sees it, five rows are surer than one."""
    repeated = {name: [cell for cell in cells for _ in range(5)] for name, cells in columns.items()}
    table = write_table(tmp_path / "t.csv", {**repeated, "who": [n // 5 for n in range(1500)]})
    widths = []
    for split in ({"strategy": "group", "column": "who"}, {"strategy": "random"}):
        content = config_of(table, "price", split={**split, "test": 0.4}, metrics=["mae"])
        content["data"]["drop"] += [] if "column" in split else ["who"]
        prepared = prepare(config_from_dict(content), Stopwatch())
        test, linear = prepared.test.labelled, prepared.linear
        assert linear is not None
        scores = Scores(rows=test.n_rows, metrics={"mae": 1.0}, baseline={"mae": 1.0})
        metrics = RunMetrics(
            train_rows=1,
            validation=scores,
            test=scores,
            trivial_prediction=100.0,
            epochs=1,
            best_epoch=1,
            parameters=1,
        )
        found = judged(metrics, prepared.config, test, linear.values, linear).test_intervals
        assert found is not None
        assert found["mae"] is not None
        widths.append(found["mae"][1] - found["mae"][0])
        assert test.n_groups == (120 if "column" in split else None)
    assert widths[0] / widths[1] == pytest.approx(np.sqrt(5), rel=0.2)
