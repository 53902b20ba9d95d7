"""Formats of `datetime.strptime` for dates and times of day, and both in ISO form, in the config."""

import re
from datetime import UTC, date, datetime, time
from typing import Final

from dltrain.config.yaml.document import shown_text
from dltrain.errors import escaped

_ISO_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}(?![0-9])")
_DATE: Final = datetime(2021, 11, 23, 14, 35, 46, tzinfo=UTC)
_DIRECTIVE: Final = re.compile(r"%(.)")
_OF_TIMES: Final = frozenset("HIMSfpXzZ%")
"""The directives of a format of times of day; the day of the week, %A, would be lost."""
_OF_DAYS: Final = frozenset("djcxUWV")
"""The directives of which `strptime` needs one to tell the day; those of weeks stand with one of weekdays."""

_NO_DAY: Final = date(1900, 1, 1)
"""What `strptime` gives for a format without a day."""


def format_problem(date_format: str) -> str | None:
    """What is wrong with a format; None when dates that are written in it can be read again."""
    got = f"got '{shown_text(date_format)}'"
    try:
        found = datetime.strptime(_DATE.strftime(date_format), date_format)
    except (ValueError, OverflowError) as error:
        return f"expected a format of strptime, such as %d.%m.%Y, {got}: {escaped(str(error))}"
    except re.error:
        return f"expected a date format that names each part of a date once, such as %d.%m.%Y, {got}"
    if found.year != _DATE.year and not (is_time_of_day(date_format) and found.hour == _DATE.hour):
        return f"expected a date format with a year, such as %d.%m.%Y, or one of times of day, such as %H:%M, {got}"
    return None


def is_time_of_day(date_format: str | None) -> bool:
    """Whether a format says a time only, such as %H:%M; None stands for ISO dates."""
    return date_format is not None and _OF_TIMES.issuperset(_DIRECTIVE.findall(date_format))


def says_day(date_format: str | None) -> bool:
    """Whether a format of dates says the day, as %Y-%m does not; None stands for ISO dates, which do."""
    return date_format is None or not _OF_DAYS.isdisjoint(_DIRECTIVE.findall(date_format))


def is_instant(text: str, date_format: str | None) -> bool:
    """Whether a text is an ISO date, such as 2024-01-31 or 2024-01-31T12:00.

    Args:
        text: The text.
        date_format: Of its column. Where that is one of times of day, a time such as 12:00 is an instant instead.
    """
    try:
        iso_instant(text)
    except (ValueError, OverflowError):
        return False
    return (_ISO_DAY.match(text) is None) == is_time_of_day(date_format)


def iso_instant(text: str) -> datetime:
    """The instant that an ISO date names, or a time of day on the day that `strptime` gives it.

    Returns:
        In UTC and without a time zone.

    Raises:
        ValueError: The text is neither.
    """
    is_date = _ISO_DAY.match(text) is not None
    found = datetime.fromisoformat(text) if is_date else datetime.combine(_NO_DAY, time.fromisoformat(text))
    return found.astimezone(UTC).replace(tzinfo=None) if found.tzinfo else found
