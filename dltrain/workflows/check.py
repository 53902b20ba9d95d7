"""Looking at a config and its table together, before a fit and without TensorFlow."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, Generic, NamedTuple, TypeVar

import numpy as np

from dltrain.config import Config, LoadedConfig, check_config
from dltrain.config.architecture import LayerSummary, describe_network
from dltrain.config.preprocessing import Kind
from dltrain.config.yaml_reader import read_yaml
from dltrain.errors import ConfigError, DataError
from dltrain.features import FittedFeatures, Preprocessing, TrainingAnswers, feature_kinds, fit_features
from dltrain.features.columns import for_each_column
from dltrain.features.preprocessing import Feature
from dltrain.logs import check_packages
from dltrain.profiling import GRADES, ColumnProfile, Finding, changes, profile_column
from dltrain.profiling.findings_columns import column_findings, duplicate_findings
from dltrain.profiling.findings_rows import total_findings
from dltrain.profiling.findings_target import target_findings
from dltrain.profiling.findings_text import spelling_finding, text_finding
from dltrain.profiling.number_format import find_number_format
from dltrain.table import Table, read_table
from dltrain.workflows.check_report import CheckedColumn, CheckReport, CheckSummary
from dltrain.workflows.check_split import split_findings
from dltrain.workflows.column_notes import notes_on_cells
from dltrain.workflows.complete_rows import complete_rows
from dltrain.workflows.dataset import Dataset, read_dataset
from dltrain.workflows.memory import MemoryEstimate, allowed_memory, check_network_fits
from dltrain.workflows.preparing import estimate_memory, fit_target, training_answers
from dltrain.workflows.spared_texts import spare_target_texts, spare_texts

Result = TypeVar("Result")

_READ_AS_MISSING: Final = ("numbers_as_text", "dates_as_text", "times_as_text", "far_number")
"""Topics whose changes may name texts that mean missing."""

_REFUSAL: Final = "refused"
"""Topic of what a fit says no to, where no other finding explains it better."""


@dataclass(frozen=True)
class _Data:
    """What could be read.

    Attributes:
        config: Resolved if the rows could be divided, else as read.
        whole: The table of `data.path`.
        table: Its rows without those that `impute: drop` leaves out.
        rows: int64, the training rows, or all rows when they could not be divided.
        names: The feature columns.
        dataset: None when the rows could not be divided.
        error: Why they could not.
    """

    config: Config
    whole: Table
    table: Table
    rows: np.ndarray
    names: tuple[str, ...]
    dataset: Dataset | None = None
    error: ConfigError | DataError | None = None


@dataclass(frozen=True)
class _Columns:
    """What fitting the feature columns gave.

    Attributes:
        kinds: Of those whose kind can be told.
        features: Of those that could be fitted.
        errors: Column → why it cannot be used.
        fitted: Of all columns together; None when some cannot be used.
    """

    kinds: dict[str, Kind]
    features: dict[str, Feature]
    errors: dict[str, ConfigError | DataError]
    fitted: FittedFeatures | None


class _Outcome(NamedTuple, Generic[Result]):
    """What some work gave: a result, or an error that a user can mend."""

    result: Result | None
    error: ConfigError | DataError | None


def check(loaded: LoadedConfig) -> CheckReport:
    """Reads the tables of a config, and looks at every column and at the division of the rows.

    What a fit would refuse is a finding, so that all of it comes at once.

    Args:
        loaded: The config.

    Raises:
        ConfigError: A log needs a package that is not installed.
        DataError: The table of `data.path` cannot be read.
    """
    check_packages(loaded)
    data = _read(loaded)
    table = data.whole
    profiles = for_each_column(table.column_names, lambda name: profile_column(table, name), n_rows=table.n_rows)
    columns = _fit_columns(data)
    config_error = _config_error(loaded, data, columns)
    findings = [
        *_target_findings(loaded, data, profiles, columns.kinds),
        *([_refusal(config_error)] if config_error else []),
        *_column_findings(loaded, data, columns, profiles, has_config_error=config_error is not None),
    ]
    memory: _Outcome[MemoryEstimate] = _Outcome(None, None)
    if data.dataset is not None:
        findings += split_findings(
            loaded, data.dataset, columns.fitted, columns.kinds, profiles, refused=columns.errors
        )
    if data.dataset is not None and columns.fitted is not None:
        memory = _memory(loaded, data.dataset, columns.fitted)
        findings += [_refusal(memory.error)] if memory.error else []
    findings = sorted(_without_repetition(findings), key=lambda finding: GRADES.index(finding.grade))
    errors = (data.error, config_error, memory.error, *columns.errors.values())
    return CheckReport(
        data=loaded.config.data.path,
        rows=table.n_rows,
        columns=tuple(
            CheckedColumn(profiles[name], role, columns.kinds.get(name), columns.features.get(name))
            for name, role in _roles(data.config, table.column_names).items()
        ),
        summary=None if data.dataset is None else _summary(data.dataset, columns, memory.result),
        findings=tuple(findings),
        drop_all=_all_at_once(loaded.config, findings, data.names),
        exit_code=_exit_code(findings, errors),
    )


def _read(loaded: LoadedConfig) -> _Data:
    """The divided table, or only the table if something about its config or target is wrong."""
    try:
        dataset = read_dataset(loaded)
    except (ConfigError, DataError) as error:
        config = loaded.config
        whole = _read_whole(config)
        table = _attempt(lambda: complete_rows(whole, config)).result or whole
        rows = np.arange(table.n_rows)
        names = tuple(name for name, role in _roles(config, table.column_names).items() if role == "feature")
        return _Data(config, whole, table, rows, names, error=error)
    assert dataset.config.data.features is not None  # noqa: S101 - resolve_config has set it
    train = dataset.train
    # What was left out is looked at nevertheless: its cells may be the ones to mend.
    is_whole = dataset.files["data"].rows == train.table.n_rows
    whole = train.table if is_whole else _read_whole(dataset.config)
    return _Data(dataset.config, whole, train.table, train.rows, dataset.config.data.features, dataset)


def _read_whole(config: Config) -> Table:
    return read_table(Path(config.data.path), texts=config.data.texts)


def _roles(config: Config, names: Iterable[str]) -> dict[str, str]:
    """The role of every column of the table."""
    data = config.data
    roles = dict.fromkeys(names, "feature" if data.features is None else "not used")
    for role, named in (
        ("feature", data.features or ()),
        ("split", (config.split.column,) if data.features is None or config.split.column not in data.features else ()),
        ("dropped", data.drop),
        ("weight", (data.weight,)),
        ("id", data.id),
        ("target", (data.target,)),
    ):
        roles |= {name: role for name in named if name in roles}
    return roles


def _fit_columns(data: _Data) -> _Columns:
    """Tells the kinds of the feature columns and fits them, as far as that can be done."""
    section, table, rows = data.config.preprocessing, data.table, data.rows

    answers = _answers(data)

    def kind_of(name: str) -> _Outcome[Kind]:
        return _attempt(lambda: feature_kinds(table, rows, [name], section)[name])

    def fit(kinds: Mapping[str, Kind]) -> _Outcome[FittedFeatures]:
        return _attempt(lambda: fit_features(table, rows, kinds=kinds, section=section, answers=answers))

    kinds, errors = _divided(for_each_column(data.names, kind_of, n_rows=table.n_rows))
    whole = fit(kinds).result if kinds else None
    if whole is not None:
        features = dict(zip(kinds, whole.features, strict=True))
        return _Columns(kinds, features, errors, None if errors else whole)
    alone, more_errors = _divided({name: fit({name: kind}) for name, kind in kinds.items()})
    features = {name: fitted.features[0] for name, fitted in alone.items()}
    return _Columns(kinds, features, errors | more_errors, None)


def _answers(data: _Data) -> TrainingAnswers:
    """The target of the training rows; zeros where it cannot be told, so that its columns can be looked at."""
    dataset = data.dataset
    found = None if dataset is None else _attempt(lambda: training_answers(dataset, fit_target(dataset))).result
    return found or TrainingAnswers(np.zeros(data.rows.size))


def _attempt(work: Callable[[], Result]) -> _Outcome[Result]:
    try:
        return _Outcome(work(), None)
    except (ConfigError, DataError) as error:
        return _Outcome(None, error)


def _divided(
    outcomes: Mapping[str, _Outcome[Result]],
) -> tuple[dict[str, Result], dict[str, ConfigError | DataError]]:
    """Results and errors, each by column."""
    results = {name: outcome.result for name, outcome in outcomes.items() if outcome.result is not None}
    errors = {name: outcome.error for name, outcome in outcomes.items() if outcome.error is not None}
    return results, errors


def _config_error(loaded: LoadedConfig, data: _Data, columns: _Columns) -> ConfigError | None:
    """What the config says that does not go with the kinds of the columns."""
    if data.dataset is None:
        return None
    try:
        check_config(loaded.config, loaded.document, task=data.config.data.task, kinds=columns.kinds)
    except ConfigError as error:
        return error
    return None


def _target_findings(
    loaded: LoadedConfig, data: _Data, profiles: Mapping[str, ColumnProfile], kinds: Mapping[str, Kind]
) -> list[Finding]:
    """What is wrong with the target, or else why the rows could not be divided."""
    profile = profiles.get(loaded.config.data.target)
    findings = target_findings(profile, loaded.config) if profile else []
    if profile:
        findings = [
            spare_target_texts(f, profile, table=data.whole, config=loaded.config, kinds=kinds) for f in findings
        ]
    if profile and data.config.data.task != "regression":
        spelling = spelling_finding(profile, "warning", "labels")
        findings += [spelling] if spelling else []
    if data.error is None:
        # A fit takes them: inf, for one, may be a label.
        return [replace(finding, grade="warning") if finding.grade == "error" else finding for finding in findings]
    is_explained = isinstance(data.error, DataError) and any(finding.grade == "error" for finding in findings)
    return findings if is_explained else [_refusal(data.error), *findings]


def _column_findings(
    loaded: LoadedConfig,
    data: _Data,
    columns: _Columns,
    profiles: Mapping[str, ColumnProfile],
    *,
    has_config_error: bool,
) -> list[Finding]:
    """What is doubtful about the feature columns, each for itself and beside the others."""
    features = [profiles[name] for name in data.names if name in profiles]
    numbers = find_number_format(profiles.values(), loaded.config)
    findings = []
    for profile in features:
        found = column_findings(profile, loaded.config, columns.kinds.get(profile.name))
        error = columns.errors.get(profile.name)
        may_mislead = error is not None or columns.kinds.get(profile.name, "categorical") == "categorical"
        if profile.is_text and may_mislead and (finding := text_finding(profile, loaded.config, numbers)) is not None:
            found.append(
                spare_texts(
                    finding,
                    profile,
                    table=data.whole,
                    config=loaded.config,
                    task=data.config.data.task,
                    kinds=columns.kinds,
                )
            )
        # A mistake of the config that it can tell by itself is told with its line, once.
        if error is not None and not (isinstance(error, ConfigError) and has_config_error):
            found = _explained(error, found, profile, loaded.config)
        findings += found
    target = [profiles[name] for name in (data.config.data.target,) if name in profiles]
    return [
        *_with_all_units(findings, profiles, loaded.config),
        *duplicate_findings(features, loaded.config),
        *total_findings([*features, *target]),
    ]


def _with_all_units(
    findings: Sequence[Finding], profiles: Mapping[str, ColumnProfile], config: Config
) -> list[Finding]:
    """Makes every change of units name all of them: the last one that is pasted replaces the others."""
    columns = [
        finding.column
        for finding in findings
        if finding.column is not None and any(part.startswith("data.unit_of=") for part in finding.change)
    ]
    units = {name: unit for name in columns if (unit := profiles[name].unit) is not None}
    change = changes.read_units(config, units)
    return [
        replace(finding, change=change) if finding.topic == "united" and finding.column in units else finding
        for finding in findings
    ]


def _explained(
    error: ConfigError | DataError, found: list[Finding], profile: ColumnProfile, config: Config
) -> list[Finding]:
    """The findings of a column that cannot be used: the one that says why, or the error itself."""
    causes = [
        finding
        for finding in found
        if finding.topic in ("numbers_as_text", "thousands", "decimal_comma")
        or (finding.topic == "dates_as_text" and finding.change != changes.drop(config, [profile.name]))
    ]
    if isinstance(error, DataError) and causes:
        return [replace(causes[0], grade="error")]
    if isinstance(error, DataError) and any(finding.topic == "free_text" for finding in found):
        change = changes.drop(config, [profile.name])
        return [Finding("error", "free_text", profile.name, f"{error.message}\n{error.hint}", change)]
    change = changes.drop(config, [profile.name]) if isinstance(error, DataError) else ()
    return [_refusal(error, profile.name, change)]


def _refusal(error: ConfigError | DataError, column: str | None = None, change: changes.Change = ()) -> Finding:
    text = error.message if error.hint is None or change else f"{error.message}\n{error.hint}"
    return Finding("error", _REFUSAL, column, text, change)


def _memory(loaded: LoadedConfig, dataset: Dataset, fitted: FittedFeatures) -> _Outcome[MemoryEstimate]:
    """What a fit would take, and why it would be refused if it would."""
    target = _attempt(lambda: fit_target(dataset)).result
    if target is None:  # the findings about the target say why
        return _Outcome(None, None)
    preprocessing = Preprocessing(features=fitted.features, target=target)
    memory = estimate_memory(dataset, preprocessing)
    refusal = _attempt(
        lambda: check_network_fits(loaded, dataset.config, preprocessing, memory, allowed=allowed_memory())
    )
    return _Outcome(memory, refusal.error)


def _summary(dataset: Dataset, columns: _Columns, memory: MemoryEstimate | None) -> CheckSummary:
    config, n_train = dataset.config, dataset.train.n_rows
    cell_notes = [] if columns.fitted is None else notes_on_cells(columns.fitted, n_train=n_train)
    target = dataset.class_target
    layers: tuple[LayerSummary, ...] = ()
    if not columns.errors:
        n_features = sum(feature.width for feature in columns.features.values())
        n_outputs = 1 if target is None else target.n_outputs
        layers = describe_network(config.model, n_features=n_features, n_outputs=n_outputs)
    return CheckSummary(
        config=config,
        labels=target.labels if target else (),
        train=n_train,
        validation=dataset.validation.n_rows,
        test=dataset.test.n_rows,
        layers=layers,
        steps_per_epoch=-(-n_train // config.training.batch_size),
        memory=memory,
        notes=(*dataset.notes, *cell_notes),
    )


def _without_repetition(findings: Sequence[Finding]) -> list[Finding]:
    """What tells most of the target is no question where it is an id or a leak anyway."""
    told = {finding.column for finding in findings if finding.topic in ("id_like", "leak")}
    return [finding for finding in findings if finding.topic != "strong_column" or finding.column not in told]


def _all_at_once(config: Config, findings: Sequence[Finding], names: Sequence[str]) -> changes.Change:
    """The ids, the columns to leave out and the texts that mean missing; empty where no list would replace another."""
    left_out = _leave_out_all(config, findings, names)
    # What may be the name of a class is left to a person.
    advised = [finding.change for finding in findings if finding.topic in _READ_AS_MISSING or finding.grade == "error"]
    read = {part: change for change in advised for part in change if part.startswith("data.missing_values=")}
    if len(read) + bool(left_out) < 2:
        return left_out
    texts = [text for part in read for text in read_yaml(part.partition("=")[2], source="change").data]
    others = dict.fromkeys(part for change in read.values() for part in change if part not in read)
    return (*left_out, *changes.read_as_missing(config, texts), *others)


def _leave_out_all(config: Config, findings: Iterable[Finding], names: Sequence[str]) -> changes.Change:
    """One change in the place of many, because an override of a list replaces the ones before; an id is not dropped."""
    # Whether a column that tells most of the target is to be left out is a question.
    sure = [finding for finding in findings if finding.topic != "strong_column"]
    advised = [(finding.column, finding.change) for finding in sure if finding.column is not None]
    dropped = {name for name, change in advised if change and change == changes.drop(config, [name])}
    ids = {name for name, change in advised if change and change == changes.make_ids(config, [name])}
    if config.data.features is None:
        # Some names cannot be those of ids: their columns are dropped.
        ids = {name for name in ids if changes.make_ids(config, [name]) != changes.drop(config, [name])}
    else:
        dropped, ids = dropped | ids, set()
    if len(ids | dropped) < 2:
        return ()
    first = changes.make_ids(config, [name for name in names if name in ids]) if ids else ()
    others = [name for name in names if name in dropped - ids]
    return (*first, *(changes.drop(config, others) if others else ()))


def _exit_code(findings: Iterable[Finding], errors: Iterable[ConfigError | DataError | None]) -> int:
    if not any(finding.grade == "error" for finding in findings):
        return 0
    is_config = any(isinstance(error, ConfigError) for error in errors)
    return ConfigError.exit_code if is_config else DataError.exit_code
