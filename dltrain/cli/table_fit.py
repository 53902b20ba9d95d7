"""`dltrain fit FILE --target COLUMN` and `dltrain check FILE --target COLUMN`: a table in the place of a config."""

import shlex
from collections.abc import Container, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from dltrain.cli.notes import say
from dltrain.errors import ConfigError, escaped, quoted_list

if TYPE_CHECKING:
    from dltrain.config import Config, LoadedConfig
    from dltrain.workflows.init import Starter

_SHOWN: Final = 6
"""Columns of a sort; the config that `dltrain init` writes has all."""


def config_of_file(
    path: Path, target: str | None, overrides: list[str], *, command: str, is_quiet: bool
) -> "LoadedConfig":
    """The config of a YAML file, or the one that a table begins with.

    Args:
        path: The YAML file, or a table.
        target: Column of the table to predict; None for a YAML file.
        overrides: `KEY=VALUE`.
        command: Which asks, for messages.
        is_quiet: Whether nothing is printed of what was decided about a table.

    Raises:
        ConfigError: As `load_config` and `config_of_table`.
        DataError: As `config_of_table`.
    """
    from dltrain.config import load_config
    from dltrain.config.table_names import is_table_name

    if target is not None:
        return config_of_table(path, target, overrides, is_quiet=is_quiet)
    if not is_table_name(path):
        return load_config(path, overrides)
    does = "fits" if command == "fit" else "looks at"
    raise ConfigError(
        f"{escaped(str(path))}: expected a YAML file, got a table",
        hint=f"dltrain {command} {shlex.quote(str(path))} --target COLUMN {does} a table without a config",
    )


def config_of_table(table: Path, target: str, overrides: list[str], *, is_quiet: bool) -> "LoadedConfig":
    """The config that `dltrain init` would write, with overrides; says in a few lines what was decided.

    Args:
        table: The file.
        target: Its column to predict.
        overrides: `KEY=VALUE`, on top of what was decided.
        is_quiet: Whether nothing is printed.

    Raises:
        ConfigError: The path is not that of a table, or an override is wrong.
        DataError: The table cannot be read, or holds what only its owner can mend.
    """
    from dltrain.config.table_names import is_table_name
    from dltrain.workflows.init import init

    if not is_table_name(table):
        raise ConfigError(
            f"--target: expected a table with it, got '{escaped(str(table))}'",
            hint=f"a config names its target itself; data.target={target} overrides it",
        )
    starter = init(table, target)
    loaded = starter.loaded(overrides)
    if not is_quiet:
        for heading, text in _lines(starter, loaded.config, target):
            say(f"{heading:<10}{text}")
    return loaded


def _lines(starter: "Starter", config: "Config", target: str) -> Iterator[tuple[str, str]]:
    """Heading and text of what the lines of the fit that follow do not show; nothing that an override has changed."""
    for heading, texts in (
        ("id", _roles(starter, "id", config.data.id)),
        ("left out", _roles(starter, "drop", config.data.drop)),
        ("column", _columns(starter, config.preprocessing.columns)),
        ("decided", _others(starter, config)),
    ):
        for text in texts[:_SHOWN]:
            yield heading, text
        if len(texts) > _SHOWN:
            yield heading, f"and {len(texts) - _SHOWN:,} more"
    if starter.remarks:
        yield "to decide", f"{len(starter.remarks):,} more: see the config"
    command = f"dltrain init {shlex.quote(str(starter.table))} --target {shlex.quote(target)}"
    yield "config", f"{command} writes it, with the reason for every choice"


def _roles(starter: "Starter", role: str, names: Sequence[str]) -> list[str]:
    decided = enumerate(starter.content["data"].get(role, ()))
    return [f"{escaped(name)}: {_cause(starter.reasons['data', role, at])}" for at, name in decided if name in names]


def _columns(starter: "Starter", columns: Container[str]) -> list[str]:
    decided = starter.content.get("preprocessing", {}).get("columns", {})
    return [
        f"{escaped(name)}: {_cause(starter.reasons['preprocessing', 'columns', name])} ({_options(options)})"
        for name, options in decided.items()
        if name in columns
    ]


def _others(starter: "Starter", config: "Config") -> list[str]:
    reasons, data = starter.reasons, starter.content["data"]
    texts = _spelling(starter, config)
    units = [
        f"'{escaped(name)}' ({escaped(unit)})"
        for name, unit in config.data.unit_of.items()
        if name in data.get("unit_of", {})
    ]
    if units:
        texts.append(f"numbers with a unit: {', '.join(units)}")
    if data.get("missing_values"):
        texts.append(f"{quoted_list(config.data.missing_values)} means missing")
    if ("data", "missing_target") in reasons:
        texts.append(f"{_cause(reasons['data', 'missing_target'])}: such rows are left out")
    if config.data.positive is not None and config.data.positive == data.get("positive"):
        texts.append(f"'{escaped(config.data.positive)}' {reasons['data', 'positive']}")
    if ("split", "strategy") in reasons and config.split.column == starter.content["split"]["column"]:
        name = escaped(config.split.column or "")
        texts.append(f"rows of the same {name} stay together: {_cause(reasons['split', 'strategy'])}")
    if ("metrics",) in reasons and list(config.metrics or ()) == starter.content["metrics"]:
        texts.append(f"metrics {', '.join(starter.content['metrics'])}: {_cause(reasons[('metrics',)])}")
    return texts


def _spelling(starter: "Starter", config: "Config") -> list[str]:
    """How the file is written, where that is unusual."""
    reasons, data = starter.reasons, starter.content["data"]
    texts = []
    if ("data", "encoding") in reasons and config.data.encoding == data["encoding"]:
        texts.append(f"the text is read as {config.data.encoding}: {reasons['data', 'encoding']}")
    if ("data", "separator") in reasons and config.data.separator == data["separator"]:
        texts.append(f"cells are separated by '{config.data.separator}'")
    if ("data", "skip_lines") in reasons and config.data.skip_lines == data["skip_lines"]:
        texts.append(f"{reasons['data', 'skip_lines']}: what stands above it is not read")
    numbers = [key for key in ("decimal", "thousands") if key in data and getattr(config.data, key) == data[key]]
    if numbers and (reason := reasons.get(("data", numbers[0]))):
        said = " and ".join(f"data.{key} is '{data[key]}'" for key in numbers)
        texts.append(f"{reason}: {said}")
    return texts


def _options(options: Mapping[str, Any]) -> str:
    return ", ".join(f"{key}: {value}" for key, value in options.items())


def _cause(reason: str) -> str:
    """The first part of a reason: what was seen, without what follows from it."""
    return reason.partition("; ")[0].partition(": ")[0]
