"""Date formats of `datetime.strptime`, and ISO dates, in the config."""

import re
from datetime import UTC, datetime
from typing import Final

from dltrain.config.document import shown_text
from dltrain.errors import escaped

_ISO_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}(?![0-9])")
_DATE: Final = datetime(2021, 11, 23, 14, 35, 46)


def format_problem(date_format: str) -> str | None:
    """What is wrong with a format; None when dates that are written in it can be read again."""
    got = f"got '{shown_text(date_format)}'"
    try:
        found = datetime.strptime(_DATE.strftime(date_format), date_format)
    except (ValueError, OverflowError) as error:
        return f"expected a format of strptime, such as %d.%m.%Y, {got}: {escaped(str(error))}"
    except re.error:
        return f"expected a date format that names each part of a date once, such as %d.%m.%Y, {got}"
    if found.year != _DATE.year:
        return f"expected a date format with a year, such as %d.%m.%Y, {got}"
    return None


def is_iso_date(text: str) -> bool:
    """Whether a text is an ISO date, such as 2024-01-31 or 2024-01-31T12:00."""
    try:
        iso_instant(text)
    except (ValueError, OverflowError):
        return False
    return _ISO_DAY.match(text) is not None


def iso_instant(text: str) -> datetime:
    """The instant that an ISO date names, in UTC and without a time zone.

    Raises:
        ValueError: The text is no ISO date.
    """
    found = datetime.fromisoformat(text)
    return found.astimezone(UTC).replace(tzinfo=None) if found.tzinfo else found
