"""Comparing cross-validations: all rows, each predicted by a network that did not see it."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from dltrain.config import Config
from dltrain.config.differences import config_differences
from dltrain.errors import DataError, RunError
from dltrain.run import Run
from dltrain.run.checkpoint import origin_config
from dltrain.run.members import FOLDS
from dltrain.run.seeds import read_group_origin
from dltrain.scoring import compute_metrics
from dltrain.scoring.paired import paired_differences
from dltrain.workflows.compare import ComparedRun, Comparison, check_same_question, layer_texts
from dltrain.workflows.groups.finished_runs import finished_summary, read_finished_runs
from dltrain.workflows.groups.out_of_fold import OutOfFold, predict_out_of_fold
from dltrain.workflows.rows.own_tables import own_tables


@dataclass(frozen=True)
class _Folds:
    """A cross-validation.

    Attributes:
        path: The directory.
        config: What it was begun with.
        runs: Of its folds, in order.
    """

    path: Path
    config: Config
    runs: Sequence[Run]

    @classmethod
    def read(cls, path: Path) -> "_Folds":
        """Reads and verifies it."""
        config = origin_config(read_group_origin(path, FOLDS), source=str(path)).config
        return cls(path, config, read_finished_runs(path, finished_summary(path, FOLDS)))


def compare_folds(paths: Sequence[Path]) -> Comparison:
    """Measures cross-validations of one table on all rows that they predicted.

    Sample weights count, those of the first one; class weights do not.

    Args:
        paths: Their directories, at least two.

    Raises:
        RunError: One is not finished or damaged, or they do not answer the same question for the same rows.
        DataError: The table is missing or has changed.
    """
    first, *others = found = [_Folds.read(path) for path in paths]
    table = first.runs[0].manifest.data["data"]
    for other in others:
        check_same_question(first.runs[0], other.runs[0])
        if other.runs[0].manifest.data["data"].sha256 != table.sha256:
            got = other.runs[0].manifest.data["data"].path
            raise RunError(f"{other.path}: expected the table of {first.path}, {table.path}, got another: {got}")
    try:
        path = own_tables(first.runs[0]).config.data.path
    except DataError as error:
        raise DataError(error.message, hint="cross-validations are compared on the rows of that very table") from error
    predicted = [predict_out_of_fold(folds.runs, path) for folds in found]
    rows = predicted[0].labelled
    for other, own in zip(others, predicted[1:], strict=True):
        if not np.array_equal(rows.source_rows, own.labelled.source_rows):
            raise RunError(
                f"{other.path}: expected the {rows.n_rows:,} rows of {first.path}, got {own.labelled.n_rows:,}: "
                "impute: drop leaves others out"
            )
    compared = tuple(_compared(first, folds, predicted[0], own) for folds, own in zip(found, predicted, strict=True))
    return Comparison(f"all of {path}, each by a network that did not see it", rows.n_rows, compared)


def _compared(first: _Folds, folds: _Folds, before: OutOfFold, after: OutOfFold) -> ComparedRun:
    """One of them, measured by the metrics of the first.

    Args:
        first: The one to compare with.
        folds: This one, which may be the first.
        before: What the first predicted.
        after: What this one did.
    """
    # Those of a fold: the metrics of the config may follow from the task.
    names, rows = first.runs[0].config.metrics or (), before.labelled
    weight = rows.sample_weight
    differences = {}
    if folds is not first:
        thresholds = before.thresholds, after.thresholds
        differences = paired_differences(
            names,
            rows.truth,
            before.values,
            after.values,
            sample_weight=weight,
            thresholds=thresholds,
            group=rows.with_groups(first.config.split).group,
        )
    return ComparedRun(
        path=folds.path,
        metrics=compute_metrics(names, rows.truth, after.values, sample_weight=weight, threshold=after.thresholds),
        epochs=0,
        best_epoch=0,
        parameters=folds.runs[0].metrics.parameters,
        threshold=None,
        layers=layer_texts(folds.config),
        differences=differences,
        config=config_differences(first.config, folds.config),
        tables={},
        folds=len(folds.runs),
    )
