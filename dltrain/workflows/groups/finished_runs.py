"""The runs of a finished group, checked to be those that it sums up."""

from collections.abc import Sequence
from pathlib import Path

from dltrain.errors import RunError
from dltrain.run import Run, load_run
from dltrain.run.checkpoint import resume_command
from dltrain.run.folds import FoldsSummary
from dltrain.run.members import SEEDS, Group, is_finished, member_path
from dltrain.run.seeds import SeedsSummary, read_group_summary


def finished_summary(path: Path, group: Group) -> FoldsSummary | SeedsSummary:
    """The result of a group.

    Raises:
        RunError: It is not finished, or damaged.
    """
    if not is_finished(path, group):
        raise RunError(f"{path}: the {group.noun} is not finished", hint=f"{resume_command(path)} goes on")
    return read_group_summary(path, group)


def read_finished_runs(path: Path, summary: FoldsSummary | SeedsSummary) -> list[Run]:
    """Reads and verifies all runs of a group, in order.

    Raises:
        RunError: One of them is missing or damaged, or not the one that was summed up.
    """
    group = summary.group
    runs = [load_run(member_path(path, group, number)) for number in range(1, summary.n_runs + 1)]
    target = runs[0].preprocessing.target
    for position, run in enumerate(runs):
        metrics, other = run.metrics.test.metrics, run.preprocessing.target
        summed_up = {name: spread.values[position] for name, spread in summary.metrics.items()}
        is_trained = run.metrics.average is None
        if not is_trained or summed_up != {name: metrics.get(name) for name in summed_up}:
            raise RunError(f"{run.path}: damaged {group.noun}: expected the run that {group.summary_name} sums up")
        if (other.name, other.labels) != (target.name, target.labels):
            raise RunError(f"{run.path}: damaged {group.noun}: expected the target and labels of {runs[0].path}")
    if isinstance(summary, FoldsSummary):
        check_folds(runs)
    else:
        check_seeds(runs, summary.seeds)
    return runs


def check_seeds(runs: Sequence[Run], seeds: Sequence[int]) -> None:
    """Checks that every run is that of its seed.

    Raises:
        RunError: One is not.
    """
    for run, seed in zip(runs, seeds, strict=True):
        if run.config.training.seed != seed:
            raise RunError(f"{run.path}: damaged {SEEDS.noun}: expected seed {seed}, got {run.config.training.seed}")


def check_folds(runs: Sequence[Run]) -> None:
    """Checks that every run is that of its fold.

    Raises:
        RunError: One is not.
    """
    folds = len(runs)
    for fold, run in enumerate(runs, start=1):
        split = run.config.split
        if (split.folds, split.fold) != (folds, fold):
            raise RunError(
                f"{run.path}: damaged cross-validation: expected fold {fold} of {folds}, "
                f"got fold {split.fold} of {split.folds}"
            )
