"""What is different about the columns of a table since the last run of the same name, in words.

A table that is exported anew every night may change its columns, and a fit takes them as they come.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path

from dltrain.config import Config, LoadedConfig
from dltrain.config.sections.preprocessing import Kind
from dltrain.errors import OutputError, RunError, escaped
from dltrain.run.loading import read_columns
from dltrain.run.newest import last_of_name
from dltrain.workflows.fitting.preparing import Prepared

_SHOWN = 5


def notes_since_last(runs: Path, name: str, loaded: LoadedConfig, prepared: Prepared) -> tuple[str, ...]:
    """A line about the columns that are gone, that are new, or that are of another kind; none where all are as before.

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
        config, preprocessing = read_columns(last)
    except (OSError, OutputError, RunError):
        # Nobody asked for that run: whoever uses it is told what is wrong with it.
        return ()
    if config.data.target != loaded.config.data.target:
        return ()
    before = {feature.name: feature.kind for feature in preprocessing.features}
    texts = list(_changes(config, before, loaded.config, prepared))
    more = [f"and {len(texts) - _SHOWN:,} more"] if len(texts) > _SHOWN else []
    return (f"unlike {last.name}: {'; '.join([*texts[:_SHOWN], *more])}",) if texts else ()


def _changes(last: Config, before: Mapping[str, Kind], written: Config, prepared: Prepared) -> Iterator[str]:
    now = {feature.name: feature.kind for feature in prepared.preprocessing.features}
    for name, kind in before.items():
        if name not in prepared.columns:
            yield f"column '{escaped(name)}' is not in the table any more"
        elif now.get(name, kind) != kind and written.preprocessing.column(name).stated_kind is None:
            yield f"column '{escaped(name)}' is {now[name]}, and was {kind}"
    if written.data.features is not None:
        return
    had_role = {*last.data.drop, *last.data.id, last.data.weight, last.split.column}
    for name in now:
        if name not in before and name not in had_role:
            yield f"column '{escaped(name)}' is new"
