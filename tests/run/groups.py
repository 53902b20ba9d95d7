"""Groups of runs that nothing was trained for: their members are copies of the golden run."""

import os
import shutil
from pathlib import Path

from dltrain.run.folds import FoldsSummary
from dltrain.run.members import SEEDS, Group, GroupOrigin, Spread, begin_group, write_group_summary
from dltrain.run.metrics_file import Scores
from dltrain.run.seeds import SeedsOrigin, SeedsSummary
from tests.conftest import GOLDEN
from tests.reliability.hostile_checkpoints import good_origin

METRICS = {
    "accuracy": Spread(mean=0.875, sd=0.0125, values=(0.85, 0.9), baseline=0.5),
    "log_loss": Spread(mean=0.4, sd=None, values=(0.4, None), baseline=0.7),
}


def write_group(
    parent: Path, name: str, group: Group, *, members: int = 2, is_finished: bool = True, seconds: int | None = None
) -> Path:
    """A group of two, with its result or without.

    Args:
        parent: Where it is made.
        name: Of the config.
        group: What kind.
        members: How many of its runs are there.
        is_finished: Whether it has a result.
        seconds: When all of it was written, since 1970; None for now.
    """
    origin = GroupOrigin(**good_origin().model_dump(), name=name)
    if group == SEEDS:
        origin = SeedsOrigin(**origin.model_dump(), seeds=2)
    else:
        config = origin.config.replace("split:", "split:\n  folds: 2", 1).replace("  test: 0.2\n", "", 1)
        origin = origin.model_copy(update={"config": config})
    path = begin_group(parent, name, group, origin)
    for number in range(1, members + 1):
        shutil.copytree(GOLDEN / "people-1", path / f"{group.member}-{number}")
    if is_finished:
        write_group_summary(path, group, _summary(name, group))
    if seconds is not None:
        for found in path.rglob("*"):
            os.utime(found, (seconds, seconds))
    return path


def _summary(name: str, group: Group) -> FoldsSummary | SeedsSummary:
    said = {"created": "2026-11-21T12:00:00+00:00", "config": name, "task": "binary", "metrics": METRICS}
    if group == SEEDS:
        return SeedsSummary.model_validate({**said, "seeds": (0, 1), "rows": 48})
    scores = Scores(rows=240, metrics={"accuracy": 0.875, "log_loss": 0.4}, baseline={"accuracy": 0.5, "log_loss": 0.7})
    return FoldsSummary.model_validate({**said, "folds": 2, "rows": (120, 120), "out_of_fold": scores})
