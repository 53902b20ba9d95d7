"""Errors about a table that a fitted run is given: the run stays as it is, only the table can change."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from dltrain.config.sections.data import TextFormat
from dltrain.errors import DataError, escaped
from dltrain.run import Run
from dltrain.table.table import is_text_source

_SHOWN_UNITS: Final = 5
_FORMAT_KEYS: Final = (
    "data.separator",
    "data.trim_spaces",
    "data.header",
    "data.encoding",
    "data.skip_lines",
    "data.decimal",
    "data.thousands",
    "data.unit_of",
)
_CONFIG_KEY: Final = re.compile(r"(?<![\w'\"])(data|preprocessing)\.[a-z]")
"""A key of the config; names of columns stand in quotes."""


@contextmanager
def fitted_run_errors(run: Run, source: str) -> Iterator[None]:
    """Gives errors about a table a hint that can be followed after the fit.

    Args:
        run: What the table is for.
        source: How messages name the table.
    """
    try:
        yield
    except DataError as error:
        raise for_fitted_run(error, run.config.data.texts, source) from error


def for_fitted_run(error: DataError, texts: TextFormat, source: str) -> DataError:
    """The same error with a hint about the table, where it has one or its own is about the config.

    Args:
        error: About a table.
        texts: How the run reads tables.
        source: How messages name the table.
    """
    hint = error.hint
    if error.table_hint is not None:
        hint = error.table_hint
    elif hint is not None and any(key in hint for key in _FORMAT_KEYS):
        hint = f"the run reads {_numbers(texts)}"
        if is_text_source(source):
            hint = f"the run reads tables written as the one it was trained on: {_written(texts)}"
    elif hint is not None and _CONFIG_KEY.search(hint):
        hint = "mend the cells, or empty them: an empty cell counts as missing"
    return DataError(error.message, hint=hint)


def _written(texts: TextFormat) -> str:
    """How the texts of a table are written.

    >>> _written(TextFormat(separator=";"))
    "cells separated by ';', text in utf-8, numbers as 1234.5"
    """
    separator = {"\t": "tabs", " ": "spaces"}.get(texts.separator, f"'{texts.separator}'")
    above = f"a header in line {texts.skip_lines + 1:,}, " if texts.skip_lines else ""
    above = "no header, " if texts.headers else above
    return f"{above}cells separated by {separator}, text in {texts.encoding}, {_numbers(texts)}"


def _numbers(texts: TextFormat) -> str:
    """How numbers are written among texts.

    >>> _numbers(TextFormat(units=(("price", "$"),)))
    "numbers as 1234.5, 'price' in $"
    """
    number = f"1{texts.numbers.thousands or ''}234{texts.numbers.decimal}5"
    units = "".join(f", '{escaped(name)}' in {escaped(unit)}" for name, unit in texts.units[:_SHOWN_UNITS])
    return f"numbers as {number}{units}"
