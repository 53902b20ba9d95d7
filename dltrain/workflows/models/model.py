"""A run as the Python API hands it out."""

import re
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from dltrain.arguments import check_flag, check_text, checked_path, checked_texts
from dltrain.features import ClassTarget
from dltrain.run import Run, load_run
from dltrain.run.gates import gates_content, judge_run
from dltrain.scoring import Predictor
from dltrain.table import Table, check_is_frame, read_table, table_from_pandas
from dltrain.workflows.evaluate import evaluate_rows
from dltrain.workflows.predicting.output_columns import NOTES, check_output_names, output_columns
from dltrain.workflows.rows.fitted_columns import check_fitted_columns
from dltrain.workflows.rows.fitted_tables import fitted_run_errors
from dltrain.workflows.rows.row_summary import summarize_features
from dltrain.workflows.rows.seen_rows import SeenRows

if TYPE_CHECKING:
    import pandas as pd

_STRICT_HINT: Final = "without strict=True they are predicted all the same; notes=True marks the rows"


class Model:
    """A trained run: predicts and scores tables without TensorFlow.

    Args:
        run: A verified run directory.
    """

    def __init__(self, run: Run) -> None:
        self.run = run
        self._predictor = Predictor.from_run(run)

    def __repr__(self) -> str:
        config = self.run.config.data
        return f"Model({str(self.path)!r}, task={config.task!r}, target={config.target!r})"

    def __reduce__(self) -> tuple[Callable[[Path], "Model"], tuple[Path]]:
        # Another process opens the run itself, and verifies it.
        return load, (self.path.absolute(),)

    @property
    def path(self) -> Path:
        """The run directory."""
        return self.run.path

    @property
    def metrics(self) -> dict[str, Any]:
        """What metrics.json holds."""
        return self.run.metrics.model_dump()

    @property
    def gates(self) -> list[dict[str, Any]]:
        """What `expect` in the config says of the metrics: `gate`, `expected`, `value` and whether it is `reached`."""
        return [gate.to_dict() for gate in judge_run(self.run.config, self.run.metrics)]

    def predict(
        self,
        data: "pd.DataFrame | str | Path",
        *,
        keep: Sequence[str] = (),
        notes: bool = False,
        strict: bool = False,
    ) -> "pd.DataFrame":
        """Predicts every row of a data frame or a file.

        Args:
            data: Has the feature columns and the id columns; the target and other columns are ignored.
            keep: Further columns of the data to carry along, between the ids and the predictions.
            notes: Whether a last column `notes` says what is remarkable about each row, such as
                "unseen: city; missing: age"; empty where nothing is.
            strict: Whether rows that are not like those of training are an error, as with `dltrain predict --strict`;
                `drift` says what is different about them.

        Returns:
            The id columns (or `row`, counted from 1), `prediction`, and `p_<label>` for every class. Labels are
            integers or booleans where all of them are, text otherwise. A data frame keeps its index, its ids and what
            is carried along.

        Raises:
            ConfigError: Two columns of the result would have the same name.
            DataError: A column is missing, a cell does not fit it, or, if `strict`, the rows are not like those of
                training; DataTypeError: the data are no table.
        """
        check_flag(notes, "notes")
        check_flag(strict, "strict")
        keep = tuple(dict.fromkeys([keep] if isinstance(keep, str) else checked_texts(keep, "keep")))
        check_output_names(self.run, keep, has_notes=notes)
        table = self._table(data)
        check_fitted_columns(self.run, table)
        with fitted_run_errors(self.run, table.source):
            features = self.run.preprocessing.encode(table, with_remarks=notes or strict)
        if strict:
            summarize_features(self.run.preprocessing, features).check_like_training(table.source, hint=_STRICT_HINT)
        columns = output_columns(
            self.run,
            table,
            self._predictor.predictions(features),
            keep=keep,
            remarks=features.remarks if notes else None,
        )
        frame: pd.DataFrame = columns.to_pandas()
        frame["prediction"] = self._typed(frame["prediction"])
        if notes:
            frame[NOTES] = frame[NOTES].fillna("")
        if isinstance(data, str | Path):
            return frame
        carried = {name: data[name].array for name in (*self.run.config.data.id, *keep)}
        return frame.set_axis(data.index, axis=0).assign(**carried)

    def drift(self, data: "pd.DataFrame | str | Path") -> dict[str, Any]:
        """How the rows of a data frame or a file differ from those of training.

        Args:
            data: Has the feature columns; other columns are ignored.

        Returns:
            `rows`; column → cells, where there are any, of `unseen` categories, of `missing` values and of numbers that
            are `out_of_range` of training; `drifted`, column → PSI; `columns`, all of that for each one. As with
            `dltrain predict --json`.

        Raises:
            DataError: A column is missing or a cell does not fit it; DataTypeError: the data are no table.
        """
        table = self._table(data)
        check_fitted_columns(self.run, table, with_ids=False)
        with fitted_run_errors(self.run, table.source):
            features = self.run.preprocessing.encode(table, with_remarks=True)
        content = summarize_features(self.run.preprocessing, features).to_dict()
        return {key: value for key, value in content.items() if key not in ("empty_ids", "unused_columns")}

    def encode(self, data: "pd.DataFrame | str | Path") -> "pd.DataFrame":
        """What `model.keras` and `model.onnx` of the run take for every row of a data frame or a file.

        Args:
            data: Has the feature columns; other columns are ignored.

        Returns:
            float32, a column for each input of the network in its order: numbers, then a column for each category, such
            as "city=Rome" and "city=(other)". A data frame keeps its index.

        Raises:
            DataError: A column is missing or a cell does not fit it; DataTypeError: the data are no table.
        """
        import pandas as pd

        table = self._table(data)
        check_fitted_columns(self.run, table, with_ids=False)
        with fitted_run_errors(self.run, table.source):
            features = self.run.preprocessing.encode(table)
        index = None if isinstance(data, str | Path) else data.index
        return pd.DataFrame(features.dense(), index=index, columns=list(self.run.preprocessing.feature_names))

    def _typed(self, labels: "pd.Series[Any]") -> "pd.Series[Any]":
        """Predicted labels as integers or booleans where all labels are such."""
        target = self.run.preprocessing.target
        if not isinstance(target, ClassTarget):
            return labels
        if set(target.labels) == {"false", "true"}:
            return labels == "true"
        is_whole = all(re.fullmatch(r"-?\d{1,18}", label) and label == str(int(label)) for label in target.labels)
        return labels.astype("int64" if is_whole else str)

    def evaluate(
        self, data: "pd.DataFrame | str | Path | None" = None, *, by: str | None = None, check_seen: bool = True
    ) -> dict[str, Any]:
        """Scores the held-out test rows, or a labelled data frame or file.

        Args:
            data: The labelled rows; None for the held-out test rows.
            by: A column whose values, or quarters of whose numbers, are scored each for itself as well.
            check_seen: Whether to look for rows of `data` that the run was made with, which are warned of; the run's
                own tables are read for that.

        Returns:
            `rows`, `metrics`, `baseline` and, with class weights, `unweighted` and `unweighted_baseline`, as in
            metrics.json; of other data `dropped_rows`, the rows without a target, and `seen_rows`, those that the run
            was made with (`train`, `validation`, `test`; None where that is not known), and `known_groups`, where its
            split keeps groups together (`groups` that it was made with, and their `rows` here); with `by` also
            `groups`, a list of `group`, `rows`, `metrics` and `unweighted`; where the config expects something,
            `gates` as in the property, those of test rows judged by these rows.

        Raises:
            DataError: A column is missing, a cell does not fit it, or the run's own table has changed.
        """
        check_text(by, "by", "the name of a column")
        table = None if data is None else self._table(data)
        check_flag(check_seen, "check_seen")
        result = evaluate_rows(self.run, table, self._predictor, by=by, looks_for_seen=check_seen)
        of_data = {} if data is None else result.of_data()
        # A model that was shipped without its table has nothing to look in.
        for note in result.seen.notes() if isinstance(result.seen, SeenRows) else ():
            warnings.warn(note, RuntimeWarning, stacklevel=2)
        groups = {} if by is None else {"groups": [group.to_dict() for group in result.groups]}
        return result.scores.model_dump() | of_data | groups | gates_content(result.gates)

    def _table(self, data: "pd.DataFrame | str | Path") -> Table:
        texts = self.run.texts
        if isinstance(data, str | Path):
            with fitted_run_errors(self.run, str(data)):
                return read_table(Path(data), texts=texts, is_read_once=True)
        check_is_frame(data)
        return table_from_pandas(data, texts=texts)


def load(path: str | Path) -> Model:
    """Opens a run directory.

    Raises:
        ConfigError: It is no path.
        RunError: It is missing, no run, of an unknown format, or damaged.
    """
    return Model(load_run(checked_path(path, "run", expected="the path of a run")))
