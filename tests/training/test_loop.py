"""The loop trains as plain Keras does on the same batches."""

import json
import math
from typing import Any

import numpy as np
import pytest
from pydantic import TypeAdapter

from dltrain.config.sections.model import ModelSection
from dltrain.config.sections.training import TrainingSection
from dltrain.errors import OutputError, TrainingError
from dltrain.features import EncodedFeatures
from dltrain.run.history import Epoch
from dltrain.training.examples import Examples
from dltrain.training.order import epoch_order

pytestmark = pytest.mark.slow

N_ROWS, N_NUMBERS, WIDTHS, BATCH = 90, 5, (3, 4), 20
HIDDEN: list[dict[str, Any]] = [{"type": "dense", "units": 8, "activation": "tanh"}]

LAYERS: dict[str, list[dict[str, Any]]] = {
    "linear": [],
    "dense": [{"type": "dense", "units": 8, "activation": "relu", "kernel_initializer": "he_normal"}],
    "regularised": [{"type": "dense", "units": 8, "kernel_regularizer": "l2", "bias_regularizer": {"type": "l1"}}],
    "activation": [{"type": "dense", "units": 8}, {"type": "activation", "activation": "gelu"}],
    "dropout": [{"type": "dropout", "rate": 0.2}, *HIDDEN, {"type": "dropout", "rate": 0.5}],
    "batch_normalization": [{"type": "batch_normalization"}, *HIDDEN, {"type": "batch_normalization", "momentum": 0.9}],
    "layer_normalization": [*HIDDEN, {"type": "layer_normalization"}],
    "gaussian_noise": [{"type": "gaussian_noise", "stddev": 0.1}, *HIDDEN],
}
OPTIMIZERS: dict[str, Any] = {
    "sgd": {"type": "sgd", "momentum": 0.9, "nesterov": True},
    "adam": {"type": "adam", "amsgrad": True},
    "adamw": {"type": "adamw", "weight_decay": 0.01},
    "rmsprop": {"type": "rmsprop", "centered": True, "momentum": 0.5},
    "adagrad": "adagrad",
    "nadam": "nadam",
    "adamax": "adamax",
    "lion": {"type": "lion", "learning_rate": 1e-4},
    "clipnorm": {"type": "adam", "clipnorm": 0.1},
    "clipvalue": {"type": "sgd", "clipvalue": 0.01},
    "global_clipnorm": {"type": "sgd", "global_clipnorm": 0.1},
    "cosine": {
        "type": "adam",
        "learning_rate": {
            "type": "cosine_decay",
            "initial_learning_rate": 0.0,
            "warmup_target": 0.01,
            "warmup_steps": 10,
        },
    },
    "exponential": {
        "type": "sgd",
        "learning_rate": {
            "type": "exponential_decay",
            "initial_learning_rate": 0.1,
            "decay_steps": 7,
            "decay_rate": 0.5,
        },
    },
    "piecewise": {
        "type": "sgd",
        "learning_rate": {"type": "piecewise_constant_decay", "boundaries": [12, 30], "values": [0.1, 0.05, 0.01]},
    },
}
LOSSES: dict[str, tuple[str, Any]] = {
    "mse": ("linear", "mse"),
    "mae": ("linear", "mae"),
    "huber": ("linear", {"type": "huber", "delta": 0.3}),
    "log_cosh": ("linear", "log_cosh"),
    "mape": ("linear", "mape"),
    "poisson": ("exponential", "poisson"),
    "binary_crossentropy": ("sigmoid", {"type": "binary_crossentropy", "label_smoothing": 0.1}),
    "binary_focal_crossentropy": ("sigmoid", {"type": "binary_focal_crossentropy", "apply_class_balancing": True}),
    "categorical_crossentropy": ("softmax", {"type": "categorical_crossentropy", "label_smoothing": 0.1}),
}


def section(**values: Any) -> TrainingSection:
    defaults = {"loss": "mse", "batch_size": BATCH, "epochs": 10, "early_stopping": None, "seed": 3}
    return TrainingSection.model_validate_json(json.dumps(defaults | values))


def model_section(layers: list[dict[str, Any]], activation: str = "linear") -> ModelSection:
    return TypeAdapter(ModelSection).validate_json(json.dumps({"layers": layers, "output": {"activation": activation}}))


def examples(loss: str = "mse", *, n_rows: int = N_ROWS, seed: int = 0, weighted: bool = True) -> Examples:
    """Rows whose answer depends on their features, with answers that fit the loss."""
    rng = np.random.default_rng(seed)
    numbers = rng.normal(size=(n_rows, N_NUMBERS)).astype(np.float32)
    codes = np.stack([rng.integers(-1, width, n_rows) for width in WIDTHS], axis=1).astype(np.int32)
    signal = numbers[:, 0] - numbers[:, 1] + (codes[:, 0] == 1)
    y: np.ndarray = (signal[:, None] + 3).astype(np.float32)
    if loss == "poisson":
        y = rng.poisson(np.exp(signal / 2))[:, None].astype(np.float32)
    elif loss.startswith("binary"):
        y = (signal > 0)[:, None].astype(np.float32)
    elif loss.startswith("categorical"):
        y = np.digitize(signal, [-0.5, 0.7]).astype(np.int32)
    weight = rng.uniform(0.2, 2, n_rows) if weighted else np.ones(n_rows)
    features = EncodedFeatures(numbers=numbers, codes=codes, widths=WIDTHS)
    return Examples(features, y, weight.astype(np.float32))


def n_outputs(data: Examples) -> int:
    return 3 if data.y.dtype == np.int32 else 1


def build(layers: list[dict[str, Any]], data: Examples, *, activation: str = "linear", seed: int = 3) -> Any:
    from dltrain.network import build_network

    return build_network(
        model_section(layers, activation), n_features=N_NUMBERS + sum(WIDTHS), n_outputs=n_outputs(data), seed=seed
    )


def train(network: Any, training: TrainingSection, data: Examples, **options: Any) -> tuple[Epoch, ...]:
    from dltrain.training import train as train_network

    defaults: dict[str, Any] = {"validation": data, "score": lambda outputs: {"mean": float(outputs.mean())}}
    return train_network(network, training, training=data, **(defaults | options))


def train_with_keras(network: Any, training: TrainingSection, data: Examples) -> list[float]:
    """Plain Keras: `train_on_batch` over the same batches. Returns the loss of every epoch."""
    import keras

    from dltrain.network import build_loss, build_optimizer

    assert training.loss is not None
    loss = build_loss(training.loss)
    loss.reduction = "sum_over_batch_size"
    steps = math.ceil(data.n_rows / training.batch_size) * training.epochs
    network.compile(
        optimizer=build_optimizer(training.optimizer, total_steps=steps),
        loss=loss,
        jit_compile=False,
        run_eagerly=False,
    )
    inputs = data.features.dense()
    answers = keras.utils.to_categorical(data.y, 3) if data.y.dtype == np.int32 else data.y
    losses = []
    for epoch in range(1, training.epochs + 1):
        order = epoch_order(data.n_rows, seed=training.seed, epoch=epoch)
        total = 0.0
        for start in range(0, len(order), training.batch_size):
            batch = order[start : start + training.batch_size]
            # Keras averages over batches what it returns, so its state is cleared for every batch.
            network.reset_metrics()
            value = network.train_on_batch(inputs[batch], answers[batch], sample_weight=data.weight[batch])
            total += float(value) * len(batch)
        losses.append(total / len(order))
    return losses


def assert_trains_like_keras(
    monkeypatch: pytest.MonkeyPatch,
    layers: list[dict[str, Any]],
    training: TrainingSection,
    data: Examples,
    *,
    activation: str = "linear",
) -> None:
    """With and without XLA."""
    reference = build(layers, data, activation=activation)
    losses = train_with_keras(reference, training, data)
    for is_compiled in (True, False):
        compile_always(monkeypatch, is_compiled)
        ours = build(layers, data, activation=activation)
        epochs = train(ours, training, data)
        assert len(epochs) * math.ceil(data.n_rows / training.batch_size) >= 50
        for mine, theirs in zip(ours.get_weights(), reference.get_weights(), strict=True):
            np.testing.assert_allclose(mine, theirs, rtol=0, atol=1e-5)
        np.testing.assert_allclose([epoch.loss for epoch in epochs], losses, rtol=1e-4)


def compile_always(monkeypatch: pytest.MonkeyPatch, is_compiled: bool) -> None:
    """Compiles every training, or none."""
    monkeypatch.setattr("dltrain.training.loop.compiling_pays", lambda *_, **__: is_compiled)
    monkeypatch.setattr("dltrain.training.compiling.COMPILE_FROM_EVALUATIONS", 0)


@pytest.fixture(params=[True, False], ids=["xla", "graph"])
def compiled(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Runs a test with and without XLA."""
    compile_always(monkeypatch, request.param)
    return bool(request.param)


@pytest.fixture
def keras_draws_our_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lets Keras' random layers draw the numbers that training draws."""
    import keras
    import tensorflow as tf

    from dltrain.training.forward import dropout, gaussian_noise

    def step_of(layer: Any) -> Any:
        if not hasattr(layer, "calls"):
            layer.calls = tf.Variable(0, dtype=tf.int64)
        step = tf.identity(layer.calls)
        layer.calls.assign_add(1)
        return step

    def drop(layer: Any, inputs: Any, training: bool = False) -> Any:
        return dropout(inputs, rate=layer.rate, seed=layer.seed, step=step_of(layer)) if training else inputs

    def add_noise(layer: Any, inputs: Any, training: bool = False) -> Any:
        if not training:
            return inputs
        return gaussian_noise(inputs, stddev=layer.stddev, seed=layer.seed, step=step_of(layer))

    monkeypatch.setattr(keras.layers.Dropout, "call", drop)
    monkeypatch.setattr(keras.layers.GaussianNoise, "call", add_noise)


@pytest.mark.parametrize("kind", LAYERS)
def test_every_layer_kind_trains_like_keras(
    kind: str, monkeypatch: pytest.MonkeyPatch, keras_draws_our_numbers: None
) -> None:
    training = section(optimizer={"type": "sgd", "learning_rate": 0.02})
    assert_trains_like_keras(monkeypatch, LAYERS[kind], training, examples())


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_every_optimizer_trains_like_keras(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert_trains_like_keras(monkeypatch, HIDDEN, section(optimizer=OPTIMIZERS[name]), examples())


@pytest.mark.parametrize("name", LOSSES)
def test_every_loss_trains_like_keras(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    activation, loss = LOSSES[name]
    # The gradient of mape jumps with the sign of an error: with larger steps rounding decides which way.
    rate = 1e-3 if name == "mape" else 0.02
    training = section(loss=loss, optimizer={"type": "sgd", "learning_rate": rate})
    assert_trains_like_keras(monkeypatch, HIDDEN, training, examples(name), activation=activation)


def test_moving_averages_of_the_weights_equal_keras(compiled: bool) -> None:
    training = section(optimizer={"type": "sgd", "learning_rate": 0.05, "use_ema": True, "ema_momentum": 0.8})
    ours, reference = build(HIDDEN, examples()), build(HIDDEN, examples())
    train(ours, training, examples())
    train_with_keras(reference, training, examples())
    reference.optimizer.finalize_variable_values(reference.trainable_variables)
    for mine, theirs in zip(ours.get_weights(), reference.get_weights(), strict=True):
        np.testing.assert_allclose(mine, theirs, rtol=0, atol=1e-5)


def test_training_twice_gives_the_same_bits(compiled: bool) -> None:
    def weights() -> bytes:
        network = build(LAYERS["dropout"] + LAYERS["batch_normalization"], examples())
        train(network, section(), examples())
        return b"".join(weight.tobytes() for weight in network.get_weights())

    assert weights() == weights()


def test_blocks_give_the_same_weights_however_long_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    def weights(block: int) -> list[np.ndarray]:
        monkeypatch.setattr("dltrain.training.feeding.BLOCK_STEPS", block)
        network = build(HIDDEN, examples())
        train(network, section(batch_size=8), examples())
        return list(network.get_weights())

    for mine, theirs in zip(weights(256), weights(4), strict=True):
        np.testing.assert_allclose(mine, theirs, rtol=1e-5, atol=1e-6)


def test_validation_loss_is_the_weighted_mean_of_every_row(compiled: bool) -> None:
    network, data = build(LAYERS["regularised"], examples()), examples()
    (epoch,) = train(network, section(epochs=1), data)
    errors = np.square(np.asarray(network(data.features.dense(), training=False)) - data.y)[:, 0]
    expected = np.average(errors.astype(float), weights=data.weight) + float(sum(network.losses))
    assert epoch.val_loss == pytest.approx(expected, rel=1e-5)


def test_the_best_epoch_is_restored() -> None:
    scores = iter([0.5, 0.9, 0.7, 0.6, 0.8])
    seen: list[list[np.ndarray]] = []
    network = build(HIDDEN, examples())
    epochs = train(
        network,
        section(early_stopping={"monitor": "val_accuracy", "patience": 3}),
        examples(),
        score=lambda _: {"accuracy": next(scores)},
        on_epoch=lambda _: seen.append(network.get_weights()),
    )
    assert [epoch.is_best for epoch in epochs] == [True, True, False, False, False]
    for mine, best in zip(network.get_weights(), seen[1], strict=True):
        np.testing.assert_array_equal(mine, best)


def test_a_plateau_lowers_the_learning_rate() -> None:
    schedule = {"type": "reduce_on_plateau", "initial_learning_rate": 0.1, "monitor": "val_mean", "patience": 2}
    training = section(epochs=6, optimizer={"type": "sgd", "learning_rate": schedule})
    epochs = train(build(HIDDEN, examples()), training, examples(), score=lambda _: {"mean": 1.0})
    np.testing.assert_allclose([epoch.learning_rate for epoch in epochs], [0.1, 0.1, 0.1, 0.01, 0.01, 0.001], rtol=1e-5)


def test_a_diverging_loss_stops_at_its_step(compiled: bool) -> None:
    with pytest.raises(TrainingError, match=r"epoch 1, step [23] of 5: the loss is not finite any more") as caught:
        train(build(HIDDEN, examples()), section(optimizer={"type": "sgd", "learning_rate": 1e30}), examples())
    assert "learning rate is too high" in str(caught.value)


def test_a_full_disk_does_not_hide_that_the_loss_diverged() -> None:
    from dltrain.training import Keeping

    def save(snapshot: Any) -> None:
        if snapshot.progress.divergence is not None:
            raise OutputError("runs/x-1: cannot be written: no space left on the disk")

    training = section(optimizer={"type": "sgd", "learning_rate": 1e30})
    with pytest.raises(TrainingError, match="the loss is not finite any more") as caught:
        train(build(HIDDEN, examples()), training, examples(), keeping=Keeping(save))
    assert "could not be kept: runs/x-1: cannot be written: no space left" in caught.value.message
    assert "learning rate is too high" in str(caught.value)


def test_unscaled_inputs_are_named_as_the_cause() -> None:
    data = examples()
    data.features.numbers[:] *= 1e6
    layers = [{"type": "dense", "units": 8, "activation": "relu"}]
    with pytest.raises(TrainingError, match="the inputs are not scaled"):
        train(build(layers, data), section(optimizer={"type": "sgd", "learning_rate": 0.1}), data)


@pytest.mark.parametrize(("activation", "scale"), [("linear", "standard"), ("softplus", "min_max")])
def test_an_unscaled_target_is_named_as_the_cause(activation: str, scale: str) -> None:
    data = examples()
    data.y[:] *= 1e20
    network = build(HIDDEN, data, activation=activation)
    with pytest.raises(TrainingError, match="the target is not scaled") as caught:
        train(network, section(optimizer={"type": "sgd", "learning_rate": 0.1}), data)
    assert f"preprocessing.target.scale={scale}" in str(caught.value.hint)


def test_a_monitored_metric_that_is_undefined_stops_the_run() -> None:
    training = section(early_stopping={"monitor": "val_roc_auc"})
    with pytest.raises(TrainingError, match="'val_roc_auc' is monitored but undefined"):
        train(build(HIDDEN, examples()), training, examples(), score=lambda _: {"roc_auc": math.nan})


@pytest.mark.parametrize(("n_rows", "batch"), [(1, 20), (19, 20), (20, 20), (21, 20), (41, 20)])
def test_every_number_of_rows_trains(n_rows: int, batch: int) -> None:
    data = examples(n_rows=n_rows)
    epochs = train(build(HIDDEN, data), section(batch_size=batch, epochs=2), data)
    assert all(math.isfinite(epoch.loss) for epoch in epochs)


def test_a_last_batch_of_one_row_is_left_out_with_batch_normalization() -> None:
    layers = [{"type": "batch_normalization", "momentum": 0.0}]
    training = section(batch_size=20, epochs=1, optimizer={"type": "sgd", "learning_rate": 1e-6})
    data = examples(n_rows=41)
    network = build(layers, data)
    train(network, training, data)
    last = epoch_order(41, seed=3, epoch=1)[20:40]
    variance = np.var(data.features.dense(last), axis=0)
    np.testing.assert_allclose(network.layers[0].moving_variance.numpy(), variance, rtol=1e-4, atol=1e-5)


def test_a_schedule_ends_with_the_training_when_last_batches_are_left_out() -> None:
    rate = {"type": "cosine_decay", "initial_learning_rate": 0.1}
    training = section(batch_size=20, epochs=4, optimizer={"type": "sgd", "learning_rate": rate})
    for layers in ([{"type": "batch_normalization"}], LAYERS["linear"]):
        data = examples(n_rows=41)
        last = train(build(layers, data), training, data)[-1]
        assert last.learning_rate == pytest.approx(0.0, abs=1e-9)


def test_losses_whose_sum_is_too_large_for_float32_are_still_numbers(compiled: bool) -> None:
    data = examples()
    large = Examples(data.features, data.y * np.float32(1.5e18), data.weight)
    training = section(epochs=1, batch_size=3, optimizer={"type": "sgd", "learning_rate": 1e-36})
    (epoch,) = train(build(LAYERS["linear"], data), training, large)
    # Squares of about 5e18 have a float32, the sum of 30 steps has none.
    assert epoch.loss == pytest.approx(np.mean(np.square(large.y.astype(float)) * data.weight[:, None]), rel=0.01)
    assert epoch.loss * 30 > float(np.finfo(np.float32).max)


@pytest.mark.parametrize(("block_steps", "expected"), [(1, [0.25, 0.5, 0.75]), (2, [0.5]), (256, [])])
def test_a_long_epoch_is_followed_from_block_to_block(
    block_steps: int, expected: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dltrain.training.feeding.BLOCK_STEPS", block_steps)
    told: list[tuple[int, float]] = []
    data = examples(n_rows=4 * BATCH)
    train(
        build(HIDDEN, data),
        section(epochs=2),
        data,
        on_steps=lambda progress, share: told.append((progress.epoch, share)),
    )
    assert told == [(epoch, share) for epoch in (1, 2) for share in expected]
