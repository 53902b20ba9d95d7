"""JAX with nothing between: one compiled `lax.scan` over all full batches of an epoch, Adam written out.

python -m benchmarks.steps.jax_scan NET
"""

from functools import partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from benchmarks.steps.nets import (
    ADAM_BETAS,
    ADAM_EPSILON,
    DROPOUT_RATE,
    LEARNING_RATE,
    N_HIDDEN,
    N_ROWS,
    NORMALIZATION_EPSILON,
    NORMALIZATION_MOMENTUM,
    Net,
)
from benchmarks.steps.rows import Rows, make_rows, starting_kernels
from benchmarks.steps.stopwatch import Stopwatch, asked_net


class State(NamedTuple):
    """Everything that changes from step to step: trees of arrays."""

    weights: Any
    moving: Any
    first_moments: Any
    second_moments: Any
    step: jax.Array
    key: jax.Array


def starting_state(net: Net) -> State:
    """Glorot-uniform kernels, as Keras starts."""
    weights = [
        {"kernel": kernel, "bias": jnp.zeros(kernel.shape[1])} for kernel in map(jnp.array, starting_kernels(net))
    ]
    moving = []
    if net.is_regularized:
        for layer in weights[:-1]:
            layer |= {"scale": jnp.ones(net.units), "offset": jnp.zeros(net.units)}
            moving.append({"mean": jnp.zeros(net.units), "variance": jnp.ones(net.units)})
    zeros, more_zeros = (jax.tree.map(jnp.zeros_like, weights) for _ in range(2))
    return State(weights, moving, zeros, more_zeros, jnp.zeros((), jnp.int32), jax.random.key(0))


def forward(net: Net, weights: Any, moving: Any, key: jax.Array, inputs: jax.Array) -> tuple[jax.Array, Any]:
    """The logits `(n, 1)` of a batch while training, and the moved statistics."""
    *hidden, output = weights
    values, moved = inputs, []
    for place, (layer, layer_key) in enumerate(zip(hidden, jax.random.split(key, N_HIDDEN), strict=True)):
        values = jax.nn.relu(values @ layer["kernel"] + layer["bias"])
        if net.is_regularized:
            statistics = {"mean": values.mean(axis=0), "variance": values.var(axis=0)}
            moved.append(jax.tree.map(_moving_average, moving[place], statistics))
            factor = layer["scale"] * jax.lax.rsqrt(statistics["variance"] + NORMALIZATION_EPSILON)
            values = (values - statistics["mean"]) * factor + layer["offset"]
            is_kept = jax.random.bernoulli(layer_key, 1 - DROPOUT_RATE, values.shape)
            values = jnp.where(is_kept, values / (1 - DROPOUT_RATE), 0.0)
    return values @ output["kernel"] + output["bias"], moved


def _moving_average(old: jax.Array, new: jax.Array) -> jax.Array:
    return NORMALIZATION_MOMENTUM * old + (1 - NORMALIZATION_MOMENTUM) * new


def train_step(net: Net, state: State, inputs: jax.Array, answers: jax.Array) -> tuple[State, jax.Array]:
    """One step of Adam on the mean binary cross-entropy; returns that loss as well."""
    key, next_key = jax.random.split(state.key)

    def loss_of(weights: Any) -> tuple[jax.Array, Any]:
        logits, moved = forward(net, weights, state.moving, key, inputs)
        return jnp.mean(jax.nn.softplus(logits) - answers * logits), moved

    (loss, moved), gradients = jax.value_and_grad(loss_of, has_aux=True)(state.weights)
    step = state.step + 1
    beta_1, beta_2 = ADAM_BETAS
    first = jax.tree.map(lambda m, g: beta_1 * m + (1 - beta_1) * g, state.first_moments, gradients)
    second = jax.tree.map(lambda v, g: beta_2 * v + (1 - beta_2) * g * g, state.second_moments, gradients)
    rate = LEARNING_RATE * jnp.sqrt(1 - beta_2**step) / (1 - beta_1**step)
    weights = jax.tree.map(lambda w, m, v: w - rate * m / (jnp.sqrt(v) + ADAM_EPSILON), state.weights, first, second)
    return State(weights, moved, first, second, step, next_key), loss


@partial(jax.jit, static_argnums=0, donate_argnums=1)
def train_steps(net: Net, state: State, table: Rows, order: jax.Array) -> tuple[State, jax.Array]:
    """Many steps; `order` is int32 `(n_steps, batch_size)`. Returns the sum of the losses of the rows as well."""

    def step(state: State, rows: jax.Array) -> tuple[State, jax.Array]:
        return train_step(net, state, table.features[rows], table.answers[rows])

    state, losses = jax.lax.scan(step, state, order)
    return state, losses.sum() * order.shape[1]


def main() -> None:
    """Trains and reports."""
    net = asked_net()
    table = jax.tree.map(jnp.array, make_rows(net))
    state = starting_state(net)
    rng = np.random.default_rng(0)
    n_full = N_ROWS // net.batch_size * net.batch_size
    watch = Stopwatch(net)
    while not watch.is_over:
        order = rng.permutation(N_ROWS).astype(np.int32)
        state, total = train_steps(net, state, table, order[:n_full].reshape(-1, net.batch_size))
        state, rest = train_steps(net, state, table, order[np.newaxis, n_full:])
        watch.lap(float(total + rest) / N_ROWS)
    watch.report()


if __name__ == "__main__":
    main()
