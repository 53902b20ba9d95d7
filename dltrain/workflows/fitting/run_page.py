"""The page of a run, from what was measured on its test rows."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from dltrain.config import Config
from dltrain.features import ColumnCounts, EncodedFeatures, Preprocessing
from dltrain.report import ReportFacts, report_page
from dltrain.run import ColumnImportance, DataFile, RunMetrics
from dltrain.run.writing import config_text
from dltrain.scoring import Predictor
from dltrain.scoring.importance import permutation_importance
from dltrain.workflows.fitting.predicted_rows import PredictedRows
from dltrain.workflows.rows.dataset import LabelledRows


def with_importance(
    metrics: RunMetrics, test: LabelledRows, features: EncodedFeatures, predictor: Predictor
) -> RunMetrics:
    """Metrics that say which columns the predictions rest on.

    Args:
        metrics: The result.
        test: The test rows.
        features: What the network sees of them.
        predictor: The network.
    """
    found = permutation_importance(
        predictor.predict_encoded,
        predictor.preprocessing,
        features,
        test.truth,
        sample_weight=test.weight,
        group=test.group,
        n_parameters=metrics.parameters,
    )
    of_columns = None if found is None else tuple(ColumnImportance(**one._asdict()) for one in found)
    return metrics.model_copy(update={"importance": of_columns})


def make_page(
    test: PredictedRows,
    preprocessing: Preprocessing,
    *,
    config: Config,
    metrics: RunMetrics,
    counts: Mapping[str, ColumnCounts],
    n_cells: int,
    name: str,
    created: str,
    history: Sequence[Mapping[str, float]],
    versions: Mapping[str, str],
    data: Mapping[str, DataFile],
) -> str:
    """The page of a run.

    Args:
        test: The test rows.
        preprocessing: Fitted.
        config: Resolved.
        metrics: The result, with intervals and the importance of columns.
        counts: Column → remarkable cells of the table.
        n_cells: Rows of that table.
        name: Of the run.
        created: When it was made, ISO 8601.
        history: One row per epoch, as in history.csv; none for an average.
        versions: Of the libraries that made it.
        data: The tables it was made from.
    """
    return report_page(
        ReportFacts(
            name=name,
            created=created,
            config=config,
            config_text=config_text(config, metrics),
            preprocessing=preprocessing,
            metrics=metrics,
            history=history,
            versions=versions,
            data=data,
            n_cells=n_cells,
            counts=counts,
            result=test.result(preprocessing.target),
            mistakes=test.mistakes(preprocessing.target),
            places=config.data.id or ("row",),
            is_weighted=test.labelled.weight is not None,
            has_class_weights=config.training.class_weight is not None,
            n_test_groups=test.labelled.n_groups,
        )
    )


def page_name(path: Path, metrics: RunMetrics) -> str:
    """What heads the page of a run: its directory; that of an average within the directory of its seeds.

    Args:
        path: The run directory.
        metrics: Its result.
    """
    path = path.resolve()
    return path.name if metrics.average is None else f"{path.parent.name}/{path.name}"
