"""Looking over the runs in a folder."""

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, get_args, get_origin

from dltrain.config.config import Config
from dltrain.config.problems.problems import find_problems
from dltrain.config.problems.suggest import did_you_mean
from dltrain.config.sections.metrics import METRICS, higher_is_better
from dltrain.config.sections.section import Section
from dltrain.config.yaml.document import Document
from dltrain.config.yaml.overrides import key_parts
from dltrain.config.yaml.reader import MAX_BYTES, read_yaml
from dltrain.config.yaml.scalars import read_scalar
from dltrain.errors import ConfigError, RunError, escaped
from dltrain.run.checkpoint import CHECKPOINT, read_progress
from dltrain.run.members import group_of
from dltrain.run.newest import natural
from dltrain.run.opening import read_file
from dltrain.run.removing import is_run
from dltrain.run.seeds import read_group_origin
from dltrain.workflows.listing.read_entries import read_entry
from dltrain.workflows.listing.run_entry import RunEntry

ORDERS: Final = ("time", "name")
_KEYS: Final = (
    *("name", "run", "kind", "config", "state", "created", "task", "table", "rows", "epochs", "best_epoch", "problem"),
    *("total", "finished", "average_of", "gates"),
)
"""What a filter may ask for besides metrics and keys of the config."""

_COMPARISON: Final = re.compile(r"[\w.]+\s*([<>]=?|[!=]=)")
"""Of `expect.test.rmse=>= 2`, the first operator is the one that stands between key and value."""


def list_runs(
    parent: Path, *, sort: str = "time", filters: Sequence[str] = (), has_members: bool = False
) -> list[RunEntry]:
    """Reads how the runs in a folder, and the groups of runs, ended.

    Of a finished run, manifest.json, metrics.json and config.yaml are read, and of the other files that it needs the
    sizes; of an unfinished one the texts of its checkpoint.

    Args:
        parent: The folder.
        sort: "time" (the newest first), "name", or a metric (the best first, runs without it last).
        filters: Each of them a text that occurs in the entry, or KEY=VALUE; all must hold.
        has_members: Whether the runs of groups are listed as well: all of a group that the filters hold for, of
            another one those that they hold for.

    Raises:
        RunError: The folder is missing.
        ConfigError: There is no such order, or a filter asks for something that no run has.
    """
    if sort not in (*ORDERS, *METRICS):
        raise ConfigError(
            f"--sort: expected time, name or a metric ({', '.join(METRICS)}), got '{sort}'",
            # Gates name them so.
            hint=did_you_mean(sort.removeprefix("test."), (*ORDERS, *METRICS)),
        )
    for text in filters:
        _check_filter(text)
    if not parent.is_dir():
        raise RunError(f"{parent}: expected a folder of runs, got none", hint="dltrain fit CONFIG makes one")
    folders = [path for path in parent.iterdir() if not path.name.startswith(".") and path.is_dir()]
    entries = [
        read_entry(path, has_members=has_members) for path in folders if is_run(path) or group_of(path) is not None
    ]
    return _sorted([found for entry in entries if (found := _filtered(entry, filters)) is not None], sort)


def _check_filter(text: str) -> None:
    """Refuses other comparisons, and KEY=VALUE with a key that is neither shown of a run nor one of a config."""
    if (compared := _COMPARISON.match(text)) is not None:
        raise ConfigError(
            f"--filter: expected a text, or KEY=VALUE, got the operator '{compared[1]}' in '{escaped(text)}'",
            hint="KEY=VALUE lists those that are equal, --sort METRIC the best first",
        )
    key, equals, wanted = text.partition("=")
    if not equals or key in (*_KEYS, *METRICS):
        return
    section = key.partition(".")[0]
    if key in Config.model_fields and _has_keys(key):
        hint: str | None = f"'{key}' has several keys: name one of them"
    elif section in Config.model_fields:
        wrong = [_problem(key, value) for value in (wanted, _read(wanted))]
        if None in wrong:
            return
        hint = wrong[-1] or None
    else:
        hint = did_you_mean(key.removeprefix("test."), (*_KEYS, *METRICS, *Config.model_fields))
    raise ConfigError(
        f"--filter: expected KEY=VALUE with a key of a config such as training.batch_size, a metric, or one of "
        f"{', '.join(_KEYS)}, got '{escaped(text)}'",
        hint=hint,
    )


def _has_keys(name: str) -> bool:
    """Whether a section of the config is a mapping."""
    annotation = Config.model_fields[name].annotation
    kinds = [get_origin(kind) or kind for kind in get_args(annotation) or (annotation,)]
    return any(issubclass(kind, (Section, dict)) for kind in kinds if isinstance(kind, type))


def _problem(key: str, value: Any) -> str | None:
    """Why no config can have a value under a key, as a hint: empty where nothing helps; None where one can."""
    parts = key_parts(key, value)
    place = tuple(0 if _is_place(part) else part for part in parts)
    for problem in find_problems(_nested(parts, value)):
        if problem.is_key:
            return problem.hint or ""
        if problem.path == place:
            return f"{key}: {problem.text}"
    return None


def _read(text: str) -> Any:
    """The value of a text in YAML; the text itself where it is none."""
    try:
        return read_yaml(text, source="--filter", has_lines=False).data
    except ConfigError:
        return text


def _nested(parts: Sequence[str], value: Any) -> Any:
    """A config with one value; numbers are places in lists, of which only the first item is there."""
    if not parts:
        return value
    inner = _nested(parts[1:], value)
    return [inner] if _is_place(parts[0]) else {parts[0]: inner}


def _is_place(part: str) -> bool:
    return part.isascii() and part.isdigit()


def _filtered(entry: RunEntry, filters: Sequence[str]) -> RunEntry | None:
    """The entry if the filters hold for it, or for some of its runs: then with those alone; None otherwise."""
    if all(_matches(entry, text) for text in filters):
        return entry
    found = tuple(member for member in entry.members if all(_matches(member, text) for text in filters))
    return replace(entry, members=found) if found else None


def _sorted(entries: list[RunEntry], sort: str) -> list[RunEntry]:
    newest_first = sorted(entries, key=lambda entry: (-entry.changed_ns, entry.name))
    match sort:
        case "time":
            return newest_first
        case "name":
            return sorted(entries, key=lambda entry: natural(entry.name))
        case _:
            ranked = [
                replace(entry, members=tuple(sorted(entry.members, key=lambda member: _metric_key(member, sort))))
                for entry in newest_first
            ]
            return sorted(ranked, key=lambda entry: _metric_key(entry, sort))


def _metric_key(entry: RunEntry, metric: str) -> tuple[bool, float]:
    value = entry.metrics.get(metric)
    if value is None:
        return True, 0.0
    return False, -value if higher_is_better(metric) else value


def _matches(entry: RunEntry, text: str) -> bool:
    key, equals, wanted = text.partition("=")
    if not equals:
        gates = f"gates {entry.gates_outcome}" if entry.gates else ""
        told = (entry.name, entry.kind, entry.state, entry.task or "", entry.table, entry.problem or "", gates)
        return any(text.lower() in part.lower() for part in told)
    known = entry.to_dict() | {"run": entry.name, "name": entry.name, "gates": entry.gates_outcome}
    known |= entry.metrics
    if key in known and key not in Config.model_fields:
        return str(known[key]) == wanted or known[key] == read_scalar(wanted)
    found = _config_value(entry, key.split("."))
    if isinstance(found, list | dict):
        return bool(found == _read(wanted))
    return found is not None and (found == read_scalar(wanted) or str(found) == wanted)


def _config_value(entry: RunEntry, key: Sequence[str]) -> Any:
    """What the saved config of a run says under a dotted key; None where it says nothing, or cannot be read."""
    try:
        value = _document(entry).data
    except (RunError, ConfigError):
        return None
    return _value_at(value, key)


def _value_at(value: Any, key: Sequence[str]) -> Any:
    """What stands under a dotted key; of names with points in them, the longest.

    >>> _value_at({"test.rmse": "<2", "test": {"rmse": 1}}, ["test", "rmse"]), _value_at([{"a": 1}], ["0", "a"])
    ('<2', 1)
    """
    if not key:
        return value
    if isinstance(value, list):
        is_there = _is_place(key[0]) and int(key[0]) < len(value)
        return _value_at(value[int(key[0])], key[1:]) if is_there else None
    if isinstance(value, dict):
        for stop in range(len(key), 0, -1):
            if (name := ".".join(key[:stop])) in value:
                return _value_at(value[name], key[stop:])
    return None


def _document(entry: RunEntry) -> Document:
    if (group := group_of(entry.path)) is not None:
        return read_yaml(read_group_origin(entry.path, group).config.encode(), source=str(entry.path))
    if entry.state == "finished":
        path = entry.path / "config.yaml"
        return read_yaml(read_file(path, max_bytes=MAX_BYTES), source=str(path))
    origin, _ = read_progress(entry.path / CHECKPOINT)
    return read_yaml(origin.config.encode(), source=str(entry.path))
