"""The page of a cross-validation, or of several seeds, from its runs and what they say together."""

from collections.abc import Sequence
from pathlib import Path

from dltrain.errors import RunError
from dltrain.report import group_page
from dltrain.report.charts.curves_chart import MOST_CURVES
from dltrain.report.group.facts import GroupFacts, MemberFacts, PooledFacts
from dltrain.run import Run
from dltrain.run.atomic import writing_file
from dltrain.run.average import average_path
from dltrain.run.checkpoint import origin_config
from dltrain.run.folds import FoldsSummary
from dltrain.run.gates import judge_group
from dltrain.run.history_file import read_history_file
from dltrain.run.loading import read_average
from dltrain.run.manifest import REPORT_NAME
from dltrain.run.seeds import SeedsSummary, read_group_origin
from dltrain.run.shared_diagnosis import shared_diagnosis
from dltrain.scoring.intervals import metric_intervals
from dltrain.table import arrow_from_numpy
from dltrain.workflows.fitting.predicted_rows import PredictedRows
from dltrain.workflows.groups.out_of_fold import OutOfFold


def write_group_page(
    path: Path, runs: Sequence[Run], summary: FoldsSummary | SeedsSummary, predicted: OutOfFold | None
) -> None:
    """Writes the page into the directory of the group, anew when it is there; arguments as for `make_group_page`.

    Raises:
        OutputError: It cannot be written.
        RunError: The group or a run is damaged.
    """
    with writing_file(path / REPORT_NAME, overwrite=True) as stream:
        stream.write(make_group_page(path, runs, summary, predicted).encode())


def make_group_page(
    path: Path,
    runs: Sequence[Run],
    summary: FoldsSummary | SeedsSummary,
    predicted: OutOfFold | None,
    *,
    has_links: bool = True,
) -> str:
    """The page of a group.

    Args:
        path: The directory.
        runs: All of its runs, in order.
        summary: What they say together.
        predicted: The predictions of all folds; None for seeds.
        has_links: Whether the page leads to those of the runs, as it does in the directory.

    Raises:
        RunError: The group or a run is damaged.
    """
    group = summary.group
    origin = read_group_origin(path, group)
    average = read_average(path)
    if average is not None and summary.metrics.keys() - average.test.metrics.keys():
        raise RunError(f"{average_path(path)}: damaged {group.noun}: expected the metrics of {group.summary_name}")
    config, preprocessing = origin_config(origin, source=str(path)).config, runs[0].preprocessing
    facts = GroupFacts(
        name=path.resolve().name,
        summary=summary,
        members=[_member(run, has_link=has_links, is_drawn=n < MOST_CURVES) for n, run in enumerate(runs)],
        average=average,
        average_page=None if average is None else _page(average_path(path), has_link=has_links),
        pooled=None if predicted is None else _pooled(predicted, runs[0]),
        target=preprocessing.target,
        n_columns=len(preprocessing.features),
        diagnosis=shared_diagnosis((run.path.name, run.metrics.diagnosis) for run in runs),
        gates=judge_group(config, summary),
        is_weighted=config.is_weighted,
        has_class_weights=config.training.class_weight is not None,
        config_text=origin.config,
        versions=origin.versions,
        data={str(role): file for role, file in origin.data.items()},
    )
    return group_page(facts)


def _member(run: Run, *, has_link: bool, is_drawn: bool) -> MemberFacts:
    return MemberFacts(
        name=run.path.name,
        page=_page(run.path, has_link=has_link),
        seed=run.config.training.seed,
        metrics=run.metrics,
        history=read_history_file(run) if is_drawn else (),
    )


def _page(path: Path, *, has_link: bool) -> str | None:
    """Where the page of a run is, seen from that of its group."""
    return f"{path.name}/{REPORT_NAME}" if has_link and (path / REPORT_NAME).is_file() else None


def _pooled(predicted: OutOfFold, run: Run) -> PooledFacts:
    labelled, names = predicted.labelled.with_groups(run.config.split), run.config.data.id
    target = run.preprocessing.target
    ids = labelled.table.columns.select(names).take(arrow_from_numpy(labelled.rows))
    rows = PredictedRows(labelled, predicted.values, predicted.thresholds, ids)
    intervals = metric_intervals(
        run.config.metrics or (),
        labelled.truth,
        predicted.values,
        sample_weight=labelled.weight,
        thresholds=(predicted.thresholds, None),
        group=labelled.group,
    )
    of_metrics = {str(name): bounds for name, bounds in intervals.metrics.items()}
    return PooledFacts(rows.result(target), rows.mistakes(target), names or ("row",), of_metrics, labelled.n_groups)
