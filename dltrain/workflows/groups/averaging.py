"""The average of several seeds as a run of its own."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from dltrain.config import Config, LoadedConfig
from dltrain.config.average import average_problems, plan_average, wide_section
from dltrain.config.problems.problems import config_error
from dltrain.config.sections.model import MAX_UNITS
from dltrain.config.sections.optimizers import Sgd
from dltrain.errors import RunError
from dltrain.features.architecture import layers_of, plan_of
from dltrain.run import Run, RunMetrics
from dltrain.run.average import Average, average_path
from dltrain.run.members import SEEDS
from dltrain.run.writing import write_run
from dltrain.workflows.fitting.audience import Audience
from dltrain.workflows.fitting.events import AverageBegan
from dltrain.workflows.fitting.measuring import export, measure, result_files
from dltrain.workflows.fitting.preparing import Prepared
from dltrain.workflows.fitting.run_page import page_name
from dltrain.workflows.limits.memory import MAX_ONNX_BYTES, MemoryEstimate, allowed_memory, estimate_fit, megabytes
from dltrain.workflows.limits.out_of_memory import memory_errors


def check_layers_average(loaded: LoadedConfig, n_seeds: int) -> None:
    """Refuses a network whose average is no network of such layers; needs no data.

    Args:
        loaded: The config.
        n_seeds: How many are averaged.

    Raises:
        ConfigError: With all layers that are in the way.
    """
    problems = list(average_problems(loaded.config.model, n_members=n_seeds))
    if problems:
        raise config_error(problems, loaded.document)


def check_average_fits(loaded: LoadedConfig, prepared: Prepared, n_seeds: int, *, allowed: float | None = None) -> None:
    """Refuses an average that is too large: between hidden layers it has `n_seeds`² times the weights of one of them.

    Args:
        loaded: The config.
        prepared: The rows of a seed.
        n_seeds: How many are averaged.
        allowed: Bytes of memory that the process may have in all; None: most of what the container allows.

    Raises:
        ConfigError: It cannot be made or saved.
    """
    config, preprocessing = _average_config(prepared, n_seeds), prepared.preprocessing
    layers, plan = layers_of(config, preprocessing), plan_of(config, preprocessing)
    allowed = allowed_memory() if allowed is None else allowed
    memory = _estimate_memory(config, prepared)
    widest = max(layer.units for layer in layers[1:])
    if widest > MAX_UNITS:
        text = f"expected layers of at most {MAX_UNITS:,} units, got one of {widest:,}"
    elif plan.max_bytes > MAX_ONNX_BYTES:
        text = f"expected a model.onnx of at most {megabytes(MAX_ONNX_BYTES)}, got {megabytes(plan.weight_bytes)}"
    elif memory.n_bytes > allowed:
        text = f"expected one that is made in {megabytes(allowed)} of memory, got {memory}"
    else:
        return
    parameters = sum(layer.parameters for layer in layers)
    raise loaded.error(
        ("model", "layers"),
        f"the average of {n_seeds} seeds as one network, of {parameters:,} parameters: {text}",
        hint="fewer seeds or units make it smaller; without --average the seeds are kept as they are",
    )


def make_average(
    path: Path, config_name: str, runs: Sequence[Run], prepared: Prepared, audience: Audience
) -> RunMetrics:
    """Makes, measures and saves the average.

    Args:
        path: The directory of the seeds.
        config_name: Of their config.
        runs: Their runs, in order.
        prepared: The rows of the first one.
        audience: Who follows it.

    Returns:
        Its metrics.

    Raises:
        RunError: The rows are encoded in another way than those of the runs.
        OutputError: It cannot be written.
        TrainingError: Its export gives other numbers, or the memory is used up.
    """
    _check_preprocessing(path, runs, prepared)
    section, preprocessing = prepared.config.model, prepared.preprocessing
    prepared = replace(prepared, config=_average_config(prepared, len(runs)))
    average = Average(config=config_name, seeds=tuple(run.config.training.seed for run in runs))
    watch = audience.watch
    from dltrain.network import average_network, steady_keras

    with memory_errors(_estimate_memory(prepared.config, prepared)), steady_keras():
        with watch.stage("export"):
            network = average_network(
                [run.onnx for run in runs],
                section,
                n_features=preprocessing.n_features,
                n_outputs=preprocessing.n_outputs,
                seed=prepared.config.training.seed,
            )
            audience.notify(AverageBegan(len(runs), network.count_params()))
            onnx, predictor = export(network, prepared)
        with watch.stage("score"):
            metrics, predicted = measure(prepared, predictor, n_parameters=network.count_params(), average=average)
            predictor = predictor.deciding(metrics.decision)
        with watch.stage("report"):
            name = page_name(average_path(path), metrics)
            files = result_files(prepared, network, onnx, predictor, metrics, predicted, history=(), name=name)
        with watch.stage("save"):
            write_run(average_path(path), files)
    return files.metrics


def _average_config(prepared: Prepared, n_seeds: int) -> Config:
    """The resolved config of a seed, with the layers of the average."""
    model = prepared.config.model
    plan = plan_average(model, n_features=prepared.preprocessing.n_features, n_members=n_seeds)
    return prepared.config.model_copy(update={"model": wide_section(model, plan)})


def _estimate_memory(config: Config, prepared: Prepared) -> MemoryEstimate:
    """What making the average takes: as much as a fit of its network that trains nothing."""
    idle = config.training.model_copy(update={"optimizer": Sgd(type="sgd"), "batch_size": 1})
    return estimate_fit(
        config.model_copy(update={"training": idle}),
        prepared.preprocessing,
        train=prepared.summary.train,
        validation=prepared.summary.validation,
        test=prepared.summary.test,
    )


def _check_preprocessing(path: Path, runs: Sequence[Run], prepared: Prepared) -> None:
    for run in runs:
        if run.preprocessing != prepared.preprocessing:
            raise RunError(
                f"{run.path}: expected the preprocessing that its config and table give here, got another: it was made "
                "by another version, or is damaged",
                hint=f"the average needs seeds of this version: fit them anew; nothing of the {SEEDS.noun} {path} "
                "was changed",
            )
