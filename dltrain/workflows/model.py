"""A run as the Python API hands it out."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from dltrain.run import Run, load_run
from dltrain.scoring import Predictor
from dltrain.table import Table, read_table, table_from_pandas
from dltrain.workflows.evaluate import evaluate_rows
from dltrain.workflows.predict import prediction_columns

if TYPE_CHECKING:
    import pandas as pd


class Model:
    """A trained run: predicts and scores tables without TensorFlow.

    Args:
        run: A verified run directory.
    """

    def __init__(self, run: Run) -> None:
        self.run = run
        self._predictor = Predictor(run.preprocessing, run.onnx_path.read_bytes())

    @property
    def path(self) -> Path:
        """The run directory."""
        return self.run.path

    @property
    def metrics(self) -> dict[str, Any]:
        """What metrics.json holds."""
        return self.run.metrics.model_dump()

    def predict(self, data: "pd.DataFrame | str | Path") -> "pd.DataFrame":
        """Predicts every row of a data frame or a file.

        Args:
            data: Has the feature columns and the id columns; the target and other columns are ignored.

        Returns:
            The id columns (or `row`, counted from 1), `prediction`, and `p_<label>` for every class. A data
            frame's index is kept.

        Raises:
            DataError: A column is missing or a cell does not fit it.
        """
        table = self._table(data)
        frame: pd.DataFrame = prediction_columns(self.run, table, self._predictor.predict(table)).to_pandas()
        return frame if isinstance(data, str | Path) else frame.set_axis(data.index, axis=0)

    def evaluate(self, data: "pd.DataFrame | str | Path | None" = None) -> dict[str, Any]:
        """Scores the held-out test rows, or a labelled data frame or file.

        Returns:
            `rows`, `metrics`, `baseline` and, with class weights, `unweighted`, as in metrics.json.

        Raises:
            DataError: A column is missing, a cell does not fit it, or the run's own table has changed.
        """
        table = None if data is None else self._table(data)
        return evaluate_rows(self.run, table, self._predictor).scores.model_dump()

    def _table(self, data: "pd.DataFrame | str | Path") -> Table:
        missing_values = self.run.config.data.missing_values
        if isinstance(data, str | Path):
            return read_table(Path(data), missing_values=missing_values)
        return table_from_pandas(data, missing_values=missing_values)


def load(path: str | Path) -> Model:
    """Opens a run directory.

    Raises:
        RunError: It is missing, no run, of an unknown format, or damaged.
    """
    return Model(load_run(Path(path)))
