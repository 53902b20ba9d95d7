"""What a check says of the feature columns: whether they can be fitted, and what is doubtful about them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from dltrain.config import Config, LoadedConfig
from dltrain.config.sections.preprocessing import Kind
from dltrain.errors import ConfigError, DataError
from dltrain.features import FittedFeatures, TrainingAnswers, feature_kinds, fit_features
from dltrain.features.columns import for_each_column
from dltrain.features.preprocessing import Feature
from dltrain.profiling import ColumnProfile, Finding, changes
from dltrain.profiling.changes import Change
from dltrain.profiling.findings_columns import column_findings, duplicate_findings
from dltrain.profiling.findings_rows import total_findings
from dltrain.profiling.findings_text import century_finding, text_finding
from dltrain.profiling.number_format import find_number_format
from dltrain.workflows.checking.data import CheckedData
from dltrain.workflows.checking.refusal import Outcome, Result, attempt, refusal
from dltrain.workflows.checking.spared_texts import NumberOwners, spare_texts
from dltrain.workflows.fitting.preparing import fit_target, training_answers


@dataclass(frozen=True)
class FittedColumns:
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


def fit_columns(data: CheckedData) -> FittedColumns:
    """Tells the kinds of the feature columns and fits them, as far as that can be done.

    Args:
        data: The tables.
    """
    section, table, rows = data.config.preprocessing, data.table, data.rows
    answers = _answers(data)

    def kind_of(name: str) -> Outcome[Kind]:
        return attempt(lambda: feature_kinds(table, rows, [name], section)[name])

    def fit(kinds: Mapping[str, Kind]) -> Outcome[FittedFeatures]:
        return attempt(lambda: fit_features(table, rows, kinds=kinds, section=section, answers=answers))

    kinds, errors = _divided(for_each_column(data.names, kind_of, n_rows=table.n_rows))
    whole = fit(kinds).result if kinds else None
    if whole is not None:
        features = dict(zip(kinds, whole.features, strict=True))
        return FittedColumns(kinds, features, errors, None if errors else whole)
    alone, more_errors = _divided({name: fit({name: kind}) for name, kind in kinds.items()})
    features = {name: fitted.features[0] for name, fitted in alone.items()}
    return FittedColumns(kinds, features, errors | more_errors, None)


def _answers(data: CheckedData) -> TrainingAnswers:
    """The target of the training rows; zeros where it cannot be told, so that its columns can be looked at."""
    dataset = data.dataset
    found = None if dataset is None else attempt(lambda: training_answers(dataset, fit_target(dataset))).result
    return found or TrainingAnswers(np.zeros(data.rows.size))


def _divided(
    outcomes: Mapping[str, Outcome[Result]],
) -> tuple[dict[str, Result], dict[str, ConfigError | DataError]]:
    """Results and errors, each by column."""
    results = {name: outcome.result for name, outcome in outcomes.items() if outcome.result is not None}
    errors = {name: outcome.error for name, outcome in outcomes.items() if outcome.error is not None}
    return results, errors


def feature_findings(
    loaded: LoadedConfig,
    data: CheckedData,
    columns: FittedColumns,
    profiles: Mapping[str, ColumnProfile],
    *,
    has_config_error: bool,
) -> list[Finding]:
    """What is doubtful about the feature columns, each for itself and beside the others.

    Args:
        loaded: The config.
        data: Its tables.
        columns: What fitting gave.
        profiles: Of all columns of the table.
        has_config_error: Whether mistakes of the config are told elsewhere.
    """
    features = [profiles[name] for name in data.names if name in profiles]
    numbers = find_number_format(profiles.values(), loaded.config)
    owners = NumberOwners(data.whole, profiles, loaded.config)
    findings = []
    for profile in features:
        found = column_findings(profile, loaded.config, columns.kinds.get(profile.name))
        error = columns.errors.get(profile.name)
        may_mislead = error is not None or columns.kinds.get(profile.name, "categorical") == "categorical"
        is_refused = isinstance(error, DataError) and columns.kinds.get(profile.name, "numeric") == "numeric"
        if profile.is_text and may_mislead:
            finding = text_finding(profile, loaded.config, numbers, is_refused=is_refused)
            found += [] if finding is None else [finding]
        if columns.kinds.get(profile.name) == "datetime" and (finding := century_finding(profile, loaded.config)):
            found.append(finding)
        found = [
            spare_texts(
                finding,
                profile,
                table=data.whole,
                config=loaded.config,
                task=data.config.data.task,
                kinds=columns.kinds,
                profiles=profiles,
                numbers=owners,
            )
            for finding in found
        ]
        # A mistake of the config that it can tell by itself is told with its line, once.
        if error is not None and not (isinstance(error, ConfigError) and has_config_error):
            found = _explained(error, found, profile, loaded.config, is_number=is_refused)
        findings += found
    named = (data.config.data.target, *data.names)
    target = [profiles[name] for name in named[:1] if name in profiles]
    others = [profile for name, profile in profiles.items() if name not in named]
    sorting = [profile for profile in others if profile.name == loaded.config.split.column]
    findings += [finding for profile in sorting if (finding := century_finding(profile, loaded.config)) is not None]
    return [
        *_with_all_units(findings, profiles, loaded.config),
        *duplicate_findings(features, loaded.config),
        *total_findings([*features, *target], others),
    ]


def _with_all_units(
    findings: Sequence[Finding], profiles: Mapping[str, ColumnProfile], config: Config
) -> list[Finding]:
    """Makes every change of units name all of them: the last one that is pasted replaces the others."""
    columns = [finding.column for finding in findings if finding.column is not None and _reads_unit(finding)]
    units = {name: unit for name in columns if (unit := profiles[name].unit) is not None}
    change = changes.read_units(config, units)
    return [
        replace(finding, change=change) if finding.column in units and _reads_unit(finding) else finding
        for finding in findings
    ]


def _reads_unit(finding: Finding) -> bool:
    return any(part.startswith("data.unit_of=") for part in finding.change)


def _explained(
    error: ConfigError | DataError, found: list[Finding], profile: ColumnProfile, config: Config, *, is_number: bool
) -> list[Finding]:
    """The findings of a column that cannot be used: the one that says why, or the error itself.

    Args:
        error: Why it cannot be used.
        found: What is doubtful about it.
        profile: Of it.
        config: What the changes are for.
        is_number: Whether it was refused because some cells are no numbers.
    """
    is_format_known = profile.date_format is not None and profile.late_date is not None
    causes = [
        finding
        for finding in found
        if finding.topic in ("numbers_as_text", "limits", "scale_labels", "thousands", "decimal_comma")
        or (finding.topic in ("united", "duration") and is_number and _reads_unit(finding))
        or (
            finding.topic == "dates_as_text"
            and (is_format_known or finding.change != changes.drop(config, [profile.name]))
        )
    ]
    if isinstance(error, DataError) and causes:
        return [replace(causes[0], grade="error")]
    if isinstance(error, DataError) and any(finding.topic == "free_text" for finding in found):
        change = changes.drop(config, [profile.name])
        return [Finding("error", "free_text", profile.name, f"{error.message}\n{error.hint}", change)]
    change = _way_out(profile, config) if isinstance(error, DataError) else ()
    return [refusal(error, profile.name, change)]


def _way_out(profile: ColumnProfile, config: Config) -> Change:
    """What makes a column usable, or leaves it out; nothing where the error says what to add to an order."""
    stated = config.preprocessing.column(profile.name)
    if profile.n_missing and stated.impute == "error":
        return changes.drop(config, [profile.name])
    if stated.order is not None:
        return ()
    if stated.stated_kind == "boolean":
        return changes.make_categorical(profile.name)
    return changes.drop(config, [profile.name])
