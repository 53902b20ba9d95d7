"""Scoring a run on labelled rows."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from dltrain.config.sections.data import Task
from dltrain.errors import counted
from dltrain.run import Run, Scores
from dltrain.run.gates import JudgedGates, gates_content, judge
from dltrain.scoring import Baseline, Predictor
from dltrain.table import Table, read_table
from dltrain.workflows.fitting.scores import score_rows
from dltrain.workflows.rows.complete_rows import notes_on_dropped_rows
from dltrain.workflows.rows.dataset import LabelledRows, labelled_class_weights, labelled_rows, read_dataset
from dltrain.workflows.rows.fitted_columns import check_fitted_columns
from dltrain.workflows.rows.fitted_tables import fitted_run_errors
from dltrain.workflows.rows.own_tables import own_tables
from dltrain.workflows.rows.row_groups import group_rows
from dltrain.workflows.rows.row_summary import RowSummary, summarize_features
from dltrain.workflows.rows.seen_rows import SeenRows, count_seen_rows, seen_notes

_UNLIKE: Final = ("unseen", "missing", "out_of_range", "drifted")


@dataclass(frozen=True)
class GroupScores:
    """The scores of the rows that belong together.

    Attributes:
        name: The value that they share, or the range of their numbers; None where the value is missing.
        scores: Their metrics; the baseline is that of the whole.
    """

    name: str | None
    scores: Scores

    def to_dict(self) -> dict[str, Any]:
        """The group as JSON content."""
        return {"group": self.name, **self.scores.model_dump(exclude={"baseline", "unweighted_baseline"})}


@dataclass(frozen=True)
class Evaluation:
    """The scores of a run on some rows.

    Attributes:
        source: Which rows, in words.
        task: What kind of prediction.
        scores: Metrics beside the baseline.
        gates: What the run's config expects of test rows, judged by these rows.
        dropped_rows: Rows left out because their target is missing.
        incomplete: What was left out by columns with `impute: drop`, in words.
        seen: How many rows of another table the run was made with; why that is not known; None when nobody asked.
        unlike: What the rows of another table hold that training did not; None for the run's own, and of
            runs that do not know.
        by: The column that `groups` are made by.
        groups: The scores of each group of rows, in the order of `group_rows`; empty when nobody asked.
    """

    source: str
    task: Task
    scores: Scores
    gates: JudgedGates
    dropped_rows: int
    incomplete: tuple[str, ...] = ()
    seen: SeenRows | str | None = None
    unlike: RowSummary | None = None
    by: str | None = None
    groups: tuple[GroupScores, ...] = ()

    def notes(self) -> list[str]:
        """What a reader of the scores should know, in words."""
        notes = list(self.incomplete)
        if self.dropped_rows:
            verb = "was" if self.dropped_rows == 1 else "were"
            notes.append(f"{counted(self.dropped_rows, 'row')} without a target {verb} left out")
        notes += seen_notes(self.seen)
        return notes if self.unlike is None else [*notes, *self.unlike.differences()]

    def of_data(self) -> dict[str, Any]:
        """What became of the rows, as JSON content."""
        seen = self.seen.to_dict() if isinstance(self.seen, SeenRows) else None
        content = None if self.unlike is None else self.unlike.to_dict()
        unlike = None if content is None else {sort: content[sort] for sort in _UNLIKE}
        known = self.seen.groups if isinstance(self.seen, SeenRows) else None
        return {
            "dropped_rows": self.dropped_rows,
            "seen_rows": seen,
            "known_groups": None if known is None else known.to_dict(),
            "unlike_training": unlike,
        }

    def to_dict(self) -> dict[str, Any]:
        """The evaluation as JSON content."""
        content: dict[str, Any] = {"data": self.source, **self.scores.model_dump()}
        content |= self.of_data()
        content |= gates_content(self.gates)
        if self.by is not None:
            content |= {"by": self.by, "groups": [group.to_dict() for group in self.groups]}
        return content


def evaluate(run: Run, *, data: Path | None = None, by: str | None = None) -> Evaluation:
    """Scores a run on its held-out test rows, or on another labelled file, and looks for rows it has seen there.

    Args:
        run: The run.
        data: The file; None for the held-out test rows.
        by: A column whose values, or quarters of whose numbers, are scored each for itself as well.

    Raises:
        DataError: The run's table is missing or has changed, or the file does not fit the run, or lacks the column.
    """
    with fitted_run_errors(run, str(data)):
        table = None if data is None else read_table(data, texts=run.texts)
    return evaluate_rows(run, table, Predictor.from_run(run), by=by, looks_for_seen=data is not None)


def evaluate_rows(
    run: Run, table: Table | None, predictor: Predictor, *, by: str | None = None, looks_for_seen: bool = False
) -> Evaluation:
    """Scores a run on its held-out test rows (`table` is None), or on all labelled rows of a table.

    Args:
        run: The run.
        table: The table; None for the held-out test rows.
        predictor: Of the run.
        by: As in `evaluate`.
        looks_for_seen: Whether to count the rows of a table that the run was made with; it reads the run's own tables.

    Raises:
        DataError: The run's table is missing or has changed, or the table does not fit the run, or lacks the column.
    """
    labelled = rows_to_score(run, table)
    with fitted_run_errors(run, labelled.table.source):
        encoded = run.preprocessing.encode(labelled.table, with_remarks=table is not None)
        # A column that is not there is told before the work.
        groups = [] if by is None else group_rows(labelled.table, labelled.rows, by, run.preprocessing)
    knows_training = run.preprocessing.distribution is not None
    features = encoded.take(labelled.rows)
    predicted = predictor.predict_encoded(features)
    baseline = Baseline(prediction=run.metrics.trivial_prediction)

    def score(part: LabelledRows, values: np.ndarray) -> Scores:
        return score_rows(part, values, config=run.config, baseline=baseline, threshold=run.metrics.threshold)

    scores = score(labelled, predicted)
    return Evaluation(
        "held-out test rows" if table is None else table.source,
        run.manifest.task,
        scores,
        judge(run.config, {"test": scores.metrics}),
        dropped_rows=0 if table is None else labelled.table.n_rows - labelled.n_rows,
        incomplete=() if table is None else tuple(notes_on_dropped_rows(table, run.config)),
        seen=count_seen_rows(run, labelled, features) if table is not None and looks_for_seen else None,
        unlike=None if table is None or not knows_training else summarize_features(run.preprocessing, encoded),
        by=by,
        groups=tuple(
            GroupScores(group.name, score(labelled.take(group.rows), predicted[group.rows])) for group in groups
        ),
    )


def rows_to_score(run: Run, table: Table | None) -> LabelledRows:
    """The held-out test rows of a run (`table` is None), or all labelled rows of a table, with their weights.

    Raises:
        DataError: The run's table is missing or has changed, or the table does not fit the run.
    """
    if table is None:
        return read_dataset(own_tables(run), is_of_run=True).test
    class_target = run.preprocessing.class_target
    with fitted_run_errors(run, table.source):
        check_fitted_columns(run, table, with_ids=False)
        labelled = labelled_rows(table, run.config, class_target, drops_unlabelled=True)
    return labelled.weighted_by_class(labelled_class_weights(run.config, class_target, labelled))
