"""The page that compares runs: made from a comparison and the histories of the runs."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from dltrain.config.differences import config_differences
from dltrain.features.architecture import layers_of
from dltrain.report import comparison_page
from dltrain.report.comparison.compared import ComparedFacts, ComparisonFacts, DifferenceFacts
from dltrain.run import Run
from dltrain.run.atomic import writing_file
from dltrain.run.history_file import read_history_file
from dltrain.workflows.compare import LAYERS, ComparedRun, Comparison, table_text, told
from dltrain.workflows.comparing.loss_kinds import loss_kinds

_LONGEST_VALUE: Final = 200
_NOT_SAID: Final = "–"


def write_comparison(comparison: Comparison, runs: Sequence[Run], path: Path, *, overwrite: bool = False) -> None:
    """Makes the page of a comparison, and writes it.

    Args:
        comparison: What was measured.
        runs: Those that were compared, in the same order.
        path: The file.
        overwrite: Whether it may be replaced.

    Raises:
        OutputError: The path exists or cannot be written.
        RunError: A run is damaged.
    """
    facts = comparison_facts(comparison, runs)
    with writing_file(path, overwrite=overwrite) as stream:
        stream.write(comparison_page(facts).encode())


def comparison_facts(comparison: Comparison, runs: Sequence[Run]) -> ComparisonFacts:
    """All that the page shows.

    Raises:
        RunError: The history of a run is damaged.
    """
    first = runs[0]
    compared = tuple(
        _run_facts(name, one, run) for name, one, run in zip(comparison.names, comparison.runs, runs, strict=True)
    )
    same_weights = all(run.config.training.class_weight == first.config.training.class_weight for run in runs)
    metrics = tuple(first.config.metrics or ())
    # An average has no history.
    histories = [run.history for run in compared if run.history]
    shared = tuple(name for name in metrics if all(f"val_{name}" in history[0] for history in histories))
    return ComparisonFacts(
        source=comparison.source,
        notes=tuple(comparison.notes()),
        rows=comparison.rows,
        task=first.manifest.task,
        target=first.config.data.target,
        is_weighted=first.config.data.weight is not None,
        metrics=metrics,
        runs=compared,
        config=_config_table(comparison) | _table_rows(runs),
        loss_kinds=loss_kinds(runs),
        other_validation=_other_validation(runs),
        epoch_metrics=shared if same_weights else (),
        left_out=""
        if same_weights
        else "Metrics of the validation rows are left out: class weights count in them, and the runs have other ones.",
    )


def _run_facts(name: str, compared: ComparedRun, run: Run) -> ComparedFacts:
    return ComparedFacts(
        name=name,
        path=str(run.path),
        created=run.manifest.created,
        versions=run.manifest.versions,
        metrics=compared.metrics,
        differences={
            metric: DifferenceFacts(found.value, found.low, found.high, found.verdict(metric))
            for metric, found in compared.differences.items()
        },
        threshold=compared.threshold,
        epochs=compared.epochs,
        best_epoch=compared.best_epoch,
        layers=layers_of(run.config, run.preprocessing),
        history=read_history_file(run),
    )


def _config_table(comparison: Comparison) -> dict[str, tuple[str, ...]]:
    """Key → the value of every run, for keys that some config says something else for than that of the first run."""
    changes = [comparison.config_changes(run) for run in comparison.runs]
    keys = {key: values[0] for of_run in changes for key, values in of_run.items()}
    return {key: tuple(_said(key, before, of_run) for of_run in changes) for key, before in keys.items()}


def _table_rows(runs: Sequence[Run]) -> dict[str, tuple[str, ...]]:
    """Likewise for the tables, by their roles, that are not the same bytes in all runs."""
    roles = dict.fromkeys(role for run in runs for role in run.manifest.data)
    texts = {f"table '{role}'": tuple(table_text(run.manifest.data.get(role)) for run in runs) for role in roles}
    return {name: values for name, values in texts.items() if len(set(values)) > 1}


def _said(key: str, before: Any, changes: dict[str, tuple[Any, Any]]) -> str:
    """What one config says.

    Args:
        key: Dotted.
        before: What that of the first run says.
        changes: What this one says differently.
    """
    if LAYERS in changes and key.startswith(f"{LAYERS}."):
        # It has other layers, told as a whole; a layer of that number is no answer.
        return _NOT_SAID
    return _value_text(changes[key][1] if key in changes else before)


def _value_text(value: Any) -> str:
    text = told(value)
    return text if len(text) <= _LONGEST_VALUE else f"…{text[1 - _LONGEST_VALUE :]}"


def _other_validation(runs: Sequence[Run]) -> tuple[str, ...]:
    """Keys that may have divided other validation rows than those of the first run; the table itself is one."""
    first, *others = runs
    found: dict[str, None] = {}
    for run in others:
        keys = [key for key in config_differences(first.config, run.config) if key.startswith(("split.", "data."))]
        found |= dict.fromkeys(key for key in keys if key not in {"data.path", "data.features", "data.drop"})
        files = [one.manifest.data.get("validation", one.manifest.data["data"]).sha256 for one in (first, run)]
        found |= dict.fromkeys(["another table"] if files[0] != files[1] else [])
    return tuple(f"{key} differs" if "." in key else key for key in found)
