"""When XLA pays: what compiling costs and what it saves in a step, for networks of many shapes.

    python -m benchmarks.compiling

Fits the two rules of `dltrain.training.compiling` to the measurements and prints their constants beside those in
use, and for every network the number of steps from which compiling pays: measured, and by the rule in use.
"""

import json
import os
import time
from dataclasses import dataclass

import numpy as np

from benchmarks.markdown import table

ROWS, COLUMNS, STEPS = 4_096, 20, 24
ROUNDS = 12


@dataclass(frozen=True)
class Network:
    """Hidden layers of one width, each followed by the extra layers."""

    hidden: int
    width: int
    batch: int
    extra: tuple[str, ...] = ()

    def layers(self) -> list[dict[str, object]]:
        """As in a config."""
        dense: dict[str, object] = {"type": "dense", "units": self.width, "activation": "relu"}
        others: list[dict[str, object]] = [
            {"type": name, "rate": 0.3} if name == "dropout" else {"type": name} for name in self.extra
        ]
        return [dense, *others] * self.hidden

    def sizes(self) -> tuple[float, ...]:
        """What the rules multiply with their constants; the output is a dense layer too."""
        n_others = self.hidden * len(self.extra)
        return 1, self.hidden + 1, n_others, n_others * self.batch * self.width / 1e3

    def __str__(self) -> str:
        extra = {"batch_normalization": "BN", "dropout": "dropout", "layer_normalization": "LN"}
        added = "".join(f" + {extra[name]}" for name in self.extra)
        return (
            f"{self.hidden}×{self.width}, batch {self.batch}{added}" if self.hidden else f"linear, batch {self.batch}"
        )


NETWORKS = (
    Network(0, 1, 32),
    Network(1, 16, 32),
    Network(2, 64, 32),
    Network(3, 64, 64),
    Network(6, 64, 64),
    Network(1, 64, 64, ("dropout",)),
    Network(2, 64, 64, ("batch_normalization",)),
    Network(3, 64, 64, ("batch_normalization", "dropout")),
    Network(6, 64, 64, ("batch_normalization", "dropout")),
    Network(2, 256, 256),
    Network(2, 256, 256, ("batch_normalization", "dropout")),
    Network(3, 256, 512, ("dropout",)),
    Network(3, 256, 256, ("batch_normalization", "dropout")),
    Network(3, 128, 512, ("layer_normalization",)),
)


@dataclass(frozen=True)
class Measured:
    """Seconds until the first step is done, and of a later step."""

    first: float
    step: float


class Program:
    """A block of training steps on random rows.

    Args:
        network: What is trained.
        use_xla: Whether it is compiled.
    """

    def __init__(self, network: Network, *, use_xla: bool) -> None:
        from dltrain.config.sections.model import ModelSection
        from dltrain.config.sections.training import TrainingSection
        from dltrain.features import EncodedFeatures
        from dltrain.network import build_loss, build_network, build_optimizer
        from dltrain.training.compiled import DeviceRows, Programs
        from dltrain.training.examples import Examples

        model = ModelSection.model_validate_json(
            json.dumps({"layers": network.layers(), "output": {"activation": "linear"}})
        )
        training = TrainingSection.model_validate_json('{"loss": "mse"}')
        assert training.loss is not None
        rng = np.random.default_rng(0)
        numbers = rng.normal(size=(ROWS, COLUMNS)).astype(np.float32)
        features = EncodedFeatures(numbers, np.empty((ROWS, 0), np.int32), widths=())
        examples = Examples(features, numbers[:, :1].copy(), np.ones(ROWS, np.float32))
        self.order = rng.integers(0, ROWS, (STEPS, network.batch)).astype(np.int32)
        self.rows = DeviceRows.from_examples(examples)
        self.programs = Programs(
            build_network(model, n_features=COLUMNS, n_outputs=1, seed=0),
            build_optimizer(training.optimizer, total_steps=1000),
            build_loss(training.loss),
            like=examples,
            use_xla=use_xla,
            use_xla_to_evaluate=False,
        )

    def seconds(self, n_steps: int) -> float:
        """Trains some steps."""
        started = time.perf_counter()
        float(self.programs.train_block(self.rows, self.order, n_steps, total=0.0)[0])
        return time.perf_counter() - started


def measure(network: Network) -> tuple[Measured, Measured]:
    """The plain graph and the compiled program, in turns."""
    programs = [Program(network, use_xla=use_xla) for use_xla in (False, True)]
    first = [program.seconds(1) for program in programs]
    rounds = [[program.seconds(STEPS) for program in programs] for _ in range(ROUNDS)]
    graph, xla = (
        Measured(seconds, min(times) / STEPS) for seconds, times in zip(first, zip(*rounds, strict=True), strict=True)
    )
    return graph, xla


def fitted(sizes: np.ndarray, values: np.ndarray) -> np.ndarray:
    """The constants of a rule, none below 0, that come closest in relative terms."""
    from scipy.optimize import nnls

    weight = 1 / np.maximum(np.abs(values), np.median(np.abs(values)) / 4)
    constants, _ = nnls(sizes * weight[:, None], values * weight)
    return np.asarray(constants)


def main() -> None:
    """Measures and prints."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    from dltrain.training.compiling import COMPILE_SECONDS, SAVED_MILLISECONDS

    pairs = [measure(network) for network in NETWORKS]
    cost = np.array([xla.first - graph.first for graph, xla in pairs])
    saved = np.array([graph.step - xla.step for graph, xla in pairs]) * 1e3
    sizes = np.array([network.sizes() for network in NETWORKS])
    by_rule = (sizes[:, :3] @ COMPILE_SECONDS) / (sizes @ SAVED_MILLISECONDS) * 1e3
    rows = [
        [
            str(network),
            f"{graph.step * 1e3:.3f}",
            f"{xla.step * 1e3:.3f}",
            f"{seconds:.2f}",
            f"{seconds / milliseconds * 1e3:,.0f}" if milliseconds > 0 else "never",
            f"{steps:,.0f}",
        ]
        for network, (graph, xla), seconds, milliseconds, steps in zip(
            NETWORKS, pairs, cost, saved, by_rule, strict=True
        )
    ]
    print(table(["network", "graph ms", "XLA ms", "compiling s", "pays from step", "by the rule"], rows))
    print(
        "\nConstants: in any case; for a dense layer; for another layer; for 1,000 numbers that the latter put out.\n"
    )
    constants = [
        ["seconds to compile", fitted(sizes[:, :3], cost), COMPILE_SECONDS],
        ["milliseconds saved in a step", fitted(sizes, saved), SAVED_MILLISECONDS],
    ]
    cells = [
        [str(name), *(", ".join(f"{value:.3f}" for value in values) for values in both)] for name, *both in constants
    ]
    print(table(["rule", "fitted to this run", "in use"], cells))


if __name__ == "__main__":
    main()
