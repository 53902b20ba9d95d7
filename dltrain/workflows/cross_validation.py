"""Cross-validation: a fit for every fold, and what all of them say together."""

import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from dltrain.config import LoadedConfig, to_yaml
from dltrain.config.folds import is_for_all_folds, of_fold
from dltrain.errors import Interrupted, RunError, TrainingError
from dltrain.features import ClassTarget
from dltrain.run import Run, Scores, UnfinishedRun, load_run
from dltrain.run.atomic import check_folder, writing_file
from dltrain.run.checkpoint import origin_config, resume_command
from dltrain.run.folds import (
    OUT_OF_FOLD,
    FoldsOrigin,
    FoldsSummary,
    Spread,
    begin_folds,
    check_next_fold,
    fold_path,
    fold_state,
    is_finished,
    read_origin,
    working_on,
    write_summary,
)
from dltrain.run.gates import JudgedGates, judge_folds
from dltrain.run.writing import now
from dltrain.workflows.audience import Audience
from dltrain.workflows.events import FoldBegan
from dltrain.workflows.fit import checked_name, complete, origin_of
from dltrain.workflows.out_of_fold import (
    check_out_of_fold_names,
    predict_out_of_fold,
    score_out_of_fold,
    write_out_of_fold,
)
from dltrain.workflows.preparing import Prepared, prepare
from dltrain.workflows.resume import given_config, resume
from dltrain.workflows.tensorflow_import import import_heavy_rooms, import_in_background
from dltrain.workflows.unchanged import check_data, check_same_config, check_versions


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
    imports_ahead: bool = False,
) -> CrossValidation:
    """Fits a network for every fold, each as `fit` does with `split.fold`, and sums them up.

    Args:
        loaded: The config, with `split.folds` and without `split.fold`.
        runs: Folder in which the directory is made.
        name: Its name; None takes the config's.
        audience: Who follows it; None for nobody.
        imports_ahead: As for `fit`.

    Raises:
        ConfigError: As `fit`, or there are no folds.
        DataError, OutputError, TrainingError: As `fit`. Folds that were finished before are kept.
        Interrupted: What is done is kept, and can be resumed.
    """
    audience = audience or Audience()
    if not is_for_all_folds(loaded.config):
        raise loaded.error(("split",), "expected 'folds' without 'fold'", hint="split.folds=5 is usual")
    config_name = loaded.name if name is None else name
    run_name = checked_name(config_name)
    check_folder(runs)
    finish_import = import_in_background() if imports_ahead else import_heavy_rooms
    # Mistakes in the config and the table come to light before there is a directory.
    ready = {1: prepare(replace(loaded, config=of_fold(loaded.config, 1)), audience.watch)}
    target = ready[1].preprocessing.target
    check_out_of_fold_names(loaded, target.labels if isinstance(target, ClassTarget) else ())
    origin = FoldsOrigin.model_validate(
        {**origin_of(ready[1]).model_dump(), "config": to_yaml(loaded.config), "name": config_name}
    )
    path = begin_folds(runs, run_name, origin)
    with working_on(path):
        return _Folds(path, origin, loaded, audience, finish_import).fit(ready)


def resume_folds(
    path: Path,
    config: Path | None = None,
    overrides: Sequence[str] = (),
    *,
    audience: Audience | None = None,
    imports_ahead: bool = False,
) -> CrossValidation:
    """Goes on with a cross-validation: finished folds are kept, an interrupted one is resumed, the rest is fitted.

    Args:
        path: Its directory.
        config: The config file, to make sure that it still says the same; None takes what was kept.
        overrides: `KEY=VALUE`, as it was begun with.
        audience: Who follows it; None for nobody.
        imports_ahead: As for `fit`.

    Raises:
        ConfigError: Versions or the config are not those it was begun with.
        DataError: A table has changed.
        RunError: It is finished or damaged, or the training of a fold cannot go on.
        OutputError, TrainingError, Interrupted: As `cross_validate`.
    """
    audience = audience or Audience()
    if is_finished(path):
        raise RunError(f"{path}: expected an unfinished cross-validation, this one is finished")
    origin = read_origin(path)
    stored = origin_config(origin, source=str(path))
    check_versions(path, origin)
    given = given_config(stored, config, overrides)
    check_same_config(path, stored.config, given.config)
    folds = given.config.split.folds
    if folds is None or not is_for_all_folds(given.config):
        raise RunError(f"{path}: damaged cross-validation: expected 'split.folds' alone in its config")
    needs_training = fold_state(path, folds) != "finished"
    finish_import = import_in_background() if imports_ahead and needs_training else import_heavy_rooms
    with working_on(path):
        return _Folds(path, origin, given, audience, finish_import).fit({})


@dataclass(frozen=True)
class _Folds:
    """A cross-validation at work.

    Attributes:
        path: Its directory.
        origin: What it was begun with.
        loaded: The config.
        audience: Who follows it.
        finish_import: Waits for TensorFlow.
    """

    path: Path
    origin: FoldsOrigin
    loaded: LoadedConfig
    audience: Audience
    finish_import: Callable[[], None]

    def fit(self, ready: dict[int, Prepared]) -> CrossValidation:
        """Fits what is not finished yet, and sums up.

        Args:
            ready: Fold → its rows, if they are encoded already; emptied, because nobody should hold them any longer.
        """
        folds = self.loaded.config.split.folds
        assert folds is not None  # noqa: S101 - whoever begins has checked it
        for fold in range(1, folds + 1):
            with _naming(self.path, f"in fold {fold} of {folds}"):
                state = fold_state(self.path, fold)
                if state != "finished":
                    self.audience.notify(FoldBegan(fold, folds))
                if state == "missing":
                    self._fit_new(fold, ready)
                elif state == "unfinished":
                    self.finish_import()
                    resume(fold_path(self.path, fold), audience=self.audience, whole=self.path)
        with _naming(self.path, "after the last fold"), self.audience.watch.stage("score"):
            summary = _sum_up(self.path, self.origin, folds)
        return CrossValidation(self.path, summary, judge_folds(self.loaded.config, summary))

    def _fit_new(self, fold: int, ready: dict[int, Prepared]) -> None:
        audience = self.audience
        of_this = replace(self.loaded, config=of_fold(self.loaded.config, fold))
        prepared = ready.pop(fold, None) or prepare(of_this, audience.watch)
        check_data(self.path, self.origin, prepared.files)
        check_next_fold(self.path, fold)
        audience.notify(prepared.summary)
        with audience.watch.stage("import"):
            self.finish_import()
        with UnfinishedRun(self.path, "fold", origin_of(prepared)) as run:
            complete(prepared, run, None, audience, whole=self.path)


@contextmanager
def _naming(path: Path, where: str) -> Iterator[None]:
    """Says in errors which fold it was, and how to go on."""
    try:
        yield
    except Interrupted as error:
        text = f"{where} {error.message}".rstrip()
        if "\nhint: " not in text:
            text += f"; what is finished is kept\nhint: {resume_command(path)} goes on"
        raise Interrupted(text) from error
    except TrainingError as error:
        raise TrainingError(f"{where}: {error.message}", hint=error.hint) from error


def _sum_up(path: Path, origin: FoldsOrigin, folds: int) -> FoldsSummary:
    """Predicts every row out of its fold, and writes the result."""
    runs = [load_run(fold_path(path, fold)) for fold in range(1, folds + 1)]
    _check_runs(runs, folds)
    predicted = predict_out_of_fold(runs)
    check_data(path, origin, {"data": predicted.file})
    with writing_file(path / OUT_OF_FOLD, overwrite=True) as stream:
        write_out_of_fold(predicted, runs[0], stream)
    summary = FoldsSummary(
        created=now(),
        config=origin.name,
        task=runs[0].manifest.task,
        folds=folds,
        rows=tuple(run.metrics.test.rows for run in runs),
        metrics=_spreads([run.metrics.test for run in runs]),
        validation=_spreads([run.metrics.validation for run in runs]),
        out_of_fold=score_out_of_fold(predicted, runs[0]),
    )
    write_summary(path, summary)
    return summary


def _check_runs(runs: Sequence[Run], folds: int) -> None:
    """Checks that every run is that of its fold."""
    for fold, run in enumerate(runs, start=1):
        split = run.config.split
        if (split.folds, split.fold) != (folds, fold):
            raise RunError(
                f"{run.path}: damaged cross-validation: expected fold {fold} of {folds}, "
                f"got fold {split.fold} of {split.folds}"
            )


def _spreads(folds: Sequence[Scores]) -> dict[str, Spread]:
    """Metric → its mean and spread over the folds."""
    return {
        name: _spread([scores.metrics[name] for scores in folds], [scores.baseline[name] for scores in folds])
        for name in folds[0].metrics
    }


def _spread(values: Sequence[float | None], baselines: Sequence[float | None]) -> Spread:
    known = [value for value in values if value is not None]
    trivial = [value for value in baselines if value is not None]
    return Spread(
        mean=_mean(known),
        sd=_finite(np.std(known, ddof=1)) if len(known) > 1 else None,
        values=tuple(values),
        baseline=_mean(trivial),
    )


def _mean(values: Sequence[float]) -> float | None:
    return _finite(np.mean(values)) if values else None


def _finite(value: np.floating) -> float | None:
    return float(value) if math.isfinite(value) else None
