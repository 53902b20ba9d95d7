"""Running a fitted network on tables and measuring it, without TensorFlow."""

from dltrain.scoring.baseline import Baseline, fit_baseline
from dltrain.scoring.decisions import choose_decision
from dltrain.scoring.decoding import decode_outputs
from dltrain.scoring.drift import LARGE_CHANGE, ColumnDrift, column_drifts
from dltrain.scoring.metrics import compute_metrics
from dltrain.scoring.predictor import Predictions, Predictor
from dltrain.scoring.row_values import predicted_codes
from dltrain.scoring.temperature import tempered

__all__ = [
    "Baseline",
    "ColumnDrift",
    "LARGE_CHANGE",
    "Predictions",
    "Predictor",
    "choose_decision",
    "column_drifts",
    "compute_metrics",
    "decode_outputs",
    "fit_baseline",
    "predicted_codes",
    "tempered",
]
