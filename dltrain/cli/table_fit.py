"""`dltrain fit FILE --target COLUMN` and `dltrain check FILE --target COLUMN`: a table in the place of a config."""

import shlex
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from dltrain.cli.notes import say
from dltrain.errors import ConfigError, escaped, quoted_list

if TYPE_CHECKING:
    from dltrain.config import Config, LoadedConfig
    from dltrain.workflows.init import Starter

_SHOWN: Final = 6
"""Lines of a sort; the config that `dltrain init` writes has all."""


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
        # A check shows all warnings itself.
        return config_of_table(path, target, overrides, is_quiet=is_quiet, tells_warnings=command == "fit")
    if not is_table_name(path):
        loaded = load_config(path, overrides)
        # Reading and writing runs takes longer to import than to find a mistake.
        from dltrain.run.naming import named_after_run

        return named_after_run(loaded, path)
    does = "fits" if command == "fit" else "looks at"
    raise ConfigError(
        f"{escaped(str(path))}: expected a YAML file, got a table",
        hint=f"dltrain {command} {shlex.quote(str(path))} --target COLUMN {does} a table without a config",
    )


def config_of_table(
    table: Path, target: str, overrides: list[str], *, is_quiet: bool, tells_warnings: bool = True
) -> "LoadedConfig":
    """The config that `dltrain init` would write, with overrides; says in a few lines what was decided.

    Args:
        table: The file.
        target: Its column to predict.
        overrides: `KEY=VALUE`, what is decided already.
        is_quiet: Whether nothing is printed.
        tells_warnings: Whether what makes a result doubtful is printed, too.

    Raises:
        ConfigError: The path is that of a config, or an override is wrong.
        DataError: The table cannot be read, or holds what only its owner can mend.
    """
    from dltrain.config.table_names import CONFIG_SUFFIXES
    from dltrain.workflows.init import init

    if table.suffix.lower() in CONFIG_SUFFIXES:
        raise ConfigError(
            f"--target: expected a table with it, got '{escaped(str(table))}'",
            hint=f"a config names its target itself; data.target={target} overrides it",
        )
    starter = init(table, target, overrides)
    loaded = starter.loaded
    if not is_quiet:
        for heading, text in _lines(starter, loaded.config, [target, *overrides], tells_warnings=tells_warnings):
            say(f"{heading:<10}{text}")
    return loaded


def _lines(
    starter: "Starter", config: "Config", given: Sequence[str], *, tells_warnings: bool
) -> Iterator[tuple[str, str]]:
    """Heading and text of what was decided and is not shown by the lines that follow.

    Args:
        starter: The decisions.
        config: What it says.
        given: The target and the overrides, about which nothing is said.
        tells_warnings: Whether warnings are not shown by the lines that follow.
    """
    for heading, texts in (
        ("id", _roles(starter, "id", config.data.id)),
        ("left out", _roles(starter, "drop", config.data.drop)),
        ("column", _columns(starter)),
        ("decided", _others(starter, config)),
        ("warning", list(starter.warnings) if tells_warnings else []),
    ):
        for text in texts[:_SHOWN]:
            yield heading, text
        if len(texts) > _SHOWN:
            yield heading, f"and {len(texts) - _SHOWN:,} more"
    if starter.questions:
        yield "to decide", f"{len(starter.questions):,}: see the first lines of the config"
    command = f"dltrain init {shlex.quote(str(starter.table))} --target {' '.join(map(shlex.quote, given))}"
    yield "config", f"{command} writes it, with the reason for every choice"


def _roles(starter: "Starter", role: str, names: Sequence[str]) -> list[str]:
    from dltrain.workflows.drafting.draft import LOST_DATES

    reasons = ((name, starter.reasons.get(("data", role, at))) for at, name in enumerate(names))
    return [
        # What has to be decided is told in full.
        f"{escaped(name)}: {reason if starter.topics.get(name) in LOST_DATES else _cause(reason)}"
        for name, reason in reasons
        if reason is not None
    ]


def _columns(starter: "Starter") -> list[str]:
    decided = starter.content.get("preprocessing", {}).get("columns", {})
    reasons = {name: starter.reasons.get(("preprocessing", "columns", name)) for name in decided}
    return [
        f"{escaped(name)}: {_cause(reason)} ({_options(decided[name])})"
        for name, reason in reasons.items()
        if reason is not None
    ]


def _others(starter: "Starter", config: "Config") -> list[str]:
    reasons, data = starter.reasons, config.data
    texts = _spelling(starter, config)
    units = [
        f"'{escaped(name)}' ({escaped(unit)})"
        for name, unit in data.unit_of.items()
        if ("data", "unit_of", name) in reasons
    ]
    if units:
        texts.append(f"numbers with a unit: {', '.join(units)}")
    missing = [text for at, text in enumerate(data.missing_values) if ("data", "missing_values", at) in reasons]
    if missing:
        texts.append(f"{quoted_list(missing)} {'means' if len(missing) == 1 else 'mean'} missing")
    if reason := reasons.get(("data", "missing_target")):
        texts.append(f"{_cause(reason)}: such rows are left out")
    if reason := reasons.get(("data", "positive")):
        texts.append(f"'{escaped(data.positive or '')}' {reason}")
    if reason := reasons.get(("split", "strategy")):
        group = escaped(config.split.column or "")
        texts.append(f"rows of the same {group} stay together, and it is no feature: {_cause(reason)}")
    if reason := reasons.get(("metrics",)):
        texts.append(f"metrics {', '.join(config.metrics or ())}: {_cause(reason)}")
    return texts


def _spelling(starter: "Starter", config: "Config") -> list[str]:
    """How the file is written, where that is unusual."""
    reasons, data = starter.reasons, config.data
    texts = []
    if reason := reasons.get(("data", "encoding")):
        texts.append(f"the text is read as {data.encoding}: {reason}")
    if ("data", "separator") in reasons:
        texts.append(f"cells are separated by '{data.separator}'")
    if reason := reasons.get(("data", "skip_lines")):
        texts.append(f"{reason}: what stands above it is not read")
    numbers = [key for key in ("decimal", "thousands") if starter.content["data"].get(key) is not None]
    reason = next((reasons["data", key] for key in numbers if ("data", key) in reasons), None)
    if reason is not None:
        said = " and ".join(f"data.{key} is '{getattr(data, key)}'" for key in numbers)
        texts.append(f"{reason}: {said}")
    return texts


def _options(options: Mapping[str, Any]) -> str:
    return ", ".join(f"{key}: {value}" for key, value in options.items())


def _cause(reason: str) -> str:
    """The first part of a reason: what was seen, without what follows from it."""
    return reason.partition("; ")[0].partition(": ")[0]
