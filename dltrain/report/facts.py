"""What a page shows, collected and measured by others."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from dltrain.config import Config
from dltrain.features import ColumnCounts, Preprocessing
from dltrain.run import DataFile, RunMetrics

Line = tuple[np.ndarray, np.ndarray]
"""Points to be joined: x and y, float64 `(n,)` each."""


@dataclass(frozen=True)
class BinaryResult:
    """Two classes, of rows whose truth is known.

    Attributes:
        confusion: int64 `(2, 2)`: rows of each true class that were predicted as each class.
        thresholds: The smallest and the largest probability above which the positive label was predicted: folds have
            one each. None: the more probable label was.
        roc: False and true positive rate; None when a class is missing.
        precision_recall: Recall and precision; likewise.
        calibration: By bins: mean predicted probability, observed share, number of rows.
        edges: Of the histogram of the probability of the positive class, ascending.
        histogram: int64 `(2, n_bins)`: rows of each class in each bin.
    """

    confusion: np.ndarray
    thresholds: tuple[float, float] | None
    roc: Line | None
    precision_recall: Line | None
    calibration: tuple[np.ndarray, np.ndarray, np.ndarray]
    edges: np.ndarray
    histogram: np.ndarray


@dataclass(frozen=True)
class MulticlassResult:
    """Several classes, of such rows: `confusion` as in `BinaryResult`, int64 `(n_classes, n_classes)`."""

    confusion: np.ndarray


@dataclass(frozen=True)
class RegressionResult:
    """Numbers, of such rows, float64 `(n,)` in the target's units, all finite."""

    truth: np.ndarray
    predicted: np.ndarray


Result = BinaryResult | MulticlassResult | RegressionResult


@dataclass(frozen=True)
class Mistake:
    """A row whose prediction is far off.

    Attributes:
        place: What names the row: the id columns, or its number.
        truth, predicted: In words.
        size: The error of a number, or the probability that the true class got.
    """

    place: tuple[str, ...]
    truth: str
    predicted: str
    size: float


@dataclass(frozen=True)
class ReportFacts:
    """All that a page shows.

    Attributes:
        name: Of the run.
        created: When the run was made, ISO 8601.
        config: Resolved.
        config_text: The same as YAML.
        preprocessing: Fitted.
        metrics: The result.
        history: One row per epoch.
        versions: Of the libraries.
        data: The tables it was made from.
        n_cells: Rows of the table that `counts` counts cells of.
        counts: Column → remarkable cells of that table.
        result: What there is to draw of the test rows; None when predictions are not finite.
        mistakes: The worst first.
        places: What heads the columns of `Mistake.place`.
        is_weighted: Whether rows count with weights in metrics.
        has_class_weights: Whether some of these are of their classes, which curves do without.
        n_test_groups: Groups of test rows that count as one in the intervals; None where every row does.
    """

    name: str
    created: str
    config: Config
    config_text: str
    preprocessing: Preprocessing
    metrics: RunMetrics
    history: Sequence[Mapping[str, float]]
    versions: Mapping[str, str]
    data: Mapping[str, DataFile]
    n_cells: int
    counts: Mapping[str, ColumnCounts]
    result: Result | None
    mistakes: Sequence[Mistake]
    places: tuple[str, ...]
    is_weighted: bool
    has_class_weights: bool
    n_test_groups: int | None = None
