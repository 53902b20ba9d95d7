"""What `dltrain fit` and `dltrain show` say of what the runs of a group could do better."""

import sys
from pathlib import Path

from dltrain.cli.output import console, print_finding
from dltrain.run.folds import FoldsSummary
from dltrain.run.metrics_file import UNSEEN_LABELS
from dltrain.run.seeds import SeedsSummary
from dltrain.run.shared_diagnosis import read_shared_diagnosis


def have_unseen_labels(path: Path, summary: FoldsSummary) -> bool:
    """Whether the test rows of some folds have labels that were never learned: then no baseline is worth a comparison.

    Args:
        path: The directory of the cross-validation.
        summary: Its result.

    Raises:
        RunError: One of the runs is missing or damaged.
    """
    shared = read_shared_diagnosis(path, summary.group, summary.n_runs)
    return any(found.first.topic == UNSEEN_LABELS for found in shared)


def print_members_diagnosis(path: Path, summary: FoldsSummary | SeedsSummary) -> None:
    """Prints every topic once, with the words and the change of the first run that has it.

    Args:
        path: The directory of the group.
        summary: Its result.

    Raises:
        RunError: One of the runs is missing or damaged.
    """
    group, n_runs = summary.group, summary.n_runs
    out = console(sys.stdout)
    for shared in read_shared_diagnosis(path, group, n_runs):
        where = f" in {shared.count} of {n_runs} {group.member}s, as in {shared.member}"
        print_finding(out, shared.first, where=where)
