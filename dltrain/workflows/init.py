"""Looking at a table and writing the config to begin with."""

import os
import shlex
from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from dltrain.config import LoadedConfig, config_from_dict, config_from_document
from dltrain.config.problems.suggest import column_hint
from dltrain.config.sections.data import TextFormat, separator_name
from dltrain.config.sections.logs import SQLITE, sqlite_path
from dltrain.config.starting_network import starting_network
from dltrain.config.table_names import TABLE_SUFFIXES
from dltrain.config.yaml.commented import commented_yaml, scalar_text
from dltrain.config.yaml.document import KeyPath
from dltrain.errors import ArgumentError, ConfigError, DataError, counted, escaped, quoted_list
from dltrain.profiling import ColumnProfile, Finding
from dltrain.profiling.number_targets import MOST_LABELS, marked_targets
from dltrain.profiling.text_forms import NO_CELLS
from dltrain.profiling.yes_and_no import label_asked_for
from dltrain.table.guessing import guess_encoding, guess_layout
from dltrain.table.opening import check_opens_again
from dltrain.workflows.check import check
from dltrain.workflows.checking.report import CheckReport, CheckSummary
from dltrain.workflows.drafting.draft import LOST_NUMBERS, Draft, mend, read_numbers, read_times, read_units
from dltrain.workflows.drafting.reasons import explain, head, remarks
from dltrain.workflows.rows.dataset import read_dataset

_SHOWN_CAUSES: Final = 5

_NEARLY_ALL: Final = 0.9


@dataclass(frozen=True)
class Starter:
    """A config to begin with.

    Attributes:
        table: The table, as it was named.
        decided: The config; `data.path` is absolute.
        reasons: Key path → why.
        topics: Column → topic of the finding for which it is no feature.
        warnings: What a person has to decide, because the result is doubtful as long as it is open.
        questions: What else a person has to decide.
        report: What a check says of the config.
    """

    table: Path
    decided: LoadedConfig
    reasons: dict[KeyPath, str]
    topics: dict[str, str]
    warnings: tuple[str, ...]
    questions: tuple[str, ...]
    report: CheckReport

    @property
    def summary(self) -> CheckSummary:
        """The sizes of what a fit works on."""
        assert self.report.summary is not None  # noqa: S101 - a starter has no error
        return self.report.summary

    @property
    def lost_numbers(self) -> dict[str, str]:
        """Columns that are left out because their numbers are spelled in a way that is not read → how."""
        return {name: self.left_out(name) for name, topic in self.topics.items() if topic in LOST_NUMBERS}

    def left_out(self, name: str) -> str:
        """Why a column is in `data.drop`."""
        return self.reasons["data", "drop", self.content["data"]["drop"].index(name)]

    @property
    def remarks(self) -> tuple[str, ...]:
        """What a person has to decide."""
        return (*self.warnings, *self.questions)

    @property
    def content(self) -> dict[str, Any]:
        """What the YAML says."""
        content: dict[str, Any] = self.decided.document.data
        return content

    @property
    def loaded(self) -> LoadedConfig:
        """The config as a fit takes it; runs are named after the table."""
        return replace(self.decided, name=starter_name(self.table))

    def text(self, folder: Path, *, name: str) -> str:
        """The YAML file.

        Args:
            folder: Where it will lie. What was named by a relative path is named relative to it.
            name: How the commands in its first lines name the file.
        """
        path = self.content["data"]["path"] if self.table.is_absolute() else _relative(self.table, folder)
        content = _seen_from(folder, self.content)
        content["data"]["path"] = path
        return commented_yaml(content, self.reasons, head=head(self.summary, self.report, self.remarks, name=name))

    def to_dict(self) -> dict[str, Any]:
        """What was decided, as JSON content."""
        return {
            "data": self.report.data,
            "config": self.content,
            "reasons": [{"key": list(key), "reason": reason} for key, reason in self.reasons.items()],
            "remarks": list(self.remarks),
            "summary": self.summary.to_dict(),
        }


def init(table: Path, target: str, overrides: Sequence[str] = ()) -> Starter:
    """Looks at a table until nothing is left that a fit would refuse.

    Args:
        table: The file.
        target: Its column to predict.
        overrides: `KEY=VALUE`, what is decided already; to lists of columns and of texts that mean missing, more is
            added, unless they are empty.

    Raises:
        ConfigError: There is no such column, or an override is wrong.
        DataError: The table cannot be read, or holds what only its owner can mend.
    """
    check_opens_again(table, str(table))
    first, later = _divided(overrides)
    draft = _given_draft(table, target, first)
    _choose_text(draft, table)
    target = draft.content["data"]["target"]
    is_new = True
    # It ends: what a round decides stays decided. Three rounds are usual.
    while is_new:
        loaded = config_from_document(draft.document)
        report = _checked(loaded, table)
        _check_header(table, report)
        is_new = read_units(draft, report) or read_numbers(draft, report, loaded.config)
        if is_new:
            continue
        are_classes = draft.content["data"].get("task") in ("binary", "multiclass")
        target_profile = _checked_target(table, target, report, are_classes=are_classes)
        is_new = mend(draft, report) | read_times(draft, report, loaded.config)
        if report.summary is not None:
            is_new |= _choose_network(draft, report.summary)
            is_new |= _choose_positive(draft, report.summary, target_profile)
    if report.exit_code or report.summary is None:
        raise _cannot_mend(table, draft, report, overrides)
    dataset = read_dataset(config_from_document(draft.document))
    explain(draft, report.summary, dataset)
    decided = config_from_document(draft.document, later)
    if later:
        del draft.reasons["model", "layers"]
        report = _checked(decided, table)
        if report.exit_code:
            raise _cannot_mend(table, draft, report, overrides)
    return Starter(table, decided, draft.reasons, draft.topics, *remarks(draft, report, dataset), report)


def _divided(overrides: Sequence[str]) -> tuple[list[str], list[str]]:
    """Those that are decided before the table is looked at, and those about layers, which follow from its size."""
    later = [override for override in overrides if override.strip().startswith("model")]
    return [override for override in overrides if override not in later], later


def _given_draft(table: Path, target: str, overrides: Sequence[str]) -> Draft:
    """What is decided before the table is looked at.

    Raises:
        ConfigError: An override is wrong.
    """
    config_from_dict(Draft(_absolute(table), target).content, overrides)  # says what is wrong with them
    draft = Draft(_absolute(table), target, overrides)
    if draft.is_given(("data", "path")) or draft.is_given(("data", "target")):
        raise ConfigError("data.path and data.target: expected neither beside a table and its target, which say them")
    return draft


def _checked(loaded: LoadedConfig, table: Path) -> CheckReport:
    """The report of a check; errors name the table as it was named.

    Raises:
        DataError: The table cannot be read.
    """
    try:
        return check(loaded)
    except DataError as error:
        raise DataError(error.message.replace(_absolute(table), str(table)), hint=error.hint) from error


def _check_header(table: Path, report: CheckReport) -> None:
    """Refuses a first row in the place of a header, and units below it: they would be names, and cells.

    Raises:
        DataError: There seem to be some.
    """
    for finding in report.findings:
        if finding.topic == "units_row":
            raise DataError(finding.message.replace(_absolute(table), str(table)), hint="remove the line")
        if finding.topic == "header_row":
            names = " ".join(map(shlex.quote, finding.change))
            raise DataError(
                f"{table}: {finding.message}",
                hint=f"{names} names the columns column_1, column_2 and so on; --target says which of them to predict",
            )


def _choose_text(draft: Draft, table: Path) -> None:
    """Says how a CSV file is encoded, what stands between its cells and above its header, where that is unusual."""
    encoding = guess_encoding(table)
    if encoding is not None:
        is_guessed = encoding == "cp1252"
        reason = "no UTF-8, so most likely from Windows in Western Europe" if is_guessed else "as its first bytes say"
        draft.set(("data", "encoding"), encoding, reason)
    header = draft.content["data"].get("header")
    headers = () if header is None else (tuple(header) if isinstance(header, list | tuple) else (),)
    layout = guess_layout(table, TextFormat(encoding=encoding or "utf-8", headers=headers))
    if layout.separator is not None:
        draft.set(("data", "separator"), separator_name(layout.separator), "as the header shows")
    if layout.has_spaces:
        draft.set(("data", "trim_spaces"), True, "spaces stand between its cells")
        draft.content["data"]["target"] = draft.content["data"]["target"].strip(" ")
    if layout.skip_lines:
        draft.set(("data", "skip_lines"), layout.skip_lines, f"the header is in line {layout.skip_lines + 1}")


def starter_name(table: Path) -> str:
    """The name of a table without the suffixes of its format.

    >>> starter_name(Path("data/telco.churn.csv.gz"))
    'telco.churn'
    """
    name = table.name
    for suffix in TABLE_SUFFIXES:
        if name.lower().endswith(suffix) and name.lower() != suffix:
            name = name[: -len(suffix)]
    return name


def _choose_network(draft: Draft, summary: CheckSummary) -> bool:
    """Fits network and training to the size of the table, once the inputs are known; returns whether that is new."""
    if not summary.layers:
        return False
    network = starting_network(n_train=summary.train, n_inputs=summary.n_inputs)
    is_new = draft.set(("model", "layers"), network.layers())
    are_new = [draft.set(("training", key), value) for key, value in network.training().items()]
    return is_new or any(are_new)


def _choose_positive(draft: Draft, summary: CheckSummary, target: ColumnProfile) -> bool:
    """Makes the label positive that says yes or is rare; returns whether that is new."""
    if summary.config.data.task != "binary":
        return False
    share = target.n_most_frequent / target.n_known
    label = label_asked_for(summary.labels, frequent=target.most_frequent, share=share)
    return label is not None and draft.set(("data", "positive"), label)


def _checked_target(table: Path, target: str, report: CheckReport, *, are_classes: bool) -> ColumnProfile:
    """The target's profile; refuses targets that no config can mend. Numbers may be classes where a person says so.

    Raises:
        ConfigError: There is no such column.
        DataError: It holds numbers that are not read as such.
    """
    profiles = {column.profile.name: column.profile for column in report.columns}
    if target not in profiles:
        hint = column_hint(target, profiles)
        raise ArgumentError("target", f"column '{escaped(target)}' is not in {table}", hint=hint)
    profile = profiles[target]
    if profile.limits and profile.cells("number") and profile.n_distinct > MOST_LABELS:
        raise DataError(
            f"{table}: column '{escaped(target)}': expected numbers as a target, got {profile.cells('limit'):,} limits "
            f"such as {quoted_list(list(profile.limits)[:1])}",
            hint="write a number for each, or leave their rows out: empty such cells, with data.missing_target: drop",
        )
    if not are_classes and (form := _disguise(profile)) is not None:
        cells, examples = form
        repeats = 2 * profile.n_distinct <= profile.n_known
        hint = (
            "write them into the table without units, marks and thousands separators, and with a decimal point: 1234.5"
        )
        if profile.are_doubtful_durations:
            unit = f"data.unit_of={{{scalar_text(target)}: {scalar_text(profile.unit)}}}"
            hint = f"if they are durations: {shlex.quote(unit)}"
        elif examples[0] in profile.forms.get("pair", NO_CELLS).examples:
            hint = "write each number into a column of its own, and choose one of them"
        raise DataError(
            f"{table}: column '{escaped(target)}': expected plain numbers as a target, got {cells:,} cells such as "
            f"{quoted_list(examples)}",
            hint=f"{hint}; if they are names of classes: data.task=multiclass" if repeats else hint,
        )
    return profile


def _disguise(profile: ColumnProfile) -> tuple[int, tuple[str, ...]] | None:
    """How many cells hold numbers that are not read as numbers, if nearly all others are numbers too; examples."""
    if profile.is_nearly_numeric:  # the odd cells are named where they are read
        return None
    if (marked := marked_targets(profile)).cells:
        return marked.cells, marked.examples[:2]
    for topic in ("thousands", "decimal_comma", "united", "duration"):
        cells = profile.cells(topic)
        if (
            cells
            and profile.n_distinct > MOST_LABELS
            and cells + profile.cells("number") >= (_NEARLY_ALL * profile.n_known)
        ):
            return cells, profile.forms[topic].examples[:2]
    return None


def _cannot_mend(table: Path, draft: Draft, report: CheckReport, overrides: Sequence[str]) -> ConfigError | DataError:
    """Says what is left, and why columns were left out: that may be the cause."""
    errors = [finding for finding in report.findings if finding.grade == "error"]
    if overridden := [finding.message for finding in errors if finding.message.startswith("override '")]:
        return ConfigError("\n".join(overridden))
    lines = [_located(finding, table) for finding in errors]
    left_out = [(key, reason) for key, reason in draft.reasons.items() if key[:2] in (("data", "drop"), ("data", "id"))]
    for key, reason in left_out[:_SHOWN_CAUSES]:
        name = draft.content["data"][str(key[1])][int(key[2])]
        lines.append(f"left out: column '{escaped(name)}': {reason}")
    if len(left_out) > _SHOWN_CAUSES:
        lines.append(f"and {counted(len(left_out) - _SHOWN_CAUSES, 'more column')}")
    hint = "change the overrides or the table" if overrides else "change the table, or choose another target"
    for finding in errors:
        if finding.topic == "words_in_target" and finding.change:
            hint = f"to leave them out: {' '.join(map(shlex.quote, finding.change))}"
    if left_out and not overrides:
        hint = f"{hint}; if a column that was left out is a feature all the same, name it in a config: data.features"
    return DataError("\n".join(lines), hint=hint)


def _located(finding: Finding, table: Path) -> str:
    """The message of a finding, which names table and column unless it does so already."""
    message = finding.message.replace(_absolute(table), str(table))
    if message.startswith(str(table)):
        return message
    where = "" if finding.column is None else f"column '{escaped(finding.column)}': "
    return f"{table}: {where}{message}"


def _absolute(table: Path) -> str:
    """The path that a config beside the working directory would lead to."""
    return str(table) if table.is_absolute() else str(table.resolve())


def _seen_from(folder: Path, content: Mapping[str, Any]) -> dict[str, Any]:
    """A config for a folder, whose relative paths were named in the working directory; that of its table stays."""
    seen = deepcopy(dict(content))
    for section, key in (("split", "test"), ("split", "validation"), ("logs", "tensorboard")):
        path = (seen.get(section) or {}).get(key)
        if isinstance(path, str) and not Path(path).is_absolute():
            seen[section][key] = _relative(Path(path), folder)
    mlflow = (seen.get("logs") or {}).get("mlflow")
    database = None if mlflow is None else sqlite_path(mlflow["tracking_uri"])
    if mlflow is not None and database is not None and not Path(database).is_absolute():
        mlflow["tracking_uri"] = SQLITE + _relative(Path(database), folder)
    return seen


def _relative(table: Path, folder: Path) -> str:
    """A file seen from a folder: as it was named if that is where we are; a link that is the file stays one."""
    if folder.resolve() == Path.cwd():
        return table.as_posix()
    return Path(os.path.relpath(table.parent.resolve() / table.name, folder.resolve())).as_posix()
