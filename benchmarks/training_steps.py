"""Milliseconds a training step: dltrain, Keras, PyTorch, scikit-learn and JAX on the same networks.

    python -m benchmarks.training_steps [--rounds 3] [NET]...

Binary cross-entropy, Adam, float32, a table of random numbers. Every program trains in a process of its own; what it
needs to compile is timed apart. The products of a step of the widest network are also compared with the rate that the
machine reaches when it does nothing but multiply matrices, measured in the same round.
"""

import argparse
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from benchmarks.markdown import spread, table, target
from benchmarks.peers import peer_python, peer_version
from benchmarks.processes import Command, Measurement, peak_megabytes, python, ratios, require, run_in_turns
from benchmarks.steps.nets import N_ROWS, NETS, Net

OURS: Final = "dltrain"
KERAS: Final = "Keras fit"
TORCH: Final = "PyTorch"
JAX: Final = "JAX"
MATRIX_RATE: Final = "matrix rate"
"""Stands for the network's name in the measurements of the machine."""

LEAST_MATRIX_SHARE: Final = 0.85
MOST_REGULARIZATION_RATIO: Final = 1.5


@dataclass(frozen=True)
class Program:
    """One that trains.

    Attributes:
        module: Of `benchmarks.steps`, with its arguments after the network's.
        peer: The distribution it needs; None when it runs in dltrain's environment.
        can_regularize: Whether it knows batch normalisation and dropout.
    """

    module: str
    arguments: tuple[str, ...] = ()
    peer: str | None = None
    can_regularize: bool = True

    def command(self, net: str) -> Command:
        """Trains a network."""
        arguments = ("-m", f"benchmarks.steps.{self.module}", net, *self.arguments)
        return python(*arguments) if self.peer is None else peer_python(*arguments)

    def reason_against(self, net: Net) -> str | None:
        """Why it cannot train the network; None when it can."""
        if self.peer is not None and peer_version(self.peer) is None:
            return "not installed"
        return "knows neither" if net.is_regularized and not self.can_regularize else None


PROGRAMS: Final = {
    OURS: Program("dltrain_loop"),
    JAX: Program("jax_scan", peer="jax"),
    "scikit-learn": Program("sklearn_mlp", peer="scikit-learn", can_regularize=False),
    TORCH: Program("torch_eager", peer="torch"),
    "Keras fit, compiled": Program("keras_fit", ("compiled",)),
    KERAS: Program("keras_fit"),
}


@dataclass(frozen=True)
class Limit:
    """How fast dltrain has to be on a network: `least` times as fast as a program, or at most `most` times its time."""

    net: str
    program: str
    least: float | None = None
    most: float | None = None


LIMITS: Final = (
    Limit("3x64", KERAS, least=10),
    Limit("3x64", TORCH, least=5),
    Limit("3x64", JAX, most=1.3),
    Limit("3x256", KERAS, least=3),
    Limit("3x256", JAX, most=1.3),
    Limit("3x256_regularized", KERAS, least=3),
)

Key = tuple[str, str]
Measured = Mapping[Key, Sequence[Measurement]]
"""(network, program) → its runs, one a round."""


def measure(nets: Sequence[str], *, rounds: int) -> Measured:
    """Runs everything that can be run, in turns."""
    commands: dict[Key, Command] = {}
    for name in nets:
        for title, program in PROGRAMS.items():
            if program.reason_against(NETS[name]) is None:
                commands[name, title] = program.command(name)
            if (name, title) == ("3x512", OURS):
                commands[MATRIX_RATE, ""] = python("-m", "benchmarks.steps.matrix_rate")
    names = {f"{net} {program}": (net, program) for net, program in commands}
    measured = run_in_turns({name: commands[key] for name, key in names.items()}, rounds=rounds, warm_up=False)
    return {names[name]: runs for name, runs in measured.items()}


def step_milliseconds(runs: Sequence[Measurement]) -> list[float]:
    """One number a round."""
    return [run.result["ms_per_step"] for run in runs]


def rows_of(name: str, measured: Measured) -> list[list[str]]:
    """The rows of the table for one network."""
    net = NETS[name]
    rows = []
    for title, program in PROGRAMS.items():
        reason = program.reason_against(net)
        if reason is not None:
            rows.append([net.title, title, reason, "", "", "", ""])
            continue
        runs = measured[name, title]
        milliseconds = step_milliseconds(runs)
        rows.append(
            [
                net.title,
                title,
                f"{statistics.median(milliseconds):.3f}",
                spread(ratios(milliseconds, step_milliseconds(measured[name, OURS]))),
                f"{statistics.median(run.result['compile_seconds'] for run in runs):.1f}",
                f"{statistics.median(run.result['first_loss'] for run in runs):.3f}",
                f"{peak_megabytes(runs):.0f}",
            ]
        )
    return rows


def judged(limit: Limit, measured: Measured) -> str:
    """The line about a limit."""
    title = NETS[limit.net].title
    text = f"at least {limit.least:g} × as fast as" if limit.least else f"at most {limit.most:g} × the time of"
    text = f"{title}: {text} {limit.program}"
    if (limit.net, limit.program) not in measured:
        return target(text, is_reached=None, measured=PROGRAMS[limit.program].reason_against(NETS[limit.net]) or "")
    ours, theirs = (step_milliseconds(measured[limit.net, program]) for program in (OURS, limit.program))
    values = ratios(theirs, ours) if limit.least else ratios(ours, theirs)
    middle = statistics.median(values)
    is_reached = middle >= limit.least if limit.least is not None else middle <= (limit.most or 0)
    return target(text, is_reached=is_reached, measured=spread(values))


def judged_regularization(measured: Measured) -> str:
    """The line about the price of batch normalisation and dropout."""
    plain, regularized = (step_milliseconds(measured[name, OURS]) for name in ("3x256", "3x256_regularized"))
    values = ratios(regularized, plain)
    text = f"{NETS['3x256_regularized'].title}: at most {MOST_REGULARIZATION_RATIO:g} × the time without them"
    return target(text, is_reached=statistics.median(values) <= MOST_REGULARIZATION_RATIO, measured=spread(values))


def judged_matrix_share(measured: Measured) -> tuple[str, str]:
    """What the machine can do, and the line about the share of it that dltrain reaches."""
    net = NETS["3x512"]
    results = [run.result for run in measured[MATRIX_RATE, ""]]
    achieved = [net.step_operations / (1e-3 * value) for value in step_milliseconds(measured["3x512", OURS])]
    shares = ratios(achieved, [max(result.values()) for result in results])
    shares_of_numpy = ratios(achieved, [result["numpy"] for result in results])
    numpy_rate, xla_rate, speed = (
        spread([value / 1e9 for value in values], digits=0)
        for values in ([result["numpy"] for result in results], [result["xla"] for result in results], achieved)
    )
    text = (
        f"Matrix products of 512 × 512 reach {numpy_rate} GFLOP/s in NumPy and {xla_rate} in XLA here;\n"
        "the better of them counts.\n"
        f"A step of {net.title} takes 6 · batch · weights - 2 · batch · features · units of the first layer\n"
        f"= {net.step_operations / 1e9:.2f} billion operations; dltrain makes {speed} GFLOP/s, everything included:\n"
        f"{spread(shares_of_numpy)} of NumPy's rate."
    )
    text = "\n".join([text, *(_most_beside_keras(name, measured, results) for name in ("3x256", "3x512"))])
    goal = target(
        f"{net.title}: at least {LEAST_MATRIX_SHARE:.0%} of the machine's matrix rate",
        is_reached=statistics.median(shares) >= LEAST_MATRIX_SHARE,
        measured=spread(shares),
    )
    return text, goal


def _most_beside_keras(name: str, measured: Measured, rates: Sequence[Mapping[str, float]]) -> str:
    """How much faster than Keras a program would be that makes the products at the machine's rate, and nothing else."""
    net = NETS[name]
    if (name, KERAS) not in measured:
        return f"{net.title} was not measured."
    least = [1e3 * net.step_operations / max(rate.values()) for rate in rates]
    most = ratios(step_milliseconds(measured[name, KERAS]), least)
    return (
        f"At this rate the products of {net.title} alone take {spread(least, digits=3)} ms:\n"
        f"nothing that makes them can be more than {spread(most)} × as fast as Keras fit."
    )


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("nets", nargs="*", choices=[[], *NETS])
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    require("tensorflow", "keras")
    nets = arguments.nets or list(NETS)
    measured = measure(nets, rounds=arguments.rounds)
    print(
        f"{N_ROWS:,} rows, {arguments.rounds} runs each in turns: medians; `× dltrain` with the spread of the rounds.\n"
        "The loss is the mean of the first epoch: all programs do the same work.\n"
    )
    headings = ["network", "program", "ms a step", "× dltrain", "compile s", "loss", "peak MB"]
    print(table(headings, [row for name in nets for row in rows_of(name, measured)], n_text=2), end="\n\n")
    goals = [judged(limit, measured) for limit in LIMITS if limit.net in nets]
    if {"3x256", "3x256_regularized"} <= set(nets):
        goals.append(judged_regularization(measured))
    if "3x512" in nets:
        text, goal = judged_matrix_share(measured)
        goals.append(goal)
        print(text, end="\n\n")
    print("\n".join(goals))


if __name__ == "__main__":
    main()
