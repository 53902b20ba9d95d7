"""What is said of a fit, from curves and facts that are made up."""

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from dltrain.config import config_from_dict, to_yaml
from dltrain.config.yaml.reader import read_yaml
from dltrain.run import Epoch
from dltrain.scoring.decided_labels import DecidedLabels
from dltrain.scoring.diagnosis import MOST_TOLD, diagnose
from dltrain.scoring.fit_evidence import FitEvidence, FitFacts, HeaviestRow, UnseenLabels
from dltrain.scoring.missed import Missed
from dltrain.scoring.row_errors import RowErrors

N = 60
FALLING = 0.3 + 0.7 * np.exp(-np.arange(N) / 8)
DENSE = {"type": "dense", "units": 32, "activation": "relu"}
MUCH, LITTLE, UNKNOWN = Missed(0.4, 8.0, 500), Missed(0.01, 1.0, 500), Missed(0.04, 1.0, 30)


def errors(mean: float, n_rows: int = 400) -> RowErrors:
    """Errors around a mean."""
    values = np.random.default_rng(0).uniform(0.5, 1.5, n_rows)
    return RowErrors("squared error", values * (mean / values.mean()), np.ones(n_rows))


def scattered(mean: float, n_rows: int, seed: int = 0) -> RowErrors:
    """Errors as uneven as squares of normal ones."""
    values = np.random.default_rng(seed).normal(size=n_rows) ** 2
    return RowErrors("squared error", values * (mean / values.mean()), np.ones(n_rows))


def jumping(curve: np.ndarray, noise: float, seed: int = 0) -> np.ndarray:
    return np.asarray(curve + np.random.default_rng(seed).normal(0, noise, len(curve)))


def evidence(
    *overrides: str,
    loss: np.ndarray = FALLING,
    val_loss: np.ndarray | None = None,
    rate: float = 1e-3,
    rows: int = 500,
    parameters: int = 2_000,
    **facts: Any,
) -> FitEvidence:
    """A healthy fit, and what is different in this one."""
    content = {
        "data": {"path": "a.csv", "target": "y", "task": "regression"},
        "model": {"layers": [DENSE, DENSE]},
        "training": {"loss": "mse", "epochs": len(loss), "early_stopping": None, "optimizer": {"type": "adam"}},
        "split": {"strategy": "random"},
    }
    losses = zip(loss, loss * 1.1 if val_loss is None else val_loss, strict=True)
    measured: dict[str, Any] = {
        "largest_input": 3.0,
        "dead_units": {"dense_1": 0.1, "dense_2": 0.5},
        "missed": LITTLE,
        "train": errors(0.3),
        "validation": errors(0.33),
        "test": errors(0.34),
        "baseline": errors(1.0),
        "train_baseline": errors(1.0),
        "validation_baseline": errors(1.0),
        "linear": None,
        "calibrated": None,
        "labels": None,
    }
    return FitEvidence(
        config=config_from_dict(content, [f"training.optimizer.learning_rate={rate}", *overrides]).config,
        epochs=[Epoch(n, float(a), float(b), {}, rate, 1.0) for n, (a, b) in enumerate(losses, start=1)],
        facts=FitFacts(**(measured | facts)),
        train_rows=2_000,
        validation_rows=rows,
        parameters=parameters,
    )


@pytest.mark.parametrize(("network", "constant"), [(9e10, 5e10), (4e6, 10.0), (0.2, 3e-24)])
def test_a_target_without_a_scale_that_is_never_reached_is_named(network: float, constant: float) -> None:
    """Amounts, years and tiny numbers: the network ends far from all of them."""
    far: dict[str, Any] = {"train": errors(network), "validation": errors(network), "test": errors(network)}
    fit = evidence("preprocessing.target.scale=none", **far, baseline=errors(constant))
    (found,) = diagnose(fit)
    assert (found.topic, found.change) == ("unscaled_target", "preprocessing.target.scale=standard")
    for said in (evidence(**far, baseline=errors(constant)), evidence("preprocessing.target.scale=none")):
        assert "unscaled_target" not in {found.topic for found in diagnose(said)}


@pytest.mark.parametrize(
    "override", ["training.loss=poisson", "model.output.activation=softplus", "model.output.activation=tanh"]
)
def test_a_target_is_scaled_as_the_output_can_reach_it(override: str) -> None:
    far: dict[str, Any] = {"train": errors(4e6), "validation": errors(4e6), "test": errors(4e6)}
    fit = evidence("preprocessing.target.scale=none", override, **far, baseline=errors(10.0))
    (found,) = diagnose(fit)
    assert found.change == "preprocessing.target.scale=min_max"
    content = fit.config.model_dump(mode="json", exclude_none=True)
    assert config_from_dict(content, [found.change]).config.preprocessing.target.scale == "min_max"


def test_nothing_is_said_of_a_healthy_fit() -> None:
    assert diagnose(evidence()) == ()
    assert diagnose(evidence(val_loss=jumping(FALLING, 0.005))) == ()
    assert diagnose(evidence(loss=np.array([1.0, 0.5, 0.3]))) == ()


def test_a_row_that_outweighs_all_others_is_named_before_what_follows_from_it() -> None:
    heaviest = HeaviestRow("a.csv:501", "training", 400, 0.87, "squared error")
    (found,) = diagnose(evidence(heaviest=heaviest))
    assert (found.topic, found.change) == ("one_row", None)
    assert found.message == (
        "1 of 400 training rows makes 87% of their squared error, a.csv:501: is it an example like the others?"
    )
    assert diagnose(evidence(heaviest=replace(heaviest, share=0.49))) == ()
    jumps = jumping(FALLING, 0.2)
    assert next(found.topic for found in diagnose(evidence(loss=jumps, rate=0.1))) == "learning_rate_too_high"
    assert [found.topic for found in diagnose(evidence(loss=jumps, rate=0.1, heaviest=heaviest))] == ["one_row"]


def test_dropout_on_few_rows_makes_a_loss_jump_at_any_rate() -> None:
    """Which a lower rate does not change; so it is no sign of one that is too high."""
    jumps = 0.7 + np.random.default_rng(0).normal(0, 0.05, N)
    dropout = {"type": "dropout", "rate": 0.3}
    same: dict[str, Any] = {"train": errors(0.7), "baseline": errors(0.7)}
    for layers, rows, is_said in (([DENSE], 8, True), ([DENSE, dropout], 8, False), ([DENSE, dropout], 2_000, True)):
        fit = evidence(
            f"model.layers={json.dumps(layers)}", loss=jumps, val_loss=jumping(np.full(N, 0.7), 0.03), **same
        )
        topics = {found.topic for found in diagnose(replace(fit, train_rows=rows))}
        assert ("learning_rate_too_high" in topics) == is_said


@pytest.mark.parametrize("layer", [{"type": "dropout", "rate": 0.3}, {"type": "batch_normalization"}])
def test_steps_that_are_too_long_make_both_losses_jump(layer: dict[str, Any]) -> None:
    """Layers of random numbers or batches make the training loss jump alone."""
    jumps = 0.7 + np.random.default_rng(0).normal(0, 0.05, N)
    for validation, is_said in ((jumps, True), (np.full(N, 0.7), False)):
        fit = evidence(f"model.layers={json.dumps([DENSE, layer])}", loss=jumps, val_loss=validation)
        assert ("learning_rate_too_high" in {found.topic for found in diagnose(fit)}) == is_said


def test_few_rows_that_hold_most_of_the_error_are_few_rows() -> None:
    jumps = 0.7 + np.random.default_rng(0).normal(0, 0.05, N)
    rare = RowErrors("cross-entropy", np.where(np.arange(400) < 20, 5.0, 0.05), np.ones(400))
    for train, is_said in ((errors(0.3), True), (rare, False)):
        layers = json.dumps([DENSE, {"type": "dropout", "rate": 0.3}])
        fit = evidence(f"model.layers={layers}", loss=jumps, val_loss=jumping(np.full(N, 0.7), 0.03), train=train)
        topics = {found.topic for found in diagnose(replace(fit, train_rows=400))}
        assert ("learning_rate_too_high" in topics) == is_said


def scheduled(fit: FitEvidence, first: float, last: float) -> FitEvidence:
    """The same with rates that fall."""
    rates = np.geomspace(first, last, len(fit.epochs)).tolist()
    epochs = [replace(epoch, learning_rate=rate) for epoch, rate in zip(fit.epochs, rates, strict=True)]
    return replace(fit, epochs=epochs)


def test_what_jumps_after_short_steps_too_does_not_do_so_for_the_rate() -> None:
    jumps = 0.7 + np.random.default_rng(0).normal(0, 0.05, N)
    fit = evidence(loss=jumps, val_loss=jumps)
    for last, is_said in ((1e-3, True), (1e-6, False)):
        topics = {found.topic for found in diagnose(scheduled(fit, 1e-3, last))}
        assert ("learning_rate_too_high" in topics) == is_said


FALLING_RATE = "training.optimizer.learning_rate={type: cosine_decay, initial_learning_rate: %g}"


@pytest.mark.parametrize(("rate", "advised"), [(1e-5, "0.001"), (1e-6, "0.001"), (5e-5, "0.001")])
def test_rates_of_a_schedule_that_are_all_low_come_before_what_follows(rate: float, advised: str) -> None:
    fit = scheduled(
        evidence(FALLING_RATE % rate, missed=MUCH, train=errors(0.9), validation=errors(0.92), test=errors(0.95)),
        rate,
        rate / 100,
    )
    (found,) = diagnose(fit)
    assert found.topic == "learning_rate_too_low"
    assert found.change == f"training.optimizer.learning_rate.initial_learning_rate={advised}"
    assert found.message.startswith(
        f"the rates of the schedule reach {rate:.3g}, where up to 0.01 is usual, and the squared"
    )
    # Low rates are right where nothing is missed, and a tenth of the highest usual one is not low.
    missing: dict[str, Any] = {"missed": MUCH, "train": errors(0.9), "validation": errors(0.92), "test": errors(0.95)}
    topics = {found.topic for found in diagnose(scheduled(evidence(FALLING_RATE % 1e-3, **missing), 1e-3, 1e-5))}
    assert "learning_rate_too_low" not in topics
    assert diagnose(scheduled(evidence(FALLING_RATE % rate), rate, rate / 100)) == ()


def test_training_rows_that_are_easier_for_a_constant_are_not_learned_by_heart() -> None:
    weak: dict[str, Any] = {"train": errors(0.25), "train_baseline": errors(0.21)}
    weak |= {"validation": errors(0.31), "validation_baseline": errors(0.27), "baseline": errors(0.27)}
    assert not evidence(**weak).is_by_heart
    assert evidence(**weak | {"train": errors(0.1)}).is_by_heart


TO_ZERO = np.concatenate([FALLING[:20], np.zeros(N - 20)])
JUMPING_AT_ZERO = np.where(np.arange(N) % 16 < 8, TO_ZERO, TO_ZERO + np.arange(N) % 2)


@pytest.mark.parametrize("loss", [FALLING, TO_ZERO, JUMPING_AT_ZERO, np.zeros(N)])
@pytest.mark.parametrize("val_loss", [FALLING, TO_ZERO, JUMPING_AT_ZERO, np.zeros(N)])
@pytest.mark.parametrize("error", [0.0, 0.3])
def test_a_loss_of_zero_is_no_mistake(loss: np.ndarray, val_loss: np.ndarray, error: float) -> None:
    left_over: dict[str, Any] = {name: errors(error) for name in ("train", "validation", "test")}
    for fit in (
        evidence(loss=loss, val_loss=val_loss, **left_over),
        evidence(loss=loss, val_loss=val_loss, rate=0.1, missed=MUCH, **left_over),
        evidence(loss=loss, val_loss=val_loss, **left_over, baseline=errors(0), validation_baseline=errors(0)),
    ):
        assert all("inf" not in found.message and "nan" not in found.message for found in diagnose(fit))


STEADY = np.linspace(1, 0.9, N)
RISING = np.concatenate([FALLING[:20], np.linspace(FALLING[19], 0.8, N - 20)])
SLOW = 0.3 + 0.7 * np.exp(-np.arange(N) / 35)

CASES: dict[str, tuple[FitEvidence, str, str | None]] = {
    "a straight curve": (evidence(loss=STEADY, rate=1e-6), "learning_rate_too_low", "optimizer.learning_rate=0.001"),
    "a straight curve at a high rate": (
        evidence(loss=STEADY, rate=0.02), "learning_rate_too_low", "training.epochs=120",
    ),
    "a jumping curve": (
        evidence(loss=jumping(FALLING, 0.1), rate=0.05), "learning_rate_too_high", "optimizer.learning_rate=0.005",
    ),
    "an explosion": (
        evidence(loss=np.concatenate([[1e6], FALLING]), train=errors(1.0), rate=1.0),
        "learning_rate_too_high", "optimizer.learning_rate=0.01",
    ),
    "a high plateau at a high rate": (
        evidence(missed=MUCH, rate=0.5, train=errors(0.6)), "learning_rate_too_high", "optimizer.learning_rate=0.01",
    ),
    "dead units": (evidence(dead_units={"dense_2": 0.97}, rate=0.1), "dead_units", "optimizer.learning_rate=0.01"),
    "unscaled inputs": (
        evidence("preprocessing.numeric.scale=none", largest_input=5_000.0),
        "unscaled_inputs", "preprocessing.numeric.scale=standard",
    ),
    "overfitting": (evidence(val_loss=RISING), "overfitting", "training.early_stopping={patience: 6}"),
    "overfitting with the last weights kept": (
        evidence("training.early_stopping={restore_best_weights: false}", val_loss=RISING),
        "overfitting", "training.early_stopping.restore_best_weights=true",
    ),
    "too few epochs": (evidence(loss=SLOW), "stopped_too_early", "training.epochs=120"),
    "very few epochs": (evidence(loss=FALLING[:4], missed=MUCH), "stopped_too_early", "training.epochs=8"),
    "stopped by a small patience": (
        evidence("training.epochs=500", "training.early_stopping={patience: 3}", loss=SLOW),
        "stopped_too_early", "training.early_stopping.patience=10",
    ),
    "stopped by min_delta": (
        evidence("training.epochs=500", "training.early_stopping={patience: 3, min_delta: 0.01}", loss=SLOW),
        "stopped_too_early", "training.early_stopping.min_delta=0",
    ),
    "nothing to learn": (
        evidence(train=errors(0.99), validation=errors(1.0), test=errors(1.01)), "no_better_than_baseline", None,
    ),
    "learned by heart": (
        evidence(train=errors(0.1), validation=errors(1.0), test=errors(1.01)),
        "no_better_than_baseline", "model.layers.0.kernel_regularizer={type: l2, l2: 0.01}",
    ),
    "a small network": (evidence(missed=MUCH), "underfitting", "model.layers.0.units=128"),
    "layers without a bend": (
        evidence("model.layers=[{type: dense, units: 32, activation: linear}]", missed=MUCH),
        "underfitting", "model.layers.0.activation=relu",
    ),
    "a linear model": (
        evidence("model.layers=[]", missed=MUCH),
        "underfitting", "model.layers=[{type: dense, units: 64, activation: relu}]",
    ),
    "much dropout": (
        evidence("model.layers=[{type: dense, units: 64, activation: relu}, {type: dropout, rate: 0.6}]", missed=MUCH),
        "underfitting", "model.layers.1.rate=0.2",
    ),
    "another kind of test rows": (evidence(test=errors(0.6)), "test_differs", "split.folds=5"),
    "another kind of test rows in a fold": (evidence("split.folds=3", test=errors(0.6)), "test_differs", None),
    "an output of its own": (
        evidence("model.layers=[{type: dense, units: 8}, {type: dense, units: 1, activation: sigmoid}]"),
        "repeated_output",
        None,
    ),
    "a test file": (evidence("split.test=other.csv", test=errors(0.6)), "test_differs", None),
    "few validation rows": (
        evidence(val_loss=jumping(FALLING, 0.15), rows=6, validation=scattered(0.33, 6)),
        "noisy_validation", "split.validation=0.3",
    ),
    "more jumps than few validation rows explain": (
        evidence(val_loss=jumping(FALLING, 0.15)),
        "learning_rate_too_high", "learning_rate={type: cosine_decay, initial_learning_rate: 0.001}",
    ),
    "jumps as large as what was learned": (
        evidence(val_loss=jumping(0.3 + 5 * FALLING, 0.15), validation=errors(0.8), train=errors(0.7)),
        "learning_rate_too_high", "learning_rate={type: cosine_decay, initial_learning_rate: 0.001}",
    ),
    "jumps at a rate that falls already": (
        evidence(
            "training.optimizer.learning_rate={type: cosine_decay, initial_learning_rate: 1e-3}",
            val_loss=jumping(FALLING, 0.15),
        ),
        "learning_rate_too_high", "learning_rate.initial_learning_rate=0.0001",
    ),
    "few test rows": (
        evidence(test=scattered(0.99, 20), baseline=scattered(1.0, 20, seed=1)),
        "no_better_than_baseline", "split.folds=5",
    ),
    "few test rows of a share that makes no folds": (
        evidence("split.test=0.15", test=scattered(0.99, 20), baseline=scattered(1.0, 20, seed=1)),
        "no_better_than_baseline", "split.folds=5",
    ),
    "probabilities that are too sure": (
        evidence(
            "data.task=binary", "training.loss=binary_crossentropy", "model.output.activation=sigmoid",
            "split.strategy=stratified", test=errors(1.1), validation=errors(1.1), calibrated=errors(0.5),
        ),
        "no_better_than_baseline", "decision.calibrate=temperature",
    ),
    "what a linear model finds": (
        evidence(validation=errors(1.0), train=errors(1.0), test=errors(1.01), linear=errors(0.7)),
        "no_better_than_baseline", "training.epochs=120",
    ),
    "worse than a linear model": (
        evidence(linear=errors(0.25)), "worse_than_linear", "training.epochs=120",
    ),
    "worse than a linear model, by heart": (
        evidence(train=errors(0.1), linear=errors(0.25)),
        "worse_than_linear", "model.layers.0.kernel_regularizer={type: l2, l2: 0.01}",
    ),
    "a training loss that still falls": (
        evidence(loss=SLOW, val_loss=jumping(FALLING, 0.01), missed=MUCH), "stopped_too_early", "training.epochs=120",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_what_is_wrong_is_named_first_with_a_change(name: str) -> None:
    fit, topic, change = CASES[name]
    first, *_ = diagnose(fit)
    assert first.topic == topic
    assert (first.change or "").endswith(change or "")
    assert (first.change is None) == (change is None)
    assert any(character.isdigit() for character in first.message)


@pytest.mark.parametrize("name", CASES)
def test_every_change_can_be_pasted(name: str) -> None:
    fit = CASES[name][0]
    for diagnosis in diagnose(fit):
        if diagnosis.change is not None:
            content = read_yaml(to_yaml(fit.config).encode(), source="config").data
            # A key that does not exist, or a value that does not fit it, would be refused.
            assert config_from_dict(content, [diagnosis.change]).config != fit.config


@pytest.mark.parametrize(
    ("fit", "hidden"),
    [
        (evidence("training.early_stopping={}", val_loss=RISING), "overfitting"),
        (evidence(loss=STEADY, rate=1e-6, test=errors(1.0), missed=MUCH), "no_better_than_baseline"),
        (evidence(loss=STEADY, rate=1e-6, test=errors(1.0), missed=MUCH), "underfitting"),
        (evidence(loss=SLOW, missed=MUCH), "underfitting"),
        (evidence(missed=MUCH, train=errors(0.1)), "underfitting"),
        (evidence(missed=Missed(0.4, 2.0, 500)), "underfitting"),
        (evidence(missed=MUCH, test=errors(1e-9)), "underfitting"),
        (evidence(largest_input=5_000.0), "unscaled_inputs"),
        (evidence("preprocessing.numeric.scale=none"), "unscaled_inputs"),
        (
            evidence(
                "preprocessing.numeric.scale=none", "model.layers=[{type: batch_normalization}]", largest_input=5e3
            ),
            "unscaled_inputs",
        ),
        (evidence(test=errors(0.6, n_rows=3), validation=errors(0.33, n_rows=3)), "test_differs"),
        (evidence(dead_units={"dense_1": 0.8}), "dead_units"),
        # A network of a few numbers, and validation rows that are easier than those of training.
        (evidence(val_loss=RISING, parameters=20), "overfitting"),
        (evidence(val_loss=RISING, train=errors(0.4)), "overfitting"),
        # What is left over in an epoch of a loss that jumps, or at the end of one that still falls.
        (evidence(missed=MUCH, val_loss=jumping(FALLING, 0.03)), "underfitting"),
        (evidence(missed=MUCH, loss=SLOW, val_loss=jumping(FALLING, 0.01)), "underfitting"),
        (evidence(val_loss=jumping(0.3 + 5 * FALLING, 0.05)), "learning_rate_too_high"),
        (
            evidence(
                "training.early_stopping={}", val_loss=jumping(0.3 + 5 * FALLING, 0.15),
                validation=errors(0.8), train=errors(0.7),
            ),
            "learning_rate_too_high",
        ),
        (evidence(val_loss=jumping(RISING, 0.1)), "learning_rate_too_high"),
        (evidence(linear=errors(0.33)), "worse_than_linear"),
        (evidence(linear=scattered(0.25, 20), test=scattered(0.34, 20, seed=1)), "worse_than_linear"),
        (evidence("model.layers=[]", linear=errors(0.25)), "worse_than_linear"),
        (evidence(val_loss=RISING, linear=errors(0.25)), "worse_than_linear"),
    ],
)  # fmt: skip
def test_what_follows_from_something_else_or_does_not_matter_is_not_said(fit: FitEvidence, hidden: str) -> None:
    assert hidden not in [diagnosis.topic for diagnosis in diagnose(fit)]


def test_rows_that_are_all_wrong_alike_leave_standard_errors_out() -> None:
    def alike(error: float) -> RowErrors:
        return RowErrors("squared error", np.full(3, error), np.ones(3))

    (worse,) = diagnose(evidence(linear=alike(0.1), test=alike(0.34)))
    assert worse.topic == "worse_than_linear"
    assert worse.message.endswith("against 0.1 of a linear model of the same inputs")
    (differs,) = diagnose(evidence(test=alike(0.6), validation=alike(0.33)))
    assert differs.message.endswith("0.6 on the test rows and 0.33 on the validation rows: the two are not alike")


def test_predictions_without_bounds_are_counted() -> None:
    test = errors(0.34)
    test.values[:2] = np.inf
    (found,) = diagnose(evidence(test=test))
    assert found.topic == "no_better_than_baseline"
    assert found.message.endswith("; predictions that are too large to compute with: 2")
    assert found.change is None


def test_at_most_three_things_are_said() -> None:
    fit = evidence(
        "preprocessing.numeric.scale=none",
        val_loss=RISING,
        largest_input=1e4,
        dead_units={"dense_1": 1.0},
        test=errors(0.9),
    )
    assert [found.topic for found in diagnose(fit)] == ["unscaled_inputs", "dead_units", "overfitting"]
    assert MOST_TOLD == 3


def test_a_list_of_rates_is_not_changed_for_the_user() -> None:
    schedule = "{type: piecewise_constant_decay, boundaries: [10], values: [0.1, 0.01]}"
    fit = evidence(f"training.optimizer.learning_rate={schedule}", dead_units={"dense_1": 1.0})
    assert diagnose(fit)[0].change is None


def test_a_schedule_begins_lower() -> None:
    schedule = "{type: cosine_decay, initial_learning_rate: 1e-3}"
    fit = evidence(f"training.optimizer.learning_rate={schedule}", dead_units={"dense_1": 1.0})
    assert diagnose(fit)[0].change == "training.optimizer.learning_rate.initial_learning_rate=0.0001"


def test_a_schedule_warms_up_to_a_lower_rate() -> None:
    schedule = "{type: cosine_decay, initial_learning_rate: 0, warmup_target: 1.0, warmup_steps: 20}"
    fit = evidence(f"training.optimizer.learning_rate={schedule}", dead_units={"dense_1": 1.0})
    assert diagnose(fit)[0].change == "training.optimizer.learning_rate.warmup_target=0.1"


COSINE = "training.optimizer.learning_rate={type: cosine_decay, initial_learning_rate: "


@pytest.mark.parametrize(
    ("override", "seen", "change"),
    [
        (f"{COSINE}1e-3, decay_steps: 10}}", "; decay_steps are steps, not epochs: 10", "decay_steps=null"),
        (f"{COSINE}0}}", "", "initial_learning_rate=0.001"),
        (f"{COSINE}1e-3}}", "", None),
    ],
)
@pytest.mark.parametrize("loss", [STEADY, jumping(FALLING, 0.1)], ids=["steady", "jumping"])
def test_a_rate_that_became_0_too_early_is_named(
    override: str, seen: str, change: str | None, loss: np.ndarray
) -> None:
    fit = evidence("training.optimizer.learning_rate=1", loss=loss, missed=MUCH, dead_units={"dense_2": 1.0})
    epochs = [replace(epoch, learning_rate=0.0) for epoch in fit.epochs]
    content = fit.config.model_dump(mode="json", exclude_none=True)
    over, dead = diagnose(replace(fit, config=config_from_dict(content, [override]).config, epochs=epochs))

    assert over.topic == "learning_rate_too_low"
    assert over.message == (
        f"the learning rate was 0 from the end of epoch 1 on, so {N - 1} of {N} epochs learned nothing{seen}"
    )
    assert over.change == (change and f"training.optimizer.learning_rate.{change}")
    assert (dead.topic, dead.change) == ("dead_units", None)


def test_a_rate_that_reaches_0_in_the_last_epoch_is_as_it_should_be() -> None:
    fit = evidence()
    for last in (1, N // 3):
        epochs = [*fit.epochs[:-last], *(replace(epoch, learning_rate=0.0) for epoch in fit.epochs[-last:])]
        assert diagnose(replace(fit, epochs=epochs)) == ()
    alone = replace(fit, epochs=[replace(fit.epochs[0], learning_rate=0.0)])
    assert diagnose(alone) == ()


def test_more_units_are_said_to_find_nothing_only_where_the_rows_are_enough_to_tell() -> None:
    def said(n_rows: int, **facts: Any) -> str:
        few = {"test": scattered(0.99, n_rows), "baseline": scattered(1.0, n_rows, seed=1)}
        return diagnose(evidence(**(few | facts)))[0].message

    assert "more units find nothing" in said(20_000)
    constant = {"test": scattered(0.999, 60), "baseline": scattered(1.0, 60)}
    assert "more units find nothing" in said(60, **constant)
    for unsure in (said(20), said(20_000, missed=UNKNOWN), said(60, **constant, linear=scattered(0.8, 60, seed=1))):
        assert "so few rows do not tell" in unsure
    assert "so few rows" not in diagnose(evidence("split.test=other.csv", test=errors(1.0), missed=None))[0].message


def test_of_a_threshold_it_is_said_what_its_labels_are_worth_beside_poor_probabilities() -> None:
    labels = DecidedLabels("balanced_accuracy", 0.71234, 0.5)
    poor = errors(1.0)
    (found,) = diagnose(evidence(train=poor, validation=poor, test=poor, labels=labels))
    assert found.topic == "no_better_than_baseline"
    assert found.message.endswith(
        "That is about probabilities; of the labels that the threshold makes of them, the balanced accuracy on these "
        "rows is 0.712, against 0.5 of one label for all"
    )
    assert diagnose(evidence(labels=labels)) == ()


@pytest.mark.parametrize(("n_rows", "is_told"), [(300, True), (10, True), (9, False)])
def test_labels_that_only_test_rows_have_hide_all_comparisons(n_rows: int, is_told: bool) -> None:
    unseen = UnseenLabels(("a", "b"), n_rows, 1_000)
    fit = evidence(test=errors(1.2), linear=errors(0.2), unseen=unseen)
    topics = [found.topic for found in diagnose(fit)]
    assert ("unseen_labels" in topics) is is_told
    assert ("no_better_than_baseline" in topics) is not is_told
    if is_told:
        message = diagnose(fit)[0].message
        assert message.startswith(f"{n_rows:,} of 1,000 test rows have the label 'a', 'b', and no training row does")


@pytest.mark.parametrize(
    ("losses", "is_falling"),
    [
        ([1.0, 0.9, 0.81, 0.73, 0.66], True),
        ([1.0, 0.9, 0.81, 0.73, 0.729], False),
        ([1.0, 0.5, 0.9, 0.8, 0.7], False),
        ([1.0, 0.99, 0.999, 0.998, 0.99], False),
    ],
)
def test_a_network_that_is_no_better_and_still_learns_is_trained_on(losses: list[float], is_falling: bool) -> None:
    fit = evidence(loss=np.array(losses), test=errors(1.2), train=errors(1.2), validation=errors(1.2))
    (found,) = [found for found in diagnose(fit) if found.topic == "no_better_than_baseline"]
    assert ("; the training loss was still falling after 5 epochs" in found.message) is is_falling
    assert (found.change == "training.epochs=10") is is_falling
