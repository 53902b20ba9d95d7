"""The config of one fold."""

from dltrain.config.config import Config


def of_fold(config: Config, fold: int) -> Config:
    """The config of a run for one fold, counted from 1, of the cross-validation that a config describes."""
    return config.model_copy(update={"split": config.split.model_copy(update={"fold": fold})})


def is_for_all_folds(config: Config) -> bool:
    """Whether a config describes a cross-validation, not a single run."""
    return config.split.folds is not None and config.split.fold is None
