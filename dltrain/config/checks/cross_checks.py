"""Cross-checks: what no single key can know. They need no data, or its column names and the task at most."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice
from math import isclose
from typing import Final

from dltrain.config.checks.decision import decision_problems
from dltrain.config.checks.logs import log_problems
from dltrain.config.checks.preprocessing import preprocessing_problems
from dltrain.config.checks.range import range_problems
from dltrain.config.checks.task import task_problems
from dltrain.config.config import Config
from dltrain.config.gates import gate_problems
from dltrain.config.problems.problems import MAX_PROBLEMS, Problem, config_error
from dltrain.config.problems.suggest import column_hint, did_you_mean
from dltrain.config.sections.data import DURATIONS, Task
from dltrain.config.sections.date_formats import format_problem, is_time_of_day
from dltrain.config.sections.metrics import DEFAULT_METRICS, METRICS
from dltrain.config.sections.optimizers import CosineDecay, ReduceOnPlateau
from dltrain.config.sections.preprocessing import Kind
from dltrain.config.yaml.document import Document, KeyPath, shown_text
from dltrain.errors import quoted_list

_WITHOUT_FOLDS: Final[dict[str, tuple[str, str]]] = {
    "time": (
        "expected no folds with strategy 'time': all but one of them would be tested on rows older than those they "
        "learned from",
        "without 'folds' the latest rows are for testing",
    ),
    "column": (
        "expected no folds with strategy 'column': the column says which rows are for testing",
        "to keep the rows of one value together: split.strategy: group",
    ),
}
"""Strategies that cannot make folds: the reason and a hint."""

_SHARE_AS_TEXT: Final = re.compile(r"(?P<number>[0-9]{1,9}([.,][0-9]{1,9})?)\s*(?P<percent>%?)")
"""A percentage, a decimal comma, a number in quotes: no name of a table, which ends in .csv or the like."""

_LIKE_DURATIONS: Final = re.compile("[dhms]+([ :]+[dhms]+)+", re.IGNORECASE)

_LEARNING_RATE: KeyPath = ("training", "optimizer", "learning_rate")


def check_config(
    config: Config,
    document: Document,
    *,
    task: Task | None = None,
    n_classes: int | None = None,
    kinds: Mapping[str, Kind] | None = None,
) -> None:
    """Checks what several keys must agree on; called again when the task and the kinds of the columns are known.

    Args:
        config: As read, or resolved.
        document: Where its keys were written.
        task: As inferred from the target; None while only `data.task` is known.
        n_classes: Labels of a multiclass target, if known.
        kinds: Kinds of the feature columns as inferred, if known; a `kind` in the config wins.

    Raises:
        ConfigError: With all problems at once.
    """
    task = config.data.task or task
    problems = chain(
        _role_problems(config),
        _unit_problems(config),
        _split_problems(config),
        _fold_problems(config),
        preprocessing_problems(config.preprocessing, target=config.data.target, kinds=kinds or {}),
        _training_problems(config),
        range_problems(config),
        _metric_problems(config),
        _monitor_problems(config, task),
        gate_problems(config, task),
        decision_problems(config, task),
        log_problems(config.logs),
        task_problems(config, task, n_classes=n_classes) if task is not None else (),
    )
    # No more than are told: there may be one for each of thousands of columns.
    if first := list(islice(problems, MAX_PROBLEMS + 1)):
        raise config_error(first, document)


def check_columns(config: Config, column_names: Sequence[str], document: Document) -> None:
    """Checks that every column the config names is in the table, and that one is left to be a feature.

    Raises:
        ConfigError: With all problems at once.
    """
    known = set(column_names)
    unknown = ((path, name) for path, name in _named_columns(config) if name not in known)
    problems = [
        Problem(
            path,
            f"column '{shown_text(name)}' is not in the table",
            column_hint(name, column_names),
            is_key=path[0] == "preprocessing" or path[1] == "unit_of",
        )
        for path, name in islice(unknown, MAX_PROBLEMS + 1)
    ]
    if not problems and config.data.features is None and known <= {name for _, name in _roles(config)}:
        hint = "every column is left out or has another role"
        problems = [Problem(("data",), "no column is left to be a feature", hint, is_key=True)]
    if problems:
        raise config_error(problems, document)


def _roles(config: Config) -> Iterator[tuple[KeyPath, str]]:
    """Every column with a role, and the key that gives it."""
    data = config.data
    yield ("data", "target"), data.target
    if data.weight is not None:
        yield ("data", "weight"), data.weight
    lists: tuple[tuple[str, Iterable[str]], ...] = (
        ("features", data.features or ()),
        ("drop", data.drop),
        ("id", data.id),
    )
    for key, names in lists:
        for position, name in enumerate(names):
            yield ("data", key, position), name


def _named_columns(config: Config) -> Iterator[tuple[KeyPath, str]]:
    yield from _roles(config)
    if config.split.column is not None:
        yield ("split", "column"), config.split.column
    for name in config.data.unit_of:
        yield ("data", "unit_of", name), name
    for name in config.preprocessing.columns:
        yield ("preprocessing", "columns", name), name


def _unit_problems(config: Config) -> Iterator[Problem]:
    for name, unit in config.data.unit_of.items():
        if any(sign.isdecimal() for sign in unit) or not unit.strip(" +-.,"):
            text = f"expected a unit without digits, such as kg, got '{shown_text(unit)}'"
            yield Problem(("data", "unit_of", name), text)
        elif _LIKE_DURATIONS.fullmatch(unit) and unit not in DURATIONS:
            text = f"expected durations as one of {quoted_list(DURATIONS)}, got '{shown_text(unit)}'"
            yield Problem(("data", "unit_of", name), text)


def _role_problems(config: Config) -> Iterator[Problem]:
    first: dict[str, KeyPath] = {}
    for path, name in _roles(config):
        if name not in first:
            first[name] = path
            continue
        role, other = f"data.{path[1]}", f"data.{first[name][1]}"
        if role == other:
            yield Problem(path, f"column '{shown_text(name)}' is named twice")
        else:
            yield Problem(path, f"expected one role for column '{shown_text(name)}', got '{other}' and '{role}'")


def _split_problems(config: Config) -> Iterator[Problem]:
    split = config.split
    for key, part in (("test", split.test), ("validation", split.validation)):
        if isinstance(part, str) and (share := _SHARE_AS_TEXT.fullmatch(part.strip())):
            yield Problem(("split", key), *_share_problem(part, share))
    uses_column = split.strategy in ("group", "time", "column", "hash")
    if uses_column and split.column is None:
        yield Problem(("split", "strategy"), f"strategy '{split.strategy}' needs 'split.column', got none")
    if not uses_column and split.column is not None:
        strategy = "none" if split.strategy is None else f"'{split.strategy}'"
        yield Problem(
            ("split", "column"),
            f"expected strategy 'group', 'time', 'column' or 'hash' with a column, got {strategy}",
            "set 'split.strategy', or remove the column",
            is_key=True,
        )
    date_format = config.preprocessing.column(split.column or "").format
    if split.strategy == "time" and date_format and not format_problem(date_format) and is_time_of_day(date_format):
        yield Problem(
            ("split", "column"), f"expected dates to divide by time, got times of day, '{shown_text(date_format)}'"
        )
    if split.strategy == "column":
        return
    shares = [share for share in (split.test, split.validation) if isinstance(share, float)]
    # Shares such as 0.7 + 0.3 need not add up to exactly 1.
    if sum(shares) > 1 - 1e-9:
        total = " + ".join(f"{share:g}" for share in shares)
        yield Problem(
            ("split", "validation"), f"expected test + validation < 1 to leave rows for training, got {total}"
        )


def _share_problem(part: str, share: re.Match[str]) -> tuple[str, str | None]:
    """What is wrong with a share that is no number, and the number that was meant."""
    value = float(share["number"].replace(",", ".")) / (100 if share["percent"] else 1)
    text = f"expected a fraction > 0 and < 1, or the path of a labelled file, got '{shown_text(part)}'"
    return text, f"write {value:g}" if 0 < value < 1 else None


def _fold_problems(config: Config) -> Iterator[Problem]:
    split = config.split
    if split.folds is None:
        if split.fold is not None:
            yield Problem(("split", "fold"), "'fold' needs 'folds' too, the number of them", is_key=True)
        return
    if split.strategy in ("time", "column"):
        yield Problem(("split", "folds"), *_WITHOUT_FOLDS[split.strategy], is_key=True)
    elif isinstance(split.test, str):
        yield Problem(
            ("split", "test"),
            "expected no file beside 'split.folds': every row is a test row of one fold",
            "a file is scored by dltrain evaluate --data FILE",
        )
    elif not isclose(split.test, 1 / split.folds, abs_tol=1e-3):
        yield Problem(
            ("split", "test"),
            f"expected no 'test' beside 'split.folds': each of the {split.folds} folds tests 1/{split.folds} of the "
            f"rows, got {split.test:g}",
            f"remove it, or split.test={1 / split.folds:.3g}",
            is_key=True,
        )
    if split.fold is not None and split.fold > split.folds:
        yield Problem(("split", "fold"), f"expected at most {split.folds}, the number of folds, got {split.fold}")


def _training_problems(config: Config) -> Iterator[Problem]:
    training = config.training
    has_batch_normalization = any(layer.type == "batch_normalization" for layer in config.model.layers)
    if has_batch_normalization and training.batch_size == 1:
        yield Problem(
            ("training", "batch_size"), "expected at least 2 rows a batch for batch normalisation, got 1", "64 is usual"
        )
    rate = training.optimizer.learning_rate
    if isinstance(rate, CosineDecay) and (rate.warmup_target is None) != (rate.warmup_steps == 0):
        given, missing = ("warmup_steps", "warmup_target")[:: 1 if rate.warmup_target is None else -1]
        yield Problem((*_LEARNING_RATE, given), f"'{given}' needs '{missing}' too", is_key=True)


def _metric_problems(config: Config) -> Iterator[Problem]:
    seen = set()
    for position, name in enumerate(config.metrics or ()):
        if name in seen:
            yield Problem(("metrics", position), f"metric '{name}' is named twice")
        seen.add(name)


def _monitor_problems(config: Config, task: Task | None) -> Iterator[Problem]:
    rate = config.training.optimizer.learning_rate
    if config.training.early_stopping is not None:
        path: KeyPath = ("training", "early_stopping", "monitor")
        yield from _monitor_problem(path, config.training.early_stopping.monitor, config, task)
    if isinstance(rate, ReduceOnPlateau):
        yield from _monitor_problem((*_LEARNING_RATE, "monitor"), rate.monitor, config, task)


def _monitor_problem(path: KeyPath, monitor: str, config: Config, task: Task | None) -> Iterator[Problem]:
    metrics = config.metrics or (DEFAULT_METRICS[task] if task is not None else tuple(METRICS))
    known = ["loss", "val_loss", *dict.fromkeys(f"val_{name}" for name in metrics)]
    if monitor in known:
        return
    name = monitor.removeprefix("val_")
    if name in METRICS and name not in metrics:
        hint: str | None = f"add '{name}' to 'metrics'"
    else:
        hint = did_you_mean(f"val_{name}", known)
    listed = quoted_list(known, limit=len(known))
    yield Problem(path, f"expected one of {listed}, got '{shown_text(monitor)}'", hint)
