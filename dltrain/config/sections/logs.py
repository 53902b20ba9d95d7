"""Section `logs`: what other programs are told of a fit while it runs."""

from collections.abc import Callable
from typing import Final

from pydantic import Field

from dltrain.config.sections.section import Section

SQLITE: Final = "sqlite:///"
"""What stands before the path of a database in a tracking URI."""

TRACKING_URI: Final = ("logs", "mlflow", "tracking_uri")


class MlflowSection(Section):
    """Where MLflow keeps what it is told."""

    tracking_uri: str
    """`sqlite:///FILE`, relative to the config file, or the address of a server, `https://…`. Passwords do not belong
    here: MLflow reads MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, or MLFLOW_TRACKING_TOKEN, from the
    environment."""
    experiment: str = Field(default="dltrain", min_length=1, max_length=500)
    """Name of the experiment, made when there is none of that name."""


class LogsSection(Section):
    """Logs that other programs read. They change nothing in what is trained, and may differ when a fit is resumed."""

    tensorboard: str | None = Field(default=None, min_length=1)
    """Folder of event files for TensorBoard, one subfolder a run. Default: none."""
    mlflow: MlflowSection | None = None
    """Tracking by MLflow. Default: none."""

    def with_absolute_paths(self, absolute: Callable[..., str]) -> "LogsSection":
        """The section with every path made absolute.

        Args:
            absolute: Makes one so: the path, then the key it was written at.
        """
        changes: dict[str, object] = {}
        if self.tensorboard is not None:
            changes["tensorboard"] = absolute(self.tensorboard, "logs", "tensorboard")
        if self.mlflow is not None and (path := sqlite_path(self.mlflow.tracking_uri)) is not None:
            uri = SQLITE + absolute(path, *TRACKING_URI)
            changes["mlflow"] = self.mlflow.model_copy(update={"tracking_uri": uri})
        return self.model_copy(update=changes)


def sqlite_path(tracking_uri: str) -> str | None:
    """The path of the database; None for a server.

    >>> sqlite_path("sqlite:///runs/mlflow.db"), sqlite_path("https://mlflow.example.org")
    ('runs/mlflow.db', None)
    """
    return tracking_uri.removeprefix(SQLITE) if tracking_uri.startswith(SQLITE) else None
