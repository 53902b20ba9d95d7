"""PyTorch, eager: the usual loop, with the whole table as a tensor, the fused Adam and the better number of threads.

python -m benchmarks.steps.torch_eager NET
"""

import time
from collections.abc import Iterable
from typing import Final

import torch

from benchmarks.steps.nets import (
    ADAM_BETAS,
    ADAM_EPSILON,
    DROPOUT_RATE,
    LEARNING_RATE,
    N_ROWS,
    NORMALIZATION_EPSILON,
    NORMALIZATION_MOMENTUM,
    Net,
)
from benchmarks.steps.rows import make_rows, starting_kernels
from benchmarks.steps.stopwatch import Stopwatch, asked_net, n_cores

TRIAL_STEPS: Final = 50


def build(net: Net) -> torch.nn.Sequential:
    """The network without its sigmoid, which is part of the loss."""
    layers: list[torch.nn.Module] = []
    *hidden, output = [_dense(torch.from_numpy(kernel)) for kernel in starting_kernels(net)]
    for dense in hidden:
        layers += [dense, torch.nn.ReLU()]
        if net.is_regularized:
            # PyTorch's momentum is the weight of the new value, Keras' that of the old one.
            momentum = 1 - NORMALIZATION_MOMENTUM
            layers.append(torch.nn.BatchNorm1d(net.units, eps=NORMALIZATION_EPSILON, momentum=momentum))
            layers.append(torch.nn.Dropout(DROPOUT_RATE))
    return torch.nn.Sequential(*layers, output)


def _dense(kernel: torch.Tensor) -> torch.nn.Linear:
    layer = torch.nn.Linear(*kernel.shape)
    with torch.no_grad():
        layer.weight.copy_(kernel.T)
        layer.bias.zero_()
    return layer


class Trainer:
    """A network with its optimizer."""

    def __init__(self, net: Net, features: torch.Tensor, answers: torch.Tensor) -> None:
        self._features, self._answers = features, answers
        self._network = build(net).train()
        self._loss_of = torch.nn.BCEWithLogitsLoss()
        self._optimizer = torch.optim.Adam(
            self._network.parameters(), lr=LEARNING_RATE, betas=ADAM_BETAS, eps=ADAM_EPSILON, fused=True
        )

    def train(self, batches: Iterable[torch.Tensor]) -> float:
        """One step for each batch of row numbers; returns the sum of the losses of the rows."""
        total = torch.zeros(())
        for rows in batches:
            self._optimizer.zero_grad(set_to_none=True)
            loss = self._loss_of(self._network(self._features[rows]), self._answers[rows])
            loss.backward()
            self._optimizer.step()
            total += loss.detach() * len(rows)
        return float(total)


def best_n_threads(net: Net, features: torch.Tensor, answers: torch.Tensor) -> int:
    """The faster of one thread, which small products like best, and one for each core."""
    batches = torch.arange(N_ROWS).split(net.batch_size)[:TRIAL_STEPS]

    def seconds(n_threads: int) -> float:
        torch.set_num_threads(n_threads)
        trainer = Trainer(net, features, answers)
        trainer.train(batches)
        started = time.perf_counter()
        trainer.train(batches)
        return time.perf_counter() - started

    return min({1, n_cores()}, key=seconds)


def main() -> None:
    """Trains and reports."""
    net = asked_net()
    torch.manual_seed(0)
    features, answers = map(torch.from_numpy, make_rows(net))
    torch.set_num_threads(best_n_threads(net, features, answers))
    trainer = Trainer(net, features, answers)
    watch = Stopwatch(net)
    while not watch.is_over:
        watch.lap(trainer.train(torch.randperm(N_ROWS).split(net.batch_size)) / N_ROWS)
    watch.report()


if __name__ == "__main__":
    main()
