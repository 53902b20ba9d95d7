"""The exceptions a user can meet, and the exit code each one means.

    DltrainError
    ├── ConfigError    2   the YAML file, an override or the command line
    │   └── ArgumentError  an argument of the Python API that is an option of the command line
    ├── DataError      3   a table: missing file, wrong column, wrong cell
    │   └── DataTypeError  an argument of the Python API that is no table
    ├── RunError       4   a run directory that is missing, foreign or damaged
    ├── OutputError    4   a path that exists already or cannot be written
    └── TrainingError  5   the loss became NaN or infinite, or the exported network differs
        └── GateError      a metric misses what the config expects of it; the run is whole

`Interrupted` is no error: somebody wanted the work to end. Anything else that escapes is a bug: exit code 1, with its
traceback.
"""

from collections.abc import Sequence
from typing import Final

_MOST_CHARACTERS: Final = 200
"""Of a value in a list of them: names of columns that are longer are a mistake, or malice."""


class DltrainError(Exception):
    """Base of all expected errors: the message says where, what, expected and got.

    Args:
        message: One or several lines, without a trailing full stop.
        hint: What to do about it, shown on a line of its own; None when nothing useful is known.
    """

    exit_code = 1

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return self.message if self.hint is None else f"{self.message}\nhint: {self.hint}"


class ConfigError(DltrainError, ValueError):
    """The configuration or the command line is wrong."""

    exit_code = 2


class ArgumentError(ConfigError):
    """An argument of the Python API is wrong; the command line has an option of its name, and says that one.

    Args:
        argument: Its name, with which the message begins.
        message: What is wrong with it.
        hint: As for every error.
    """

    def __init__(self, argument: str, message: str, *, hint: str | None = None) -> None:
        super().__init__(f"{argument}: {message}", hint=hint)


class DataError(DltrainError, ValueError):
    """A table cannot be read, or does not fit the configuration or the run.

    Args:
        message: As for every error.
        hint: As for every error.
        table_hint: What to do where the config is settled and only the table can change; None when that is not known.
    """

    exit_code = 3

    def __init__(self, message: str, *, hint: str | None = None, table_hint: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.table_hint = table_hint


class DataTypeError(DataError, TypeError):
    """The Python API was given something that is neither a data frame nor a path."""


class RunError(DltrainError, LookupError):
    """A run directory is missing, unreadable, damaged or of an unknown format."""

    exit_code = 4


class OutputError(DltrainError, OSError):
    """An output path exists already or cannot be written."""

    exit_code = 4


class TrainingError(DltrainError, ArithmeticError):
    """Training failed: the loss is not finite, or the exported network gives other numbers."""

    exit_code = 5


class GateError(TrainingError):
    """A metric misses what the config expects of it; raised by commands alone, after their output."""


class Interrupted(BaseException):
    """Ctrl-C or SIGTERM: unwinds, so that temporary files go away.

    Args:
        message: Where the work stopped, and how it can go on; empty when there is nothing to say.
    """

    def __init__(self, message: str = "") -> None:
        super().__init__(message)
        self.message = message


def quoted_list(values: Sequence[object], *, limit: int = 5) -> str:
    """Joins values in quotes, at most `limit` of them, the end of long ones cut off.

    >>> quoted_list(["a", "b", "c"], limit=2)
    "'a', 'b' and 1 more"
    >>> len(quoted_list(["x" * 10_000_000]))
    203
    """
    texts = map(str, values[:limit])
    shown = ", ".join(
        f"'{escaped(text if len(text) <= _MOST_CHARACTERS else text[:_MOST_CHARACTERS] + '…')}'" for text in texts
    )
    rest = len(values) - limit
    return f"{shown} and {rest:,} more" if rest > 0 else shown


def escaped(text: str) -> str:
    r"""A text that a terminal shows as it is: characters that cannot be printed become their Python escapes.

    >>> escaped("two\nlines")
    'two\\nlines'
    """
    return text if text.isprintable() else "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)


def escaped_lines(text: str) -> str:
    r"""As `escaped`, but lines stay lines.

    >>> escaped_lines("red: \x1b[31m\n\tblack")
    'red: \\x1b[31m\n\\tblack'
    """
    return text if text.isprintable() else "\n".join(map(escaped, text.split("\n")))


def last_part(path: str) -> str:
    r"""The last part of a path, of whatever system.

    >>> last_part("data/adult.csv"), last_part(r"C:\data\adult.csv")
    ('adult.csv', 'adult.csv')
    """
    return path.replace("\\", "/").rpartition("/")[2]


def counted(n: float, noun: str) -> str:
    """A number of things.

    >>> counted(1, "row"), counted(2_000, "row")
    ('1 row', '2,000 rows')
    """
    return f"{n:,.0f} {noun if n == 1 else noun + 's'}"
