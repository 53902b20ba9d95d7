"""The columns of a new table beside those that a run was fitted with."""

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Final

from dltrain.config.problems.suggest import closest
from dltrain.errors import DataError, escaped, quoted_list
from dltrain.run import Run
from dltrain.table import Table
from dltrain.table.csv_problems import header_line_hint

_SHOWN_COLUMNS: Final = 20
_SHOWN_GUESSES: Final = 5


def check_fitted_columns(run: Run, table: Table, *, with_ids: bool = True) -> tuple[str, ...]:
    """Checks that a table has every column that a run needs: its features, and the ids that predictions name.

    Args:
        run: The run.
        table: The table.
        with_ids: Whether the ids are needed.

    Returns:
        The columns that the run has never heard of, in the order of the table: not the target, the weight, the column
        to divide by, or what the config drops.

    Raises:
        DataError: Some are missing. The message lists those that are there, and the hint those with similar names; when
            all are there but for case, spaces and underscores, the message is the difference.
    """
    config, names, source = run.config, table.column_names, table.source
    available = set(names)
    required = dict.fromkeys((*run.preprocessing.column_names, *(config.data.id if with_ids else ())))
    missing = [name for name in required if name not in available]
    known = {*required, *config.data.id, config.data.target, config.data.weight, config.split.column, *config.data.drop}
    unused = tuple(name for name in names if name not in known)
    if not missing:
        return unused
    if renamed := _other_spellings(missing, unused):
        raise _spelling_error(source, renamed)
    count = "1 required column is" if len(missing) == 1 else f"{len(missing):,} required columns are"
    is_other_line = len(missing) == len(required)
    raise DataError(
        f"{source}: {count} missing: {quoted_list(missing)}; available: {quoted_list(names, limit=_SHOWN_COLUMNS)}",
        hint=table.index_hint(missing)
        or _similar_names(missing, unused)
        or _ids_hint(missing, config.data.id)
        or (header_line_hint(source, config.data.skip_lines) if is_other_line else None),
    )


def _ids_hint(missing: Sequence[str], ids: Collection[str]) -> str | None:
    """What missing columns are for that the network does not need."""
    if not set(missing) <= set(ids):
        return None
    return "data.id names the rows by it: the network does not need it, so any cells will do, or empty ones"


def _other_spellings(missing: Sequence[str], unused: Sequence[str]) -> dict[str, str]:
    """Column → its name in the table; empty unless every missing column is there under one other spelling."""
    spellings: dict[str, list[str]] = {}
    for name in unused:
        spellings.setdefault(_letters(name), []).append(name)
    found = {name: spellings.get(_letters(name), []) for name in missing}
    is_clear = len({_letters(name) for name in missing}) == len(missing)
    is_clear = is_clear and all(len(names) == 1 for names in found.values())
    return {name: names[0] for name, names in found.items()} if is_clear else {}


def _letters(name: str) -> str:
    """A name without what is easily spelled otherwise."""
    return re.sub(r"[\s_-]+", "", name).casefold()


def _spelling_error(source: str, renamed: Mapping[str, str]) -> DataError:
    count = "1 column is" if len(renamed) == 1 else f"{len(renamed):,} columns are"
    lines = [
        f"  {sign} '{escaped(name)}'"
        for wanted, found in list(renamed.items())[:_SHOWN_GUESSES]
        for sign, name in (("-", found), ("+", wanted))
    ]
    if len(renamed) > _SHOWN_GUESSES:
        lines.append(f"  and {len(renamed) - _SHOWN_GUESSES:,} more")
    return DataError(
        "\n".join([f"{source}: {count} spelled otherwise than in training", *lines]),
        hint="rename the columns of the table: each - as the + below it",
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
