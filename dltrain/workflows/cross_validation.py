"""Cross-validation: a fit for every fold, and what all of them say together."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from dltrain.config import Config, LoadedConfig, to_yaml
from dltrain.config.folds import is_for_all_folds, of_fold
from dltrain.errors import RunError
from dltrain.run import Run
from dltrain.run.atomic import check_folder, writing_file
from dltrain.run.folds import OUT_OF_FOLD, FoldsSummary
from dltrain.run.gates import JudgedGates, judge_group
from dltrain.run.members import (
    FOLDS,
    GroupOrigin,
    begin_group,
    member_state,
    working_on,
    write_group_summary,
)
from dltrain.run.writing import now
from dltrain.workflows.fit import checked_name, origin_of
from dltrain.workflows.fitting.audience import Audience
from dltrain.workflows.fitting.preparing import Prepared, prepare
from dltrain.workflows.fitting.unchanged import check_data
from dltrain.workflows.groups.finished_runs import check_folds
from dltrain.workflows.groups.group_page import write_group_page
from dltrain.workflows.groups.members import Members, reopen_group
from dltrain.workflows.groups.out_of_fold import (
    OutOfFold,
    check_out_of_fold_names,
    predict_out_of_fold,
    score_out_of_fold,
    write_out_of_fold,
)
from dltrain.workflows.groups.spreads import metric_spreads
from dltrain.workflows.limits.disk_space import check_disk_space
from dltrain.workflows.start_up.importing import begin_import


@dataclass(frozen=True)
class CrossValidation:
    """A finished cross-validation.

    Attributes:
        path: The directory; `fold-1`, `fold-2`, … in it are run directories.
        summary: The result.
        gates: What the config expects of it, judged.
    """

    path: Path
    summary: FoldsSummary
    gates: JudgedGates


def cross_validate(
    loaded: LoadedConfig,
    *,
    runs: Path,
    name: str | None = None,
    audience: Audience | None = None,
) -> CrossValidation:
    """Fits a network for every fold, each as `fit` does with `split.fold`, and sums them up.

    Args:
        loaded: The config, with `split.folds` and without `split.fold`.
        runs: Folder in which the directory is made.
        name: Its name; None takes the config's.
        audience: Who follows it; None for nobody.

    Raises:
        ConfigError: As `fit`, or there are no folds.
        DataError, OutputError, TrainingError: As `fit`. Folds that were finished before are kept.
        Interrupted: What is done is kept, and can be resumed.
    """
    audience = audience or Audience()
    if not is_for_all_folds(loaded.config):
        what = "a number of folds" if loaded.config.split.folds is None else "'folds' without 'fold'"
        raise loaded.error(("split",), f"expected {what}", hint="split.folds=5 is usual")
    run_name = checked_name(name, of_config=loaded.name)
    check_folder(runs)
    finish_import = begin_import(ahead=audience.imports_ahead)
    # Mistakes in the config and the table come to light before there is a directory.
    ready = {1: prepare(replace(loaded, config=of_fold(loaded.config, 1)), audience.watch)}
    check_out_of_fold_names(loaded, ready[1].preprocessing.target.labels)
    origin = GroupOrigin.model_validate(
        {**origin_of(ready[1]).model_dump(), "config": to_yaml(loaded.config), "name": run_name}
    )
    first = ready[1]
    check_disk_space(runs, first.config, first.preprocessing, n_fits=loaded.config.split.folds or 1)
    path = begin_group(runs, run_name, FOLDS, origin)
    return _finish(_members(path, origin, loaded, ready, audience, finish_import), loaded.config)


def resume_folds(
    path: Path,
    config: Path | None = None,
    overrides: Sequence[str] = (),
    *,
    audience: Audience | None = None,
) -> CrossValidation:
    """Goes on with a cross-validation: finished folds are kept, an interrupted one is resumed, the rest is fitted.

    Args:
        path: Its directory.
        config: The config file, to make sure that it still says the same; None takes what was kept.
        overrides: `KEY=VALUE`, as it was begun with.
        audience: Who follows it; None for nobody.

    Raises:
        ConfigError: Versions or the config are not those it was begun with.
        DataError: A table has changed.
        RunError: It is finished or damaged, or the training of a fold cannot go on.
        OutputError, TrainingError, Interrupted: As `cross_validate`.
    """
    audience = audience or Audience()
    origin, given = reopen_group(path, FOLDS, GroupOrigin, config, overrides)
    folds = given.config.split.folds
    if folds is None or not is_for_all_folds(given.config):
        raise RunError(f"{path}: damaged cross-validation: expected 'split.folds' alone in its config")
    needs_training = member_state(path, FOLDS, folds) != "finished"
    finish_import = begin_import(ahead=audience.imports_ahead and needs_training)
    return _finish(_members(path, origin, given, {}, audience, finish_import), given.config)


def _members(
    path: Path,
    origin: GroupOrigin,
    loaded: LoadedConfig,
    ready: dict[int, Prepared],
    audience: Audience,
    finish_import: Callable[[], None],
) -> Members:
    """The folds at work.

    Args:
        path: The directory.
        origin: What it was begun with.
        loaded: The config.
        ready: Fold → its rows, if they are encoded already; emptied, because nobody should hold them any longer.
        audience: Who follows it.
        finish_import: Waits for TensorFlow.
    """

    def rows_of(fold: int) -> Prepared:
        of_this = replace(loaded, config=of_fold(loaded.config, fold))
        return ready.pop(fold, None) or prepare(of_this, audience.watch, is_told=True)

    folds = loaded.config.split.folds
    assert folds is not None  # noqa: S101 - whoever begins has checked it
    return Members(path, FOLDS, origin, folds, rows_of, audience, finish_import, loaded.config.logs)


def _finish(members: Members, config: Config) -> CrossValidation:
    """Fits what is not finished yet, and sums up."""
    path, watch = members.path, members.audience.watch
    with working_on(path):
        runs = members.fit()
        with members.naming("after the last fold"):
            with watch.stage("score"):
                check_folds(runs)
                predicted = predict_out_of_fold(runs, config.data.path)
                check_data(path, members.origin, {"data": predicted.file})
                with writing_file(path / OUT_OF_FOLD, overwrite=True) as stream:
                    write_out_of_fold(predicted, runs[0], stream)
                summary = _sum_up(members.origin, runs, predicted)
            with watch.stage("report"):
                write_group_page(path, runs, summary, predicted)
            # The last file: with it, the group is finished.
            write_group_summary(path, FOLDS, summary)
    return CrossValidation(path, summary, judge_group(config, summary))


def _sum_up(origin: GroupOrigin, runs: Sequence[Run], predicted: OutOfFold) -> FoldsSummary:
    """Puts the metrics together."""
    return FoldsSummary(
        created=now(),
        config=origin.name,
        task=runs[0].manifest.task,
        folds=len(runs),
        rows=tuple(run.metrics.test.rows for run in runs),
        metrics=metric_spreads([run.metrics.test for run in runs]),
        validation=metric_spreads([run.metrics.validation for run in runs]),
        out_of_fold=score_out_of_fold(predicted, runs[0]),
    )
