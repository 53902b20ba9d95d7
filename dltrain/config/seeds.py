"""The config of one of several seeds."""

from dltrain.config.config import Config


def of_seed(config: Config, number: int) -> Config:
    """The config of a run of several that differ in `training.seed` alone: that of the config, and those that follow.

    Args:
        config: Of the first run.
        number: Of the run, counted from 1.
    """
    seed = config.training.seed + number - 1
    return config.model_copy(update={"training": config.training.model_copy(update={"seed": seed})})
