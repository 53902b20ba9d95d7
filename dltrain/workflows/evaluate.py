"""Scoring a run on labelled rows."""

import os
from dataclasses import dataclass
from pathlib import Path

from dltrain.config.data import Task
from dltrain.errors import DataError
from dltrain.features import ClassTarget
from dltrain.run import Run, Scores, sha256_of
from dltrain.scoring import Baseline, Predictor
from dltrain.table import Table, read_table
from dltrain.workflows.dataset import labelled_class_weights, labelled_rows, read_dataset
from dltrain.workflows.predict import for_fitted_run
from dltrain.workflows.scores import score_rows


@dataclass(frozen=True)
class Evaluation:
    """The scores of a run on some rows.

    Attributes:
        source: Which rows, in words.
        task: What kind of prediction.
        scores: Metrics beside the baseline.
        dropped_rows: Rows left out because their target is missing.
    """

    source: str
    task: Task
    scores: Scores
    dropped_rows: int


def evaluate(run: Run, *, data: Path | None = None) -> Evaluation:
    """Scores a run on its held-out test rows, or on another labelled file.

    Raises:
        DataError: The run's table is missing or has changed, or the file does not fit the run.
    """
    table = None if data is None else read_table(data, missing_values=run.config.data.missing_values)
    return evaluate_rows(run, table, Predictor.from_run(run))


def evaluate_rows(run: Run, table: Table | None, predictor: Predictor) -> Evaluation:
    """Scores a run on its held-out test rows (`table` is None), or on all labelled rows of a table.

    Raises:
        DataError: The run's table is missing or has changed, or the table does not fit the run.
    """
    target = run.preprocessing.target
    class_target = target if isinstance(target, ClassTarget) else None
    if table is None:
        check_data_is_unchanged(run)
        dataset = read_dataset(run.loaded_config)
        labelled = dataset.test
        source = "held-out test rows"
    else:
        labelled = labelled_rows(table, run.config, class_target, drops_unlabelled=True)
        labelled = labelled.weighted_by_class(labelled_class_weights(run.config, class_target, labelled))
        source = table.source
    try:
        features = run.preprocessing.encode(labelled.table).take(labelled.rows)
    except DataError as error:
        raise for_fitted_run(error) from error
    scores = score_rows(
        labelled,
        predictor.predict_encoded(features),
        config=run.config,
        baseline=Baseline(prediction=run.metrics.trivial_prediction),
    )
    dropped = 0 if table is None else table.n_rows - labelled.n_rows
    return Evaluation(source, run.manifest.task, scores, dropped)


def check_data_is_unchanged(run: Run) -> None:
    """Checks that the tables of a run are those that it was made from.

    Raises:
        DataError: One is missing or has changed.
    """
    for file in run.manifest.data.values():
        path = Path(file.path)
        if not os.path.isfile(path):  # noqa: PTH113 - unlike Path's, it says no to names that cannot be
            raise DataError(
                f"{path}: expected the table this run was made from, got no such file",
                hint="dltrain evaluate --data FILE scores another labelled table",
            )
        try:
            has_changed = path.stat().st_size != file.size or sha256_of(path) != file.sha256
        except OSError as error:
            raise DataError(f"{path}: cannot be read: {error.strerror}") from error
        if has_changed:
            raise DataError(
                f"{path}: the table has changed since this run was made, so its held-out test rows are not known",
                hint="fit again, or score a labelled table with dltrain evaluate --data FILE",
            )
