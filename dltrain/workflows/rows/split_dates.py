"""How the dates are written that rows are divided by, where `preprocessing.datetime` says it for all columns."""

from typing import Final

import numpy as np
import pyarrow.types as pat

from dltrain.config import Config, LoadedConfig
from dltrain.config.sections.date_formats import is_time_of_day
from dltrain.config.yaml.document import shown_text
from dltrain.table import Table, are_dates

_TRIED: Final = 1_000
"""Rows that are read first: `strptime` takes long to find out that a column of numbers holds no dates."""


def with_format_to_divide_by(loaded: LoadedConfig, config: Config, table: Table) -> Config:
    """The config with the format of `split.column` written out if `strategy: time` finds its dates written so.

    A column that is no feature has no kind: one without a format of its own may hold dates as `datetime.format` says,
    ISO dates or numbers. Written out, the choice is that of every later evaluation, too.

    Args:
        loaded: The config as read, which messages are about.
        config: Resolved.
        table: The table of `data.path`.

    Raises:
        ConfigError: The column holds times of day.
        DataError: Its type cannot be used.
    """
    name, section = config.split.column, config.preprocessing
    date_format = section.datetime.format
    if config.split.strategy != "time" or name is None or date_format is None:
        return config
    column = section.column(name)
    is_stated = column.stated_kind == "datetime"
    if column.format is not None or not (is_stated or column.stated_kind is None):
        return config
    if pat.is_temporal(table.column(name).type) or not _is_written_so(table, name, date_format, is_stated=is_stated):
        return config
    if is_time_of_day(date_format):
        # Small numbers can be read as times, too, unless somebody says that they are.
        if not is_stated:
            return config
        text = f"expected dates to divide by time, got times of day, '{shown_text(date_format)}'"
        raise loaded.error(("split", "column"), text)
    columns = section.columns | {name: column.model_copy(update={"format": date_format})}
    return config.model_copy(update={"preprocessing": section.model_copy(update={"columns": columns})})


def _is_written_so(table: Table, name: str, date_format: str, *, is_stated: bool) -> bool:
    """Whether a column holds dates of a format rather than ISO dates or numbers, some cells perhaps apart."""
    tried = np.unique(np.linspace(0, table.n_rows - 1, _TRIED).astype(np.int64))
    for part in (table.take(tried, [name]), table):
        n_known = part.n_rows - part.column(name).null_count
        n_read = int(are_dates(part, name, date_format=date_format).sum())
        if n_read < n_known and int(are_dates(part, name).sum()) > n_read:
            return False
        if not is_stated and 2 * n_read <= n_known:
            return False
    return True
