"""The columns of a new table beside those that a run was fitted with."""

from collections.abc import Sequence
from typing import Final

from dltrain.config.suggest import closest
from dltrain.errors import DataError, escaped, quoted_list
from dltrain.run import Run

_SHOWN_COLUMNS: Final = 20
_SHOWN_GUESSES: Final = 5


def check_fitted_columns(run: Run, names: Sequence[str], *, source: str) -> tuple[str, ...]:
    """Checks that a table has every column that a run needs to predict its rows: features and ids.

    Args:
        run: The run.
        names: The columns of the table.
        source: How messages name the table.

    Returns:
        The columns that the run has never heard of, in the order of the table: not the target, the weight, the column
        to divide by, or what the config drops.

    Raises:
        DataError: Some are missing; the message lists those that are there, the hint those with similar names.
    """
    config, available = run.config, set(names)
    required = dict.fromkeys((*run.preprocessing.column_names, *config.data.id))
    missing = [name for name in required if name not in available]
    known = {*required, config.data.target, config.data.weight, config.split.column, *config.data.drop}
    unused = tuple(name for name in names if name not in known)
    if not missing:
        return unused
    count = "1 required column is" if len(missing) == 1 else f"{len(missing):,} required columns are"
    raise DataError(
        f"{source}: {count} missing: {quoted_list(missing)}; available: {quoted_list(names, limit=_SHOWN_COLUMNS)}",
        hint=_similar_names(missing, unused),
    )


def _similar_names(missing: Sequence[str], unused: Sequence[str]) -> str | None:
    """Which columns may be meant, each for one missing column at most."""
    left, guesses = list(unused), list[str]()
    for name in missing[:_SHOWN_GUESSES]:
        found = closest(name, left)
        if found is not None:
            left.remove(found)
            guesses.append(f"'{escaped(found)}' for '{escaped(name)}'")
    return f"did you mean {', '.join(guesses)}? Rename what the table calls otherwise" if guesses else None
