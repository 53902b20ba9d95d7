"""Making the page of a run, or of a group of them, again, from the runs and their table. TensorFlow is not needed."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np

from dltrain.config import LoadedConfig
from dltrain.errors import DataError
from dltrain.features import EncodedFeatures
from dltrain.run import Run, RunMetrics, load_run
from dltrain.run.atomic import writing_file
from dltrain.run.folds import FoldsSummary
from dltrain.run.history_file import read_history_file
from dltrain.run.loading import check_is_no_run_file
from dltrain.run.manifest import REPORT_NAME
from dltrain.run.members import group_of
from dltrain.run.seeds import SeedsSummary
from dltrain.scoring import Predictor
from dltrain.table import arrow_from_numpy
from dltrain.workflows.fitting.judging import judged, predict_linear
from dltrain.workflows.fitting.predicted_rows import PredictedRows
from dltrain.workflows.fitting.preparing import network_answers
from dltrain.workflows.fitting.run_page import make_page, page_name, with_importance
from dltrain.workflows.groups.finished_runs import finished_summary, read_finished_runs
from dltrain.workflows.groups.group_page import make_group_page
from dltrain.workflows.groups.out_of_fold import predict_out_of_fold
from dltrain.workflows.rows.dataset import Dataset, read_dataset
from dltrain.workflows.rows.encoded_rows import EncodedRows
from dltrain.workflows.rows.own_tables import own_tables


def write_report(path: Path, output: Path | None = None, *, overwrite: bool = False) -> Path:
    """Sees to it that there is a page of a run, or of a cross-validation or several seeds.

    Args:
        path: The directory; its page is made when it has none.
        output: Where a page is made anew; None for none.
        overwrite: Whether `output` may be replaced.

    Returns:
        Where the page is.

    Raises:
        DataError: A table is missing or has changed.
        OutputError: The path exists or cannot be written.
        RunError: The directory is none of these, not finished, or damaged.
    """
    own = path / REPORT_NAME
    is_own = output is None or output.absolute() == own.absolute()
    page = own if output is None or is_own else output
    if not is_own:
        check_is_no_run_file(page)
    group = group_of(path)
    if group is None:
        make = partial(page_of_run, load_run(path))
    else:
        make = partial(_page_of_group, path, finished_summary(path, group), has_links=is_own)
    if output is not None or not own.exists():
        with writing_file(page, overwrite=overwrite) as stream:
            stream.write(make().encode())
    return page


def _page_of_group(path: Path, summary: FoldsSummary | SeedsSummary, *, has_links: bool) -> str:
    runs = read_finished_runs(path, summary)
    predicted = None
    if isinstance(summary, FoldsSummary):
        predicted = predict_out_of_fold(runs, _tables(runs[0]).config.data.path)
    return make_group_page(path, runs, summary, predicted, has_links=has_links)


def _tables(run: Run) -> LoadedConfig:
    try:
        return own_tables(run)
    except DataError as error:
        raise DataError(error.message, hint="the page is made from the test rows of that very table") from error


def page_of_run(run: Run) -> str:
    """The page of a run, made anew.

    Raises:
        DataError: Its table is missing or has changed.
        RunError: Its history is damaged.
    """
    dataset = read_dataset(_tables(run), is_of_run=True)
    dataset = replace(dataset, test=dataset.test.with_groups(run.config.split))
    predictor, preprocessing = Predictor.from_run(run), run.preprocessing
    tables = {part.table.source: part.table for part in (dataset.train, dataset.validation, dataset.test)}
    encoded = {source: preprocessing.encode(table) for source, table in tables.items()}
    labelled, features = dataset.test, encoded[dataset.test.table.source].take(dataset.test.rows)
    ids = labelled.table.columns.select(run.config.data.id).take(arrow_from_numpy(labelled.rows))
    test = PredictedRows(labelled, predictor.predict_encoded(features), run.metrics.threshold, ids)
    of_table = encoded[dataset.table.source]
    metrics = _judged(run, dataset, encoded, test.values)
    if metrics.importance is None:
        metrics = with_importance(metrics, labelled, features, predictor)
    return make_page(
        test,
        preprocessing,
        config=run.config,
        metrics=metrics,
        counts=of_table.counts,
        n_cells=dataset.table.n_rows,
        name=page_name(run.path, run.metrics),
        created=run.manifest.created,
        history=read_history_file(run),
        versions=run.manifest.versions,
        data={str(role): file for role, file in run.manifest.data.items()},
    )


def _judged(run: Run, dataset: Dataset, encoded: Mapping[str, EncodedFeatures], predicted: np.ndarray) -> RunMetrics:
    """The metrics of the run; those of earlier versions get their intervals and linear model now.

    Args:
        run: The run.
        dataset: Its divided rows.
        encoded: Source of a table → its encoded features.
        predicted: What the network predicts for the test rows, as `Predictions.values`.
    """
    # Earlier versions knew no groups, and had no such difference.
    if run.metrics.test_intervals is not None and run.metrics.baseline_difference is not None:
        return run.metrics
    target = run.preprocessing.target
    train, validation, test = (
        EncodedRows(part, encoded[part.table.source].take(part.rows), network_answers(target, part.table)[part.rows])
        for part in (dataset.train, dataset.validation, dataset.test)
    )
    linear = predict_linear(run.config.decision, target, train=train, validation=validation, test=test.features)
    return judged(run.metrics, run.config, dataset.test, predicted, linear)
