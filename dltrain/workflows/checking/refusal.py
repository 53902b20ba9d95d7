"""What a fit would say no to, as a finding, so that a check tells all of it at once."""

from collections.abc import Callable
from typing import Final, Generic, NamedTuple, TypeVar

from dltrain.errors import ConfigError, DataError
from dltrain.profiling import Finding
from dltrain.profiling.changes import Change

Result = TypeVar("Result")

_REFUSAL: Final = "refused"
"""Topic of what a fit says no to, where no other finding explains it better."""


class Outcome(NamedTuple, Generic[Result]):
    """What some work gave: a result, or an error that a user can mend."""

    result: Result | None
    error: ConfigError | DataError | None


def attempt(work: Callable[[], Result]) -> Outcome[Result]:
    """Does some work, and keeps the error that a user can mend."""
    try:
        return Outcome(work(), None)
    except (ConfigError, DataError) as error:
        return Outcome(None, error)


def refusal(error: ConfigError | DataError, column: str | None = None, change: Change = ()) -> Finding:
    """An error as a finding.

    Args:
        error: The error; its hint is told unless there is a change.
        column: What it is about; None when no single column is concerned.
        change: What mends it.
    """
    text = error.message if error.hint is None or change else f"{error.message}\n{error.hint}"
    return Finding("error", _REFUSAL, column, text, change)
