"""The predictions of a cross-validation: every row by the network of the fold that tests it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

import numpy as np
import pyarrow as pa

from dltrain.config import LoadedConfig
from dltrain.errors import RunError, counted
from dltrain.features import prediction_names
from dltrain.run import DataFile, Run, Scores
from dltrain.scoring import Baseline, Predictor
from dltrain.scoring.predictor import Predictions
from dltrain.table import CsvWriter, arrow_from_numpy, read_table, text_array
from dltrain.workflows.fitting.scores import score_beside
from dltrain.workflows.rows.dataset import LabelledRows, data_file, divide, labelled_class_weights, labelled_rows


@dataclass(frozen=True)
class OutOfFold:
    """Predictions of all labelled rows, in the order of the table.

    Attributes:
        labelled: The rows, with the weights of their folds.
        folds: int64 `(n,)`, the fold that tests each of them, from 1.
        values: As in `Predictions.values`.
        trivial: What the baseline of the fold predicts, of the same shape.
        file: The table as it was read.
        thresholds: float64 `(n,)`, that of the fold; None where the most probable label is predicted.
    """

    labelled: LabelledRows
    folds: np.ndarray
    values: np.ndarray
    trivial: np.ndarray
    file: DataFile
    thresholds: np.ndarray | None


def check_out_of_fold_names(loaded: LoadedConfig, labels: Sequence[str]) -> None:
    """Checks that the ids and the target are not named like the columns that stand beside them.

    Raises:
        ConfigError: One is.
    """
    data = loaded.config.data
    added = {"fold", *prediction_names(labels), *(() if data.id else ("row",))}
    named = [(("data", "id", position), name) for position, name in enumerate(data.id)]
    for path, name in [*named, (("data", "target"), data.target)]:
        if name in added:
            raise loaded.error(
                path,
                f"expected a column of another name, got '{name}', which the predictions of all folds use",
                hint="rename the column in the table",
            )


def predict_out_of_fold(runs: Sequence[Run], path: str) -> OutOfFold:
    """Predicts the test rows of every fold with its own network.

    Args:
        runs: Of all folds, in order.
        path: Where their table lies.

    Raises:
        DataError: The table cannot be read any more.
        RunError: Some rows are in no fold.
    """
    config, class_target = runs[0].config, runs[0].preprocessing.class_target
    table = read_table(Path(path), texts=config.data.texts)
    labelled = labelled_rows(table, config, class_target)
    shape = (labelled.n_rows,) if class_target is None else (labelled.n_rows, len(class_target.labels))
    folds, values, trivial = np.zeros(labelled.n_rows, np.int64), np.full(shape, np.nan), np.full(shape, np.nan)
    weight, thresholds = np.ones(labelled.n_rows), np.full(labelled.n_rows, np.nan)
    for fold, run in enumerate(runs, start=1):
        places = divide(run.config, labelled).test
        test = labelled.take(places)
        test = test.weighted_by_class(labelled_class_weights(run.config, class_target, test))
        features = run.preprocessing.encode(test.table.take(test.rows, run.preprocessing.column_names))
        folds[places] = fold
        values[places] = Predictor.from_run(run).predict_encoded(features)
        trivial[places] = Baseline(prediction=run.metrics.trivial_prediction).predict(test.n_rows)
        thresholds[places] = np.nan if run.metrics.threshold is None else run.metrics.threshold
        weight[places] = 1 if test.weight is None else test.weight
    if not folds.all():
        n_left = int(np.count_nonzero(folds == 0))
        raise RunError(f"{runs[0].path.parent}: damaged cross-validation: no fold tests {counted(n_left, 'row')}")
    labelled = replace(labelled, weight=weight if config.is_weighted else None)
    file = data_file(Path(path), table.n_rows)
    has_thresholds = runs[0].metrics.threshold is not None
    return OutOfFold(labelled, folds, values, trivial, file, thresholds if has_thresholds else None)


def score_out_of_fold(predicted: OutOfFold, run: Run) -> Scores:
    """The metrics of all rows together."""
    return score_beside(
        predicted.labelled, predicted.values, predicted.trivial, config=run.config, threshold=predicted.thresholds
    )


def write_out_of_fold(predicted: OutOfFold, run: Run, stream: BinaryIO) -> None:
    """Writes ids (or `row`, counted from 1), the target, `fold`, `prediction`, and `p_<label>` for every class as CSV.

    Texts that a spreadsheet could take for formulas get a ' in front, as those of `dltrain predict`.

    Args:
        predicted: The predictions.
        run: Of any fold.
        stream: Open for writing bytes.
    """
    labelled, data, labels = predicted.labelled, run.config.data, run.preprocessing.target.labels
    rows = arrow_from_numpy(labelled.rows)
    columns = {name: labelled.table.column(name).take(rows) for name in data.id}
    if not columns:
        columns = {"row": arrow_from_numpy(labelled.source_rows + 1)}
    columns[data.target] = arrow_from_numpy(labelled.truth)
    if labels:
        columns[data.target] = pa.DictionaryArray.from_arrays(arrow_from_numpy(labelled.truth), text_array(labels))
    columns["fold"] = arrow_from_numpy(predicted.folds)
    predictions = Predictions(predicted.values, labels, counts={}, threshold=predicted.thresholds)
    CsvWriter(stream, has_formulas=False).write(pa.table(columns | predictions.to_columns()))
