"""A config in the making: what findings decide about a table, each decision with its reason."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import pyarrow as pa

from dltrain.config import Config
from dltrain.config.sections.data import DURATIONS, NumberFormat
from dltrain.config.yaml.document import Document, KeyPath
from dltrain.config.yaml.overrides import apply_overrides, overridden_keys
from dltrain.config.yaml.reader import read_yaml
from dltrain.errors import escaped, quoted_list
from dltrain.profiling import ColumnProfile, Finding
from dltrain.profiling.changes import set_date_format
from dltrain.profiling.findings_text import FEW_VALUES
from dltrain.profiling.number_format import find_number_format
from dltrain.profiling.text_forms import Form, FormCount
from dltrain.table import text_array
from dltrain.table.number_text import parse_numbers
from dltrain.workflows.checking.report import CheckReport

LOST_DATES: Final = ("ambiguous_dates", "broken_dates")
LOST_NUMBERS: Final = (
    "bracketed",
    "thousands",
    "decimal_comma",
    "united",
    "marked",
    "duration",
    "two_numbers",
    "numbers_as_text",
)
"""Topics of columns that are left out although they hold numbers, because only the table can be mended."""

_DROPPED: Final = ("constant", "duplicate", "free_text", "dates_as_text", "times_as_text", "leak", *LOST_NUMBERS)

_NO_LONGER: Final = "; a column that is read is taken out of data.drop"
_MEND: Final = "; mend such cells, or name them in data.missing_values"
_WRITE_PLAIN: Final = "; write plain numbers into the table"

_REMOVE: Final = "; remove the rows of totals from the table"

_TARGET_TOPICS: Final = ("missing_target", "infinite_target")

_NOT_READ: Final = ("id", "dropped", "not used")
"""Roles of columns whose numbers nobody reads."""

_LAST_PARTS: Final = {"h": "hours", "m": "minutes", "s": "seconds"}

_OFTEN: Final = 0.1
"""Numbers without a unit for each with one, from which on a person is asked what they are."""

_FORMS: Final[tuple[Form, ...]] = ("decimal_comma", "thousands")

_SPACES: Final = {0xA0: " ", 0x202F: " "}
"""Those that a person cannot tell from the usual one."""

_LEAST_COUNT: Final = 10
"""Training rows of a category in a column of many rare ones; `check` calls fewer too few to learn from."""


class Draft:
    """Collects decisions; a column gets one role, the first that is decided. What a person has said stays as it is.

    Attributes:
        content: Section → key → value, as the YAML will say it.
        reasons: Key path → why; what a person has said has none.
        topics: Column → topic of the finding that left it out of the features.
        settled: Findings that are dealt with although a later check repeats them: their topic and column.
        words: Column of numbers → words in it that are read as missing.
        doubtful: Column of what may be something else → how it is read.
    """

    def __init__(self, path: str, target: str, overrides: Sequence[str] = ()) -> None:
        content = {"data": {"path": path, "target": target}, "model": {"layers": []}}
        empty = Document(content, source="config")
        self._overridden = apply_overrides(empty, overrides)
        self._given = overridden_keys(empty, overrides)
        self.content: dict[str, Any] = self._overridden.data
        self.reasons: dict[KeyPath, str] = {}
        self.topics: dict[str, str] = {}
        self.settled: set[tuple[str, str | None]] = set()
        self.words: dict[str, FormCount] = {}
        self.doubtful: dict[str, str] = {}

    @property
    def document(self) -> Document:
        """The content, in the order of the sections and of their keys; what a person has said has a place."""
        return replace(self._overridden, data=self._ordered())

    @property
    def missing_texts(self) -> tuple[str, ...]:
        """What stands in cells that are missing."""
        return tuple(self.content["data"].get("missing_values", ()))

    def is_given(self, key: KeyPath) -> bool:
        """Whether a person has said something about a key, or about what it is part of."""
        return any(key[: len(given)] == given or given[: len(key)] == key for given in self._given)

    def set(self, key: KeyPath, value: Any, reason: str = "") -> bool:
        """Decides a key that nobody has said anything about; returns whether that changes anything."""
        if self.is_given(key):
            return False
        if reason:
            self.reasons[key] = reason
        *parents, last = key
        owner = self.content
        for parent in parents:
            owner = owner.setdefault(str(parent), {})
        if last in owner and owner[str(last)] == value:
            return False
        owner[str(last)] = value
        return True

    def is_empty(self, key: str) -> bool:
        """Whether a person has said that a list or mapping of the section `data` stays empty."""
        return self.is_given(("data", key)) and not self.content["data"][key]

    def append(self, key: str, item: str, reason: str) -> bool:
        """Adds to a list of the section `data`, unless it was given empty; returns whether the item is new."""
        items = self.content["data"].setdefault(key, [])
        if item in items or self.is_empty(key):
            return False
        self.reasons["data", key, len(items)] = reason
        items.append(item)
        return True

    def set_unit(self, name: str, unit: str, reason: str) -> bool:
        """Decides what stands beside the numbers of a column, unless units were given empty; returns if that is new."""
        units = self.content["data"].setdefault("unit_of", {})
        if name in units or self.is_empty("unit_of"):
            return False
        self.reasons["data", "unit_of", name] = reason
        units[name] = unit
        return True

    def set_column(self, name: str, options: Mapping[str, Any], reason: str) -> bool:
        """Decides how a feature column is prepared; returns whether that is new."""
        if self.has_role(name):
            return False
        path = ("preprocessing", "columns", name)
        are_new = [self.set((*path, option), value) for option, value in options.items()]
        if any(are_new):
            self.reasons[path] = reason
        return any(are_new)

    def has_options(self, name: str, options: Mapping[str, Any]) -> bool:
        """Whether a column is prepared so."""
        decided = self.content.get("preprocessing", {}).get("columns", {}).get(name, {})
        return all(decided.get(option) == value for option, value in options.items())

    def has_role(self, name: str) -> bool:
        """Whether a column is no feature any more."""
        return name in self.topics

    def leave_out(self, key: str, finding: Finding, *, advice: str = "") -> bool:
        """Makes the column of a finding `drop` or `id`; returns whether it was a feature before."""
        assert finding.column is not None  # noqa: S101 - the callers' topics are about columns
        if self.has_role(finding.column) or self._is_wanted(finding.column):
            return False
        is_new = self.append(key, finding.column, self._reason(finding) + advice)
        if is_new:
            self._take_from_features(finding.column, finding.topic)
        return is_new

    def _is_wanted(self, name: str) -> bool:
        """Whether a person has named a column as a feature."""
        options = ("preprocessing", "columns", name)
        features = self.content["data"].get("features") or ()
        is_listed: bool = name in features
        return is_listed or any(path[:3] == options for path in self._given)

    def group_by(self, finding: Finding) -> bool:
        """Keeps the rows of a group together; returns whether no column did so before."""
        is_decided = "column" in self.content.get("split", {}) or self.is_given(("split", "strategy"))
        if finding.column is None or is_decided or self._is_wanted(finding.column):
            return False
        if not self.has_role(finding.column):
            self._take_from_features(finding.column, finding.topic)
        self.set(("split", "strategy"), "group", f"divided by chance, {finding.message}")
        return self.set(("split", "column"), finding.column)

    def _ordered(self) -> dict[str, Any]:
        result = {}
        for name, field in Config.model_fields.items():
            if name in self.content:
                keys = getattr(field.annotation, "model_fields", None)
                value = self.content[name]
                result[name] = value if keys is None else {key: value[key] for key in keys if key in value}
        return result

    def _reason(self, finding: Finding) -> str:
        """The message of a finding about a column; that of a refusal with the line behind it, as others read."""
        path = Path(self.content["data"]["path"])
        message = finding.message.splitlines()[0].replace(str(path), path.name)
        place = re.compile(rf"{re.escape(path.name)}(:(\d+))?: column '{re.escape(escaped(str(finding.column)))}': ")
        found = place.match(message)
        if found is None:
            return message
        return message[found.end() :] + (f" in line {found[2]}" if found[2] else "")

    def _take_from_features(self, name: str, topic: str) -> None:
        self.topics[name] = topic
        columns = self.content.get("preprocessing", {}).get("columns", {})
        columns.pop(name, None)
        self.reasons.pop(("preprocessing", "columns", name), None)
        if not columns and "preprocessing" in self.content:
            self.content["preprocessing"].pop("columns", None)
            if not self.content["preprocessing"]:
                del self.content["preprocessing"]


def read_numbers(draft: Draft, report: CheckReport, config: Config) -> bool:
    """Decides how texts write numbers, if all columns agree on it.

    Args:
        draft: What was decided before, which the report is about; gets the new decision.
        report: Of its config.
        config: What the draft says.

    Returns:
        Whether that was decided, so that the columns have to be looked at again.
    """
    profiles = [column.profile for column in report.columns]
    numbers = find_number_format(profiles, config)
    if numbers is None:
        return False
    kept = [column.profile for column in report.columns if column.role not in _NOT_READ]
    examples = _number_examples(kept, numbers) or _number_examples(profiles, numbers)
    points = [profile.grouping_point for profile in kept if profile.grouping_point is not None]
    if numbers.thousands == "." and not any("." in text for text in examples[:2]):
        examples[1:] = points[:1]
    shown = [text.translate(_SPACES) for text in examples[:2]]
    reason = f"numbers are written like {quoted_list(shown)}" if shown else ""
    is_new = numbers.decimal != "." and draft.set(("data", "decimal"), numbers.decimal, reason)
    if numbers.thousands is not None:
        is_new |= draft.set(("data", "thousands"), numbers.thousands, "" if numbers.decimal != "." else reason)
    return is_new


def _number_examples(profiles: Iterable[ColumnProfile], numbers: NumberFormat) -> list[str]:
    """Different numbers that a format reads, the first of each column; where possible, of columns without others."""
    usual = (numbers.decimal, numbers.thousands)
    found: dict[bool, list[str]] = {False: [], True: []}
    for form in _FORMS:
        for profile in profiles:
            texts = profile.forms[form].examples if profile.holds_numbers and form in profile.forms else ()
            is_bad = parse_numbers(pa.chunked_array([text_array(texts)]), numbers).is_bad
            has_others = any(n for sign, n in profile.groupings.items() if sign not in usual)
            found[has_others] += [text for text, bad in zip(texts, is_bad, strict=True) if not bad][:1]
    return list(dict.fromkeys(found[False] or found[True]))


def read_units(draft: Draft, report: CheckReport) -> bool:
    """Decides what stands beside numbers, where it is the same in the whole column.

    Args:
        draft: What was decided before, which the report is about; gets the new decision.
        report: Of its config.

    Returns:
        Whether that was decided, so that the columns have to be looked at again.
    """
    is_new = False
    for column in report.columns:
        profile = column.profile
        holds_numbers = profile.holds_numbers or profile.may_be_durations
        # A doubtful target is left to a person.
        is_refused = profile.are_doubtful_durations and column.role == "target"
        if profile.unit is None or not holds_numbers or profile.n_distinct <= FEW_VALUES or is_refused:
            continue
        reason = _reason_for_unit(profile, profile.unit)
        if draft.set_unit(profile.name, profile.unit, reason):
            is_new = True
            if profile.are_doubtful_durations or _are_often_without_unit(profile, profile.unit):
                draft.doubtful[profile.name] = reason
    return is_new


def _are_often_without_unit(profile: ColumnProfile, unit: str) -> bool:
    """Whether many numbers have no unit, and might be others, such as shares beside percents."""
    return unit not in DURATIONS and profile.cells("number") > _OFTEN * profile.cells("united")


def _reason_for_unit(profile: ColumnProfile, unit: str) -> str:
    if _are_often_without_unit(profile, unit):
        without = profile.cells("number")
        return f"{profile.cells('united'):,} cells are numbers with '{unit}', and {without:,} without, read as the same"
    if unit not in DURATIONS:
        return f"its cells are numbers with '{unit}'"
    such = quoted_list(profile.forms["duration"].examples[:1])
    reason = f"durations such as {such} become {_LAST_PARTS[unit[-1]]}"
    if profile.date_format is not None:
        return (
            f"{reason}; if they are times of day: {set_date_format(profile.name, profile.date_format)[0]} and no unit"
        )
    return f"{reason}; if they are scores, write two columns" if profile.are_doubtful_durations else reason


def read_times(draft: Draft, report: CheckReport, config: Config) -> bool:
    """Decides how the dates are written that a person divides the rows by; returns whether that is new."""
    if config.split.strategy != "time":
        return False
    formats = {column.profile.name: column.profile.date_format for column in report.columns}
    date_format = formats.get(config.split.column or "")
    key = ("preprocessing", "columns", config.split.column or "", "format")
    return date_format is not None and draft.set(key, date_format)


def mend(draft: Draft, report: CheckReport) -> bool:
    """Decides what the findings of a check leave no doubt about.

    Args:
        draft: What was decided before, which the report is about; gets the new decisions.
        report: Of its config.

    Returns:
        Whether anything was decided, so that another check may find something else.
    """
    profiles = {column.profile.name: column.profile for column in report.columns}
    # A column that keeps groups together is wanted, whatever else is wrong with it.
    findings = sorted(report.findings, key=lambda finding: finding.topic != "groups")
    texts = draft.missing_texts
    are_new = [_decide(draft, finding, profiles) for finding in findings if finding.topic in _TARGET_TOPICS]
    if draft.missing_texts == texts:  # else what the target makes missing may be all that is wrong with a feature
        are_new += [_decide(draft, finding, profiles) for finding in findings if finding.topic not in _TARGET_TOPICS]
    return any(are_new)


def _decide(draft: Draft, finding: Finding, profiles: Mapping[str, ColumnProfile]) -> bool:
    """Does what one finding asks for; returns whether that is new."""
    match finding.topic:
        case "groups" if finding.grade != "note":
            return draft.group_by(finding)
        case "imbalance":
            metrics = read_yaml(finding.change[0].partition("=")[2], source="change").data
            return draft.set(("metrics",), metrics, finding.message)
        case _ if finding.column is None or finding.column not in profiles:
            return False
        case topic if topic in _TARGET_TOPICS:
            return _mend_target(draft, finding, profiles[finding.column])
        case _:
            return _decide_column(draft, finding, profiles[finding.column])


def _decide_column(draft: Draft, finding: Finding, profile: ColumnProfile) -> bool:
    match finding.topic:
        case "id_like":
            # Not all names can be ids: predictions have columns of their own.
            return draft.leave_out("id" if finding.change[0].startswith("data.id=") else "drop", finding)
        case "numbers_as_text" | "dates_as_text" if "".join(finding.change[:1]).startswith("data.missing_values="):
            return _read_texts_as_missing(draft, finding, profile)
        case "limits" | "scale_labels" if finding.change:
            numbers = profile.limits if finding.topic == "limits" else profile.scale_labels
            return _read_numbers_of(draft, finding, profile, numbers)
        case "far_number" if finding.change and finding.change[0].startswith("data.missing_values="):
            return _read_as_missing(draft, profile.far.examples, finding)
        case "numeric_codes":
            codes = f"{profile.n_distinct:,} whole numbers from {profile.minimum:.0f} to {profile.maximum:.0f}"
            reason = f"{codes}; by its name they are codes of things"
            return _settle_column(draft, finding, {"kind": "categorical"}, reason)
        case "dates_as_text" | "dates_as_numbers" | "times_as_text" if finding.change[0].startswith("preprocessing."):
            is_new = _read_as_missing(draft, profile.missing_texts.examples, finding)
            return _settle_column(draft, finding, {"format": profile.date_format}, finding.message) or is_new
        case "many_values" if finding.grade == "note" and profile.n_most_frequent < 2 * _LEAST_COUNT:
            # Hardly any text has that many training rows.
            return draft.leave_out("drop", finding)
        case "many_values" if finding.grade == "note":
            reason = f"{finding.message}; those of fewer than {_LEAST_COUNT} training rows share one input"
            return _settle_column(draft, finding, {"min_count": _LEAST_COUNT}, reason)
        case topic if topic in (*_DROPPED, "many_values") or (topic == "refused" and finding.change):
            return _drop(draft, finding, profile)
        case _:
            return False


def _read_numbers_of(draft: Draft, finding: Finding, profile: ColumnProfile, numbers: Mapping[str, float]) -> bool:
    """Maps texts to the numbers that they hold; labels of a scale may mean something else, such as no answer."""
    if finding.topic == "scale_labels":
        draft.doubtful[profile.name] = f"{quoted_list(list(numbers))} are read as the numbers they begin with"
    is_new = _read_as_missing(draft, profile.missing_texts.examples, finding)
    return _settle_column(draft, finding, {"map": dict(numbers)}, finding.message) or is_new


def _drop(draft: Draft, finding: Finding, profile: ColumnProfile) -> bool:
    if finding.topic == "two_numbers" and not finding.change:
        return False
    if finding.topic == "refused" and profile.is_nearly_numeric:
        n_strange = profile.n_known - profile.cells("number") - profile.missing_texts.cells
        advice = _REMOVE if 0 < n_strange == profile.total_words.cells else _MEND
        if 0 < n_strange == profile.cells("marked"):
            advice = _WRITE_PLAIN
        return draft.leave_out("drop", replace(finding, topic="numbers_as_text"), advice=advice)
    if finding.topic == "refused" and profile.looks == "date":
        return draft.leave_out("drop", replace(finding, topic="broken_dates"))
    if finding.topic == "dates_as_text" and (len(profile.date_formats) > 1 or profile.late_date is not None):
        return draft.leave_out("drop", replace(finding, topic="ambiguous_dates"), advice=_NO_LONGER)
    if finding.topic == "dates_as_text":
        return draft.leave_out("drop", replace(finding, topic="broken_dates"))
    return draft.leave_out("drop", finding)


def _settle_column(draft: Draft, finding: Finding, options: Mapping[str, Any], reason: str) -> bool:
    assert finding.column is not None  # noqa: S101 - its topic is about a column
    is_new = draft.set_column(finding.column, options, reason)
    if draft.has_options(finding.column, options):
        draft.settled.add((finding.topic, finding.column))
    return is_new


def _read_texts_as_missing(draft: Draft, finding: Finding, profile: ColumnProfile) -> bool:
    """Makes the other texts of a column of numbers or dates mean missing, unless a person wants no text to mean it."""
    if draft.is_empty("missing_values"):
        are_numbers = finding.grade == "error" or profile.has_many_numbers
        return are_numbers and draft.leave_out("drop", finding)
    if profile.looks == "text" and profile.missing_words.cells:
        draft.words[profile.name] = profile.missing_words
    return _read_as_missing(draft, profile.missing_texts.examples, finding)


def _mend_target(draft: Draft, finding: Finding, profile: ColumnProfile) -> bool:
    """Leaves rows without a usable target out; what may be the name of a class is left to a person."""
    if finding.grade != "error" or not finding.change:
        return False
    is_infinite = finding.topic == "infinite_target"
    texts = profile.forms["infinite"].examples if is_infinite else profile.missing_texts.examples
    if not any(change.startswith("data.missing_values=") for change in finding.change):
        texts = ()
    is_new = _read_as_missing(draft, texts, finding)
    return draft.set(("data", "missing_target"), "drop", finding.message) or is_new


def _read_as_missing(draft: Draft, texts: Iterable[str], finding: Finding) -> bool:
    reason = f"{quoted_list([str(finding.column)])}: {finding.message}"
    are_new = [draft.append("missing_values", text, reason) for text in texts]
    return any(are_new)
