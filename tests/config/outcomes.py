"""What any config must come to: a config that keeps its laws, or an error that a person can use."""

import os
import re
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final, get_args

from dltrain.config import Config, LoadedConfig, check_config, load_config, resolve_config, to_yaml
from dltrain.config.problems.problems import find_problems
from dltrain.config.sections.data import Task
from dltrain.errors import ConfigError
from tests.speed import allowed

FUZZ: Final = int(os.environ.get("DLTRAIN_FUZZ", "1"))
"""How many times as much is tried."""

MAX_SECONDS: Final = 1.0
MAX_MESSAGE: Final = 10_000
JUNK: Final = (
    *("<class", "object at 0x", "NoneType", "Traceback", "<unicode string>", "Event(", "Error(", "dict_", "pydantic"),
    # PyYAML's own words, and a problem that only pydantic knows of.
    *("expected YAML: ", "expected another value"),
)
WITHOUT_PLACE: Final = (
    "data: required key is missing",
    "model: required key is missing",
    "expected at most 4 MiB, got more",
    "and more problems",
)
"""What is said of a file as a whole, or of an empty one."""


def outcome_of(text: bytes, path: Path, overrides: Sequence[str] = ()) -> LoadedConfig | str:
    """Reads a text as a config, within the time that is promised.

    Returns:
        The config, or the message of the error.
    """
    path.write_bytes(text)
    outcome, seconds = _timed(path, overrides)
    if seconds >= MAX_SECONDS:
        # Was it the collector of garbage, which walks through all that the tests hold?
        _, seconds = _timed(path, overrides)
    assert seconds < MAX_SECONDS or seconds < allowed(MAX_SECONDS)
    return outcome


def _timed(path: Path, overrides: Sequence[str]) -> tuple[LoadedConfig | str, float]:
    """What comes of it, and the CPU time of this thread: the machine may be busy, and so may other threads."""
    start = time.thread_time()
    outcome: LoadedConfig | str
    try:
        outcome = load_config(path, overrides)
    except ConfigError as error:
        outcome = str(error)
    return outcome, time.thread_time() - start


def assert_config_or_clean_error(text: bytes, path: Path, overrides: Sequence[str] = ()) -> None:
    """The promise S5 for one file and its overrides."""
    outcome = outcome_of(text, path, overrides)
    if isinstance(outcome, str):
        assert_clean(outcome, str(path), "".join([text.decode(errors="replace"), *overrides]))
    else:
        assert_laws(outcome, path.with_name("again.yaml"))


def assert_clean(message: str, source: str, given: str = "", *, has_lines: bool = True) -> None:
    """An error names its place or the override, on printable lines, and says nothing of how dltrain is made.

    Args:
        message: The error and its hint.
        source: How the file is named.
        given: What the user wrote: a message may repeat it.
        has_lines: False for a mapping: its errors name the key alone.
    """
    assert len(message) < MAX_MESSAGE
    assert not [junk for junk in JUNK if junk in message and junk not in given]
    place = rf"({re.escape(source)}(:\d+:\d+)?|override '.*?'): (?P<rest>.+)"
    for line in message.split("\n"):
        assert line.isprintable(), repr(line)
        found = re.fullmatch(place, line)
        assert found or re.fullmatch(r"( {4})?hint: .+", line), line
        if found and found[1] == source and has_lines:
            assert found["rest"].startswith(WITHOUT_PLACE), line


def assert_laws(loaded: LoadedConfig, path: Path) -> None:
    """A config agrees with its JSON Schema and is read back equal, as it is and resolved for each task it fits."""
    assert list(find_problems(loaded.document.data)) == []
    assert read_back(loaded.config, path) == loaded.config
    given = loaded.config.data.task
    for task in get_args(Task) if given is None else [given]:
        try:
            check_config(loaded.config, loaded.document, task=task, n_classes=3)
        except ConfigError as error:
            has_lines = bool(loaded.document.values)
            assert_clean(str(error), loaded.source, str(loaded.document.data), has_lines=has_lines)
            continue
        features = loaded.config.data.features or ("a feature",)
        resolved = resolve_config(loaded.config, task=task, positive="yes", n_classes=3, features=features)
        assert read_back(resolved, path) == resolved


def read_back(config: Config, path: Path) -> Config:
    """The config after it was written and read again."""
    path.write_text(to_yaml(config), encoding="utf-8")
    return load_config(path).config
