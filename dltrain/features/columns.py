"""Work that is done column by column, with the errors of all columns in one message."""

from collections.abc import Callable, Iterable, Mapping
from typing import Final, TypeVar

from dltrain.background import map_ahead
from dltrain.errors import ConfigError, DataError, counted
from dltrain.machine import available_cores

Result = TypeVar("Result")

_SHOWN_COLUMNS: Final = 5
_ROWS_WORTH_THREADS: Final = 200_000
"""Shorter columns take a few milliseconds; the blocks of a streamed prediction overlap with other work already."""


def for_each_column(names: Iterable[str], work: Callable[[str], Result], *, n_rows: int = 0) -> dict[str, Result]:
    """Does the work for every column, also when it fails for some.

    Args:
        names: Names of the columns.
        work: Called with one name; from several threads at once when the columns are long.
        n_rows: Cells that the work goes through; 0 for work that does not look at the cells.

    Returns:
        Name → result, in the order of the names.

    Raises:
        ConfigError: Some columns failed with it; the message holds those of the first five.
        DataError: Likewise.
    """

    def attempt(name: str) -> Result | ConfigError | DataError:
        try:
            return work(name)
        except (ConfigError, DataError) as error:
            return error

    names = list(names)
    threads = min(available_cores(), len(names)) if n_rows >= _ROWS_WORTH_THREADS else 1
    if threads > 1:
        with map_ahead(attempt, names, threads=threads, n_ahead=len(names)) as outcomes:
            return _results(dict(zip(names, outcomes, strict=True)))
    return _results({name: attempt(name) for name in names})


def _results(outcomes: Mapping[str, Result | ConfigError | DataError]) -> dict[str, Result]:
    """The outcomes if all are results, else the one error that says what went wrong."""
    results: dict[str, Result] = {}
    errors: list[ConfigError | DataError] = []
    for name, outcome in outcomes.items():
        if isinstance(outcome, ConfigError | DataError):
            errors.append(outcome)
        else:
            results[name] = outcome
    if len(errors) == 1:
        raise errors[0]
    if errors:
        messages = [error.message for error in errors[:_SHOWN_COLUMNS]]
        if len(errors) > _SHOWN_COLUMNS:
            messages.append(f"and {counted(len(errors) - _SHOWN_COLUMNS, 'more column')} with problems")
        shown = errors[:_SHOWN_COLUMNS]
        hint = _joined(error.hint for error in shown)
        if isinstance(errors[0], ConfigError):
            raise ConfigError("\n".join(messages), hint=hint)
        table_hint = _joined(error.table_hint for error in shown if isinstance(error, DataError))
        raise DataError("\n".join(messages), hint=hint, table_hint=table_hint)
    return results


def _joined(hints: Iterable[str | None]) -> str | None:
    """Different hints in one line; None where there are none."""
    return "; ".join(dict.fromkeys(filter(None, hints))) or None
