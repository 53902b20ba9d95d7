"""Making the page of a run again, from the run and its table. TensorFlow is not needed."""

from collections.abc import Mapping
from pathlib import Path

from dltrain.errors import DataError
from dltrain.features import EncodedFeatures
from dltrain.run import Run, RunMetrics
from dltrain.run.atomic import writing_file
from dltrain.run.history_file import read_history_file
from dltrain.scoring import Predictor
from dltrain.table import arrow_from_numpy
from dltrain.workflows.fitting.judging import judged, predict_linear
from dltrain.workflows.fitting.preparing import network_answers
from dltrain.workflows.fitting.run_page import TestRows, make_page, page_name, with_importance
from dltrain.workflows.rows.dataset import Dataset, read_dataset
from dltrain.workflows.rows.encoded_rows import EncodedRows
from dltrain.workflows.rows.seen_rows import check_own_tables


def write_report(run: Run, path: Path, *, overwrite: bool = False) -> None:
    """Makes the page of a run from the run and its table, and writes it.

    Raises:
        DataError: The run's table is missing or has changed.
        OutputError: The path exists or cannot be written.
        RunError: The run is damaged.
    """
    history = read_history_file(run)
    with writing_file(path, overwrite=overwrite) as stream:
        stream.write(_page_of(run, history).encode())


def _page_of(run: Run, history: list[dict[str, float]]) -> str:
    try:
        check_own_tables(run)
    except DataError as error:
        raise DataError(error.message, hint="the page is made from the test rows of that very table") from error
    dataset = read_dataset(run.loaded_config, is_of_run=True)
    predictor, preprocessing = Predictor.from_run(run), run.preprocessing
    tables = {part.table.source: part.table for part in (dataset.train, dataset.validation, dataset.test)}
    encoded = {source: preprocessing.encode(table) for source, table in tables.items()}
    labelled, features = dataset.test, encoded[dataset.test.table.source].take(dataset.test.rows)
    ids = labelled.table.columns.select(run.config.data.id).take(arrow_from_numpy(labelled.rows))
    test = TestRows(labelled, features, predictor.predict_encoded(features), run.metrics.threshold, ids)
    of_table = encoded[dataset.table.source]
    metrics = _judged(run, dataset, encoded, test)
    if metrics.importance is None:
        metrics = with_importance(metrics, test, predictor)
    return make_page(
        test,
        predictor,
        config=run.config,
        metrics=metrics,
        counts=of_table.counts,
        n_cells=dataset.table.n_rows,
        name=page_name(run.path, run.metrics),
        created=run.manifest.created,
        history=history,
        versions=run.manifest.versions,
        data={str(role): file for role, file in run.manifest.data.items()},
    )


def _judged(run: Run, dataset: Dataset, encoded: Mapping[str, EncodedFeatures], test: TestRows) -> RunMetrics:
    """The metrics of the run; those of old ones get their intervals and linear model now.

    Args:
        run: The run.
        dataset: Its divided rows.
        encoded: Source of a table → its encoded features.
        test: The test rows.
    """
    if run.metrics.test_intervals is not None:
        return run.metrics
    target = run.preprocessing.target
    train, validation = (
        EncodedRows(part, encoded[part.table.source].take(part.rows), network_answers(target, part.table)[part.rows])
        for part in (dataset.train, dataset.validation)
    )
    linear = predict_linear(run.config.decision, target, train=train, validation=validation, test=test.features)
    return judged(run.metrics, run.config, test.labelled, test.predicted, linear)
