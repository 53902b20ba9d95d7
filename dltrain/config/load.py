"""From a YAML file, or a mapping, to a checked config."""

import json
import os
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError

from dltrain.config.checks.cross_checks import check_config
from dltrain.config.config import Config
from dltrain.config.problems.problems import Problem, config_error, validation_problems
from dltrain.config.problems.suggest import did_you_mean
from dltrain.config.table_names import CONFIG_SUFFIXES, SHEET_SUFFIXES, is_table_name
from dltrain.config.yaml.commented import scalar_text
from dltrain.config.yaml.document import Document, KeyPath, shown_text
from dltrain.config.yaml.overrides import apply_overrides
from dltrain.config.yaml.plain import plain_data
from dltrain.config.yaml.reader import MAX_BYTES, read_yaml
from dltrain.errors import ConfigError, quoted_list

MAX_PATH: Final = 4_096
"""No file system takes longer paths, and resolving them takes long."""


@dataclass(frozen=True)
class LoadedConfig:
    """A config and where it came from.

    Attributes:
        config: With absolute paths; defaults that need the data are still None.
        source: How messages name it: the path as typed, or "config".
        name: What runs are named after: the file name without its suffix, or the run that the file belongs to.
        document: Where every key was written.
    """

    config: Config
    source: str
    name: str
    document: Document

    def error(self, path: KeyPath, text: str, *, hint: str | None = None) -> ConfigError:
        """The error for something that turns out wrong later, such as a label that is not in the data."""
        return config_error([Problem(path, text, hint)], self.document)


def load_config(path: Path, overrides: Sequence[str] = ()) -> LoadedConfig:
    """Reads, overrides, validates and cross-checks a config file.

    Args:
        path: The YAML file. Paths in it, and in overrides, are relative to its folder.
        overrides: `KEY=VALUE`; see `apply_overrides`.

    Raises:
        ConfigError: The file cannot be read, or something in it or in an override is wrong.
    """
    document = read_yaml(_content(path), source=_shown_path(path))
    return _loaded(document, overrides, folder=path.parent, name=path.stem)


def config_from_dict(content: Mapping[str, Any], overrides: Sequence[str] = ()) -> LoadedConfig:
    """Validates and cross-checks a config given as a mapping. Paths are relative to the working directory.

    Args:
        content: What the YAML file would say; tuples, paths and NumPy numbers are read as what they mean.
        overrides: `KEY=VALUE`; see `apply_overrides`.

    Raises:
        ConfigError: Something in it or in an override is wrong.
    """
    return config_from_document(Document(plain_data(content), source="config"), overrides)


def config_from_document(document: Document, overrides: Sequence[str] = ()) -> LoadedConfig:
    """Validates and cross-checks a config whose places are known. Paths are relative to the working directory.

    Args:
        document: Plain data.
        overrides: `KEY=VALUE`; see `apply_overrides`.

    Raises:
        ConfigError: Something in it or in an override is wrong.
    """
    return _loaded(document, overrides, folder=Path(), name="config")


def _loaded(document: Document, overrides: Sequence[str], *, folder: Path, name: str) -> LoadedConfig:
    if document.data is None:
        document = Document({}, document.source)
    if not isinstance(document.data, dict):
        raise ConfigError(f"{document.place(())}: expected keys such as 'data:' and 'model:' at the top level")
    document = apply_overrides(document, overrides)
    try:
        config = Config.model_validate_json(json.dumps(document.data))
    except ValidationError as error:
        raise config_error(validation_problems(error, document.data), document) from error
    check_config(config, document)
    return LoadedConfig(_with_absolute_paths(config, folder, document), document.source, name, document)


def _content(path: Path) -> bytes:
    shown = _shown_path(path)
    if is_table_name(path):
        hint = f"dltrain init {shlex.quote(shown)} --target COLUMN writes a config for it"
        raise ConfigError(f"{shown}: expected a YAML file, got a table", hint=hint)
    if path.suffix.lower() in SHEET_SUFFIXES:
        hint = "save the sheet as CSV: dltrain init FILE.csv --target COLUMN writes a config for it"
        raise ConfigError(f"{shown}: expected a YAML file, got a spreadsheet", hint=hint)
    try:
        with path.open("rb") as file:
            # One byte more than is allowed, after a byte order mark.
            return file.read(MAX_BYTES + 4)
    except FileNotFoundError as error:
        raise ConfigError(f"{shown}: no such file", hint=_yaml_files_hint(path.parent, path.name)) from error
    except IsADirectoryError as error:
        message = f"{shown}: expected a YAML file, got a directory"
        raise ConfigError(message, hint=_yaml_files_hint(path, "")) from error
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise ConfigError(f"{shown}: cannot be read: {reason}") from error


def _yaml_files_hint(folder: Path, name: str) -> str | None:
    """The config that was meant, or those that are there."""
    names = sorted(found.name for found in folder.glob("*") if found.suffix in CONFIG_SUFFIXES)
    if not names:
        return None
    if (meant := did_you_mean(name, names)) is not None:
        return meant
    return f"YAML files in {_shown_path(folder)}: {quoted_list([shown_text(found) for found in names])}"


def _shown_path(path: Path) -> str:
    return shown_text(str(path), limit=1_000)


def _with_absolute_paths(config: Config, folder: Path, document: Document) -> Config:
    def absolute(path: str, *key: str) -> str:
        if len(path) > MAX_PATH:
            text = f"expected a path of at most {MAX_PATH:,} characters, got {len(path):,}"
            raise config_error([Problem(key, text)], document)
        try:
            return _absolute_path(path, folder)
        except UnicodeEncodeError as error:
            text = f"expected a path in UTF-8, got '{shown_text(error.object, limit=1_000)}'"
            hint = "rename it, or set the environment variable PYTHONUTF8=1 where the locale is not UTF-8"
            raise config_error([Problem(key, text, hint)], document) from error
        except (OSError, RuntimeError, ValueError) as error:
            raise config_error([Problem(key, f"expected a path, got '{shown_text(path)}'")], document) from error

    def table(path: str, *key: str) -> str:
        full = absolute(path, *key)
        if (problem := _misplaced(path, Path(full), key, document)) is not None:
            raise config_error([problem], document)
        return full

    def part(value: float | str, key: str) -> float | str:
        return table(value, "split", key) if isinstance(value, str) else value

    split = config.split.model_copy(
        update={"test": part(config.split.test, "test"), "validation": part(config.split.validation, "validation")}
    )
    data = config.data.model_copy(update={"path": table(config.data.path, "data", "path")})
    logs = None if config.logs is None else config.logs.with_absolute_paths(absolute)
    return config.model_copy(update={"data": data, "split": split, "logs": logs})


def _misplaced(path: str, full: Path, key: tuple[str, ...], document: Document) -> Problem | None:
    """What is wrong with a table in an override that was meant to be found from the working directory."""
    if not document.place(key).source.startswith("override "):
        return None
    # Unlike Path's methods, these say no to names that cannot be.
    if os.path.exists(full) or not os.path.exists(path):  # noqa: PTH110
        return None
    written = f"{'.'.join(key)}={scalar_text(str(Path(path).absolute()))}"
    return Problem(
        key,
        f"there is no file '{shown_text(str(full), limit=1_000)}'",
        f"a path in an override is relative to the config, as those in it; from here: {shlex.quote(written)}",
    )


def _absolute_path(path: str, folder: Path) -> str:
    """Where a path of the config leads.

    Raises:
        UnicodeEncodeError: It cannot be written into a file, as the config of a run has to be, or be opened.
        ValueError: It holds a NUL.
        OSError, RuntimeError: Links that never end.
    """
    if "\0" in path:
        raise ValueError("embedded null byte")
    # An absolute one is left as it is: that of a run may be a path of another machine, or lead anywhere.
    full = path if Path(path).is_absolute() else str((folder / path).resolve())
    full.encode()
    return full
