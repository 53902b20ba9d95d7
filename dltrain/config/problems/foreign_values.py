"""Values of the config as other tools call them."""

from typing import Final

_NAMES_ELSEWHERE: Final[dict[tuple[str, ...], tuple[str, ...]]] = {
    ("mae",): ("mean_absolute_error", "neg_mean_absolute_error", "l1"),
    ("mse", "rmse"): ("mean_squared_error", "neg_mean_squared_error", "squared_error", "l2"),
    ("rmse",): ("mse", "root_mean_squared_error", "neg_root_mean_squared_error"),
    ("median_absolute_error",): ("median_ae", "neg_median_absolute_error"),
    ("mape",): ("mean_absolute_percentage_error", "neg_mean_absolute_percentage_error"),
    ("r2",): ("r2_score", "r_squared", "rsquared"),
    ("roc_auc",): ("auc", "auroc", "roc", "auc_roc", "rocauc", "roc_auc_score", "roc_auc_ovr"),
    ("average_precision",): ("ap", "auprc", "pr_auc", "average_precision_score"),
    ("accuracy",): ("acc", "accuracy_score", "categorical_accuracy", "binary_accuracy"),
    ("balanced_accuracy",): ("balanced_accuracy_score", "balanced_acc", "bacc"),
    ("f1",): ("f1_score", "f-score", "f_score"),
    ("f1_macro",): ("macro_f1", "f1-macro"),
    ("precision",): ("precision_score",),
    ("recall",): ("recall_score", "sensitivity", "tpr"),
    ("log_loss",): ("logloss", "neg_log_loss"),
    ("brier_score",): ("brier", "brier_score_loss", "neg_brier_score"),
    ("top_k",): ("top_k_accuracy", "top_k_categorical_accuracy", "top5"),
    ("binary_crossentropy",): ("bce", "binary_cross_entropy"),
    ("categorical_crossentropy",): ("cce", "sparse_categorical_crossentropy", "softmax_loss"),
    ("sigmoid",): ("logistic",),
    ("min_max",): ("minmax", "min-max", "minmaxscaler"),
    ("standard",): ("zscore", "z_score", "z-score", "standardize", "standardscaler"),
    ("one_hot",): ("onehot", "one-hot", "dummy", "dummies"),
    ("target",): ("mean_encoding", "target_encoding"),
    ("numeric",): ("number", "numerical", "float", "int", "continuous"),
    ("categorical",): ("category", "string", "str", "object", "nominal"),
    ("datetime",): ("date", "time", "timestamp"),
    ("boolean",): ("bool", "flag"),
    ("binary", "multiclass"): ("classification", "classifier"),
    ("random",): ("shuffle", "shuffled"),
    ("time",): ("timeseries", "time_series", "chronological", "temporal"),
    ("space",): ("whitespace", "blank"),
}
"""What a value is called here → what Keras, scikit-learn and other tools call it."""

FOREIGN_VALUES: Final = {theirs: ours for ours, names in _NAMES_ELSEWHERE.items() for theirs in names}
"""Values as other tools call them → what they are here; the first that fits the place."""
