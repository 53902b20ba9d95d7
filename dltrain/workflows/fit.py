"""Fitting: from a config to a run directory."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from dltrain.config import Config, LoadedConfig, to_yaml
from dltrain.config.folds import is_for_all_folds
from dltrain.config.sections.data import Task
from dltrain.errors import ArgumentError, Interrupted, OutputError, RunError, TrainingError, escaped
from dltrain.features.architecture import layers_of
from dltrain.run import Checkpoint, Epoch, Origin, RunMetrics, UnfinishedRun
from dltrain.run.atomic import check_folder
from dltrain.run.checkpoint import CHECKPOINT, is_unfinished, resume_command
from dltrain.run.gates import JudgedGates, judge_run
from dltrain.run.writing import now, recorded_versions
from dltrain.scoring import compute_metrics, decode_outputs
from dltrain.workflows.fitting.audience import Audience
from dltrain.workflows.fitting.diagnosing import diagnose_fit
from dltrain.workflows.fitting.events import EpochEnded, EpochGoesOn, NetworkReady, Resumed
from dltrain.workflows.fitting.last_columns import notes_since_last
from dltrain.workflows.fitting.measuring import export, measure, result_files
from dltrain.workflows.fitting.preparing import Prepared, prepare
from dltrain.workflows.fitting.run_logs import keeping_logs
from dltrain.workflows.limits.disk_space import check_disk_space
from dltrain.workflows.limits.out_of_memory import MemoryUsedUpError, memory_errors
from dltrain.workflows.rows.encoded_rows import EncodedRows
from dltrain.workflows.start_up.importing import begin_import

MAX_NAME_BYTES = 200
"""File systems allow 255 bytes; a number and a temporary suffix follow the name."""


@dataclass(frozen=True)
class FitResult:
    """A finished fit.

    Attributes:
        path: The run directory.
        metrics: The result.
        config: Resolved.
        gates: What the config expects of the result, judged.
        notes: What was chosen for the user, and what is remarkable about the table, in words.
    """

    path: Path
    metrics: RunMetrics
    config: Config
    gates: JudgedGates
    notes: tuple[str, ...]

    @property
    def task(self) -> Task:
        """What kind of prediction."""
        assert self.config.data.task is not None  # noqa: S101 - resolve_config has set it
        return self.config.data.task


def fit(
    loaded: LoadedConfig,
    *,
    runs: Path,
    name: str | None = None,
    audience: Audience | None = None,
) -> FitResult:
    """Reads, divides, encodes, trains, exports, measures and saves.

    Args:
        loaded: The config.
        runs: Folder in which the run directory is made.
        name: Name of the run; None takes the config's.
        audience: Who follows it; None for nobody.

    Raises:
        ConfigError: The config does not fit the table.
        DataError: A table cannot be read, or a cell does not fit.
        OutputError: The run directory cannot be written, or the disk has no room for it.
        TrainingError: The loss is not finite any more, or the exported network gives other numbers.
        Interrupted: While training; the run can be resumed.
    """
    audience = audience or Audience()
    if is_for_all_folds(loaded.config):
        raise loaded.error(
            ("split", "folds"),
            "a fit trains one network, expected 'split.fold' beside the number of folds",
            hint="split.fold=1 trains the first one; dltrain.cross_validate, as dltrain fit, trains all",
        )
    run_name = checked_name(name, of_config=loaded.name)
    check_folder(runs)
    finish_import = begin_import(ahead=audience.imports_ahead)
    prepared = prepare(loaded, audience.watch)
    prepared = prepared.with_notes(notes_since_last(runs, run_name, loaded, prepared))
    audience.notify(prepared.summary)
    check_disk_space(runs, prepared.config, prepared.preprocessing)
    with audience.watch.stage("import"):
        finish_import()
    with UnfinishedRun(runs, run_name, origin_of(prepared)) as run:
        return complete(prepared, run, None, audience)


def origin_of(prepared: Prepared) -> Origin:
    """What a training on these rows begins with."""
    return Origin.model_validate(
        {
            "created": now(),
            "versions": recorded_versions(),
            "data": prepared.files,
            "config": to_yaml(prepared.config),
        }
    )


def complete(
    prepared: Prepared,
    run: UnfinishedRun,
    checkpoint: Checkpoint | None,
    audience: Audience,
    *,
    whole: Path | None = None,
) -> FitResult:
    """Trains from the start or from a checkpoint, exports, measures and saves; raises as `fit`.

    Args:
        prepared: The rows.
        run: Where the state and the result are kept.
        checkpoint: Where to go on; None for the start.
        audience: Who follows it.
        whole: What messages say how to resume, when that is more than this run.
    """
    from dltrain.network import steady_keras

    with (
        _naming(run, whole),
        memory_errors(prepared.memory),
        steady_keras(),
        keeping_logs(run, prepared.config, audience) as logs,
    ):
        network, epochs = _train(prepared, run, checkpoint, logs.audience)
        watch = audience.watch
        with watch.stage("export"):
            onnx, predictor = export(network, prepared)
        with watch.stage("score"):
            metrics, predicted = measure(
                prepared,
                predictor,
                n_parameters=network.count_params(),
                epochs=len(epochs),
                best_epoch=_kept_epoch(prepared.config, epochs),
            )
            predictor = predictor.deciding(metrics.decision)
            history = [epoch.to_row() for epoch in epochs]
        with watch.stage("diagnose"):
            found = (*prepared.leaks, *diagnose_fit(prepared, network, predictor, epochs))
            metrics = metrics.model_copy(update={"diagnosis": found})
        with watch.stage("report"):
            name = run.path.name if run.path is not None else ""
            files = result_files(prepared, network, onnx, predictor, metrics, predicted, history=history, name=name)
        with watch.stage("save"), audience.interruptible():
            path = run.finish(files)
        logs.finish(files.metrics)
        gates = judge_run(prepared.config, files.metrics)
        return FitResult(path, files.metrics, prepared.config, gates, prepared.summary.notes)


def checked_name(given: str | None, *, of_config: str) -> str:
    """The name of a run, if it can be one.

    Args:
        given: What was asked for; None takes the name of the config.
        of_config: That name.

    Raises:
        ConfigError: It cannot.
    """
    name = of_config if given is None else given
    is_plain = name.isprintable() and not name.startswith(".") and not {"/", "\\"} & set(name)
    if not name or not is_plain or len(name.encode()) > MAX_NAME_BYTES:
        raise ArgumentError(
            "name",
            f"expected a folder name of at most {MAX_NAME_BYTES} bytes that does not start with a dot, "
            f"got '{escaped(name[:MAX_NAME_BYTES])}'",
            hint="this is the name of the config: give the run another one" if given is None else None,
        )
    return name


def _train(
    prepared: Prepared, run: UnfinishedRun, checkpoint: Checkpoint | None, audience: Audience
) -> tuple[Any, tuple[Epoch, ...]]:
    """Builds and trains the network; returns it with its epochs."""
    from dltrain.network import build_network
    from dltrain.training import Keeping, Snapshot
    from dltrain.training import train as train_network

    notify, watch = audience.notify, audience.watch
    config, preprocessing, validation = prepared.config, prepared.preprocessing, prepared.validation
    n_features, n_outputs = preprocessing.n_features, preprocessing.n_outputs
    with watch.stage("build"):
        network = build_network(config.model, n_features=n_features, n_outputs=n_outputs, seed=config.training.seed)
    notify(NetworkReady(layers_of(config, preprocessing), config))
    if checkpoint is not None:
        notify(Resumed(checkpoint.progress, tuple(checkpoint.epochs), checkpoint.note))

    def score(outputs: np.ndarray) -> dict[str, float]:
        predicted = decode_outputs(outputs, preprocessing.target)
        truth, weight = validation.labelled.truth, validation.labelled.weight
        # A rule is applied after training, when the network is settled.
        threshold = None if config.decision is None else config.decision.fixed_threshold
        return compute_metrics(config.metrics or (), truth, predicted, sample_weight=weight, threshold=threshold)

    def save(snapshot: Snapshot) -> None:
        run.save(snapshot.progress, snapshot.arrays)

    training, judged = _examples(prepared)
    with audience.interruptible() as is_interrupted:
        epochs = train_network(
            network,
            config.training,
            training=training,
            validation=judged,
            score=score,
            on_epoch=lambda epoch: notify(EpochEnded(epoch, config.training.epochs)),
            on_steps=lambda progress, share: notify(EpochGoesOn(share, progress.seconds)),
            watch=watch,
            keeping=Keeping(save, is_interrupted, config.training.checkpoint_seconds),
            resume=None if checkpoint is None else Snapshot(checkpoint.progress, checkpoint.arrays),
        )
    return network, epochs


def _examples(prepared: Prepared) -> tuple[Any, Any]:
    """The training and the validation rows for the loop."""
    from dltrain.training import Examples

    def examples(part: EncodedRows) -> Examples:
        weight = part.labelled.weight
        # With mean 1, their unit does not change the learning rate. Validation rows are averaged by their own.
        scaled = np.ones(part.labelled.n_rows) if weight is None else weight / np.mean(weight)
        return Examples(part.features, part.answers, scaled.astype(np.float32))

    return examples(prepared.train), examples(prepared.validation)


@contextmanager
def _naming(run: UnfinishedRun, whole: Path | None) -> Iterator[None]:
    """Says in errors where the state of a training that did not end well is kept."""

    def goes_on(path: Path) -> str:
        return f"{resume_command(whole or path)} goes on"

    try:
        yield
    except Interrupted as error:
        if run.path is None:
            raise
        if not is_unfinished(run.path):
            raise Interrupted(f"when it was finished: {run.path}") from error
        place = error.message or "while the result was made"
        raise Interrupted(f"{place}; the state is saved\nhint: {goes_on(run.path)}") from error
    except OutputError as error:
        if run.path is None or error.hint is not None:
            raise
        hint = f"{goes_on(run.path)} from the last checkpoint once it can be written"
        raise OutputError(error.message, hint=hint) from error
    except RunError as error:
        raise RunError(f"{run.path}: {error.message}", hint=error.hint) from error
    except MemoryUsedUpError as error:
        again = f"\nhint: {resume_command(run.path)} goes on from the last checkpoint" if run.path else ""
        raise TrainingError(error.message, hint=f"{error.hint}{again}") from error
    except TrainingError as error:
        kept = f"\nkept: the last finite weights, in {run.path}/{CHECKPOINT}" if run.path else ""
        raise TrainingError(error.message, hint=f"{error.hint}{kept}") from error


def _kept_epoch(config: Config, epochs: tuple[Epoch, ...]) -> int:
    """Number of the epoch whose weights the network has."""
    stopping = config.training.early_stopping
    if stopping is None or not stopping.restore_best_weights:
        return len(epochs)
    return [epoch.number for epoch in epochs if epoch.is_best][-1]
