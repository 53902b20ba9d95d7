"""Columns ⇄ float32: what is learned from the training rows, kept as JSON, and applied to any table."""

from dltrain.features.distribution import Bins, ColumnDistribution, Distribution
from dltrain.features.encoded import CategoryCounts, CellRemarks, ColumnCounts, EncodedFeatures
from dltrain.features.fitting import CellChanges, FittedFeatures, feature_kinds, fit_features
from dltrain.features.labels import class_labels, class_weights, match_label, prediction_names
from dltrain.features.preprocessing import Feature, Preprocessing
from dltrain.features.target import ClassTarget, RegressionTarget, fit_class_target, fit_regression_target
from dltrain.features.target_encoding import TrainingAnswers
from dltrain.features.task import infer_task
from dltrain.features.unscaled import UNSCALED, largest_input

__all__ = [
    "Preprocessing",
    "Feature",
    "feature_kinds",
    "fit_features",
    "FittedFeatures",
    "Distribution",
    "ColumnDistribution",
    "Bins",
    "CellChanges",
    "CategoryCounts",
    "CellRemarks",
    "ColumnCounts",
    "EncodedFeatures",
    "RegressionTarget",
    "fit_regression_target",
    "ClassTarget",
    "fit_class_target",
    "TrainingAnswers",
    "infer_task",
    "class_labels",
    "class_weights",
    "match_label",
    "prediction_names",
    "UNSCALED",
    "largest_input",
]
