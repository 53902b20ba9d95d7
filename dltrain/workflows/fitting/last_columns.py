"""What is different about the target and the columns of a table since the last run of the same name, in words.

A table that is exported anew every night may change its columns, and a fit takes them as they come.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from dltrain.config import Config, LoadedConfig
from dltrain.errors import OutputError, RunError, counted, escaped
from dltrain.features import Feature, Preprocessing
from dltrain.features.categorical import CategoricalFeature
from dltrain.run.loading import read_columns
from dltrain.run.newest import last_of_name
from dltrain.workflows.fitting.preparing import Prepared

_SHOWN: Final = 5
_MUCH_SMALLER: Final = 0.7
"""Share of the rows of the last run; tables that are exported anew grow as a rule."""


def notes_since_last(runs: Path, name: str, loaded: LoadedConfig, prepared: Prepared) -> tuple[str, ...]:
    """A line about fewer rows, another task, other labels, and columns that are gone, new, or of another kind.

    What the config itself says of features and kinds is meant, and not told.

    Args:
        runs: Folder of the runs.
        name: Of the run, without its number.
        loaded: The config as written.
        prepared: What it has made of the table.
    """
    try:
        last = last_of_name(runs, name)
        if last is None:
            return ()
        config, preprocessing, n_rows = read_columns(last)
    except (OSError, OutputError, RunError):
        # Nobody asked for that run: whoever uses it is told what is wrong with it.
        return ()
    if config.data.target != loaded.config.data.target:
        return ()
    n_now = prepared.files["data"].rows
    texts = [
        *([f"the table has {counted(n_now, 'row')}, and had {n_rows:,}"] if n_now < _MUCH_SMALLER * n_rows else []),
        *_target_changes(config, preprocessing.target.labels, loaded.config, prepared),
        *_column_changes(config, preprocessing, loaded.config, prepared),
    ]
    more = [f"and {len(texts) - _SHOWN:,} more"] if len(texts) > _SHOWN else []
    return (f"unlike {last.name}: {'; '.join([*texts[:_SHOWN], *more])}",) if texts else ()


def _target_changes(last: Config, labels: Sequence[str], written: Config, prepared: Prepared) -> Iterator[str]:
    task = prepared.config.data.task
    if task != last.data.task:
        if written.data.task is None:
            yield f"the task is {task}, and was {last.data.task}; data.task={last.data.task} in the config keeps it"
        return
    now = prepared.preprocessing.target.labels
    for label in now:
        if label not in labels:
            yield f"the label '{escaped(label)}' is new"
    for label in labels:
        if label not in now:
            yield f"no row has the label '{escaped(label)}' any more"


def _column_changes(last: Config, preprocessing: Preprocessing, written: Config, prepared: Prepared) -> Iterator[str]:
    before = {feature.name: feature for feature in preprocessing.features}
    now = {feature.name: feature for feature in prepared.preprocessing.features}
    for name, feature in before.items():
        if name not in prepared.columns:
            yield f"column '{escaped(name)}' is not in the table any more"
        elif name not in now:
            continue
        elif now[name].kind != feature.kind and written.preprocessing.column(name).stated_kind is None:
            yield f"column '{escaped(name)}' is {now[name].kind}, and was {feature.kind}"
        elif (change := _category_change(feature, now[name])) is not None:
            yield f"column '{escaped(name)}' {change}"
    if written.data.features is not None:
        return
    had_role = {*last.data.drop, *last.data.id, last.data.weight, last.split.column}
    for name in now:
        if name not in before and name not in had_role:
            yield f"column '{escaped(name)}' is new"


def _category_change(before: Feature, now: Feature) -> str | None:
    """What became of the categories of a column; None where some are as before, or may be among the rare ones."""
    if not isinstance(before, CategoricalFeature) or not isinstance(now, CategoricalFeature):
        return None
    if not set(before.categories).isdisjoint(now.categories) or not before.categories or now.has_other or now.has_order:
        return None
    return "has none of its categories any more" if now.categories else "has no value any more"
