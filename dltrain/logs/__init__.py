"""Logs that other programs read while a network is trained: TensorBoard and MLflow, whose packages are extras."""

from dltrain.logs.log import Log, LoggedRun
from dltrain.logs.mlflow_log import MlflowLog
from dltrain.logs.packages import check_packages
from dltrain.logs.tensorboard_log import TensorBoardLog

__all__ = ["Log", "LoggedRun", "MlflowLog", "TensorBoardLog", "check_packages"]
