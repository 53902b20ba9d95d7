"""Work that is done column by column, with the errors of all columns in one message."""

from collections.abc import Callable, Iterable
from typing import Final, TypeVar

from dltrain.errors import ConfigError, DataError

Result = TypeVar("Result")

_SHOWN_COLUMNS: Final = 5


def for_each_column(names: Iterable[str], work: Callable[[str], Result]) -> dict[str, Result]:
    """Does the work for every column, also when it fails for some.

    Args:
        names: Names of the columns.
        work: Called with one name.

    Returns:
        Name → result, in the order of the names.

    Raises:
        ConfigError: Some columns failed with it; the message holds those of the first five.
        DataError: Likewise.
    """
    results: dict[str, Result] = {}
    errors: list[ConfigError | DataError] = []
    for name in names:
        try:
            results[name] = work(name)
        except (ConfigError, DataError) as error:
            errors.append(error)
    if len(errors) == 1:
        raise errors[0]
    if errors:
        messages = [error.message for error in errors[:_SHOWN_COLUMNS]]
        if len(errors) > _SHOWN_COLUMNS:
            messages.append(f"and {len(errors) - _SHOWN_COLUMNS:,} more columns with problems")
        hints = dict.fromkeys(error.hint for error in errors[:_SHOWN_COLUMNS] if error.hint)
        raise type(errors[0])("\n".join(messages), hint="; ".join(hints) or None)
    return results
