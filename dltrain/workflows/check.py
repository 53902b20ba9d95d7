"""Looking at a config and its table together, before a fit and without TensorFlow."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from dltrain.config import Config, LoadedConfig, check_config
from dltrain.config.architecture import LayerSummary, describe_network
from dltrain.config.sections.preprocessing import Kind
from dltrain.config.steps import steps_per_epoch
from dltrain.errors import ConfigError, DataError
from dltrain.features import FittedFeatures, Preprocessing
from dltrain.features.columns import for_each_column
from dltrain.logs import check_packages
from dltrain.profiling import GRADES, ColumnProfile, Finding, profile_column
from dltrain.profiling.findings_columns import far_finding, nines_finding, point_finding
from dltrain.profiling.findings_layout import layout_findings
from dltrain.profiling.findings_target import constant_target_finding, target_findings
from dltrain.profiling.findings_text import spelling_finding
from dltrain.workflows.checking.all_at_once import all_at_once, with_all_texts
from dltrain.workflows.checking.columns import FittedColumns, feature_findings, fit_columns
from dltrain.workflows.checking.data import CheckedData, column_roles, read_data
from dltrain.workflows.checking.refusal import Outcome, attempt, refusal
from dltrain.workflows.checking.report import CheckedColumn, CheckReport, CheckSummary
from dltrain.workflows.checking.spared_texts import NumberOwners, spare_target_texts
from dltrain.workflows.checking.split import split_findings
from dltrain.workflows.fitting.column_notes import notes_on_cells
from dltrain.workflows.fitting.preparing import estimate_memory, fit_target
from dltrain.workflows.limits.memory import MemoryEstimate, allowed_memory, check_network_fits
from dltrain.workflows.rows.dataset import Dataset


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
    data = read_data(loaded)
    table = data.whole
    loaded = replace(loaded, config=_with_known_names(loaded.config, table.column_names))
    profiles = for_each_column(table.column_names, lambda name: profile_column(table, name), n_rows=table.n_rows)
    columns = fit_columns(data)
    config_error = _config_error(loaded, data, columns)
    findings = [
        *layout_findings(table, loaded.config),
        *_target_findings(loaded, data, profiles, columns.kinds),
        *([refusal(config_error)] if config_error else []),
        *feature_findings(loaded, data, columns, profiles, has_config_error=config_error is not None),
    ]
    memory: Outcome[MemoryEstimate] = Outcome(None, None)
    if data.dataset is not None:
        findings += split_findings(
            loaded, data.dataset, columns.fitted, columns.kinds, profiles, refused=columns.errors
        )
    if data.dataset is not None and columns.fitted is not None:
        memory = _memory(loaded, data.dataset, columns.fitted)
        findings += [refusal(memory.error)] if memory.error else []
    findings = sorted(_without_repetition(findings), key=lambda finding: GRADES.index(finding.grade))
    errors = (data.error, config_error, memory.error, *columns.errors.values())
    return CheckReport(
        data=loaded.config.data.path,
        rows=table.n_rows,
        columns=tuple(
            CheckedColumn(profiles[name], role, columns.kinds.get(name), columns.features.get(name))
            for name, role in column_roles(data.config, table.column_names).items()
        ),
        summary=None if data.dataset is None else _summary(data.dataset, columns, memory.result),
        findings=tuple(with_all_texts(loaded.config, findings)),
        drop_all=all_at_once(loaded.config, findings, data.names),
        exit_code=_exit_code(findings, errors),
    )


def _with_known_names(config: Config, names: Iterable[str]) -> Config:
    """The config that changes are for: a name that the table lacks is told, and is not to be repeated by them."""
    data, known = config.data, {*names}
    lists = {
        role: tuple(name for name in listed if name in known)
        for role in ("features", "drop", "id")
        if (listed := getattr(data, role))
    }
    return config.model_copy(update={"data": data.model_copy(update=lists)})


def _config_error(loaded: LoadedConfig, data: CheckedData, columns: FittedColumns) -> ConfigError | None:
    """What the config says that does not go with the kinds of the columns."""
    if data.dataset is None:
        return None
    try:
        check_config(loaded.config, loaded.document, task=data.config.data.task, kinds=columns.kinds)
    except ConfigError as error:
        return error
    return None


def _target_findings(
    loaded: LoadedConfig, data: CheckedData, profiles: Mapping[str, ColumnProfile], kinds: Mapping[str, Kind]
) -> list[Finding]:
    """What is wrong with the target, or else why the rows could not be divided."""
    profile = profiles.get(loaded.config.data.target)
    findings = target_findings(profile, loaded.config) if profile else []
    if profile and data.config.data.task == "regression":
        doubts = (
            find(profile, loaded.config)
            for find in (constant_target_finding, point_finding, nines_finding, far_finding)
        )
        findings += [finding for finding in doubts if finding is not None]
    if profile:
        owners = NumberOwners(data.whole, profiles, loaded.config)
        findings = [
            spare_target_texts(
                finding,
                profile,
                table=data.whole,
                config=loaded.config,
                kinds=kinds,
                profiles=profiles,
                numbers=owners,
            )
            for finding in findings
        ]
    if profile and data.config.data.task != "regression":
        spelling = spelling_finding(profile, "warning", "labels")
        findings += [spelling] if spelling else []
    if data.error is None:
        # A fit takes them: inf, for one, may be a label.
        return [replace(finding, grade="warning") if finding.grade == "error" else finding for finding in findings]
    is_explained = isinstance(data.error, DataError) and any(finding.grade == "error" for finding in findings)
    return findings if is_explained else [refusal(data.error), *findings]


def _memory(loaded: LoadedConfig, dataset: Dataset, fitted: FittedFeatures) -> Outcome[MemoryEstimate]:
    """What a fit would take, and why it would be refused if it would."""
    target = attempt(lambda: fit_target(dataset)).result
    if target is None:  # the findings about the target say why
        return Outcome(None, None)
    preprocessing = Preprocessing(features=fitted.features, target=target)
    memory = estimate_memory(dataset, preprocessing)
    fits = attempt(lambda: check_network_fits(loaded, dataset.config, preprocessing, memory, allowed=allowed_memory()))
    return Outcome(memory, fits.error)


def _summary(dataset: Dataset, columns: FittedColumns, memory: MemoryEstimate | None) -> CheckSummary:
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
        steps_per_epoch=steps_per_epoch(config, n_train),
        memory=memory,
        notes=(*dataset.notes, *cell_notes),
    )


def _without_repetition(findings: Sequence[Finding]) -> list[Finding]:
    """What tells most of the target is no question where it is an id or a leak anyway."""
    told = {finding.column for finding in findings if finding.topic in ("id_like", "leak")}
    grouped = {finding.column for finding in findings if finding.topic == "groups"}
    return [
        finding
        for finding in findings
        if not (finding.topic == "strong_column" and finding.column in told)
        and not (finding.topic == "repeated_id" and finding.column in grouped)
    ]


def _exit_code(findings: Iterable[Finding], errors: Iterable[ConfigError | DataError | None]) -> int:
    if not any(finding.grade == "error" for finding in findings):
        return 0
    is_config = any(isinstance(error, ConfigError) for error in errors)
    return ConfigError.exit_code if is_config else DataError.exit_code
