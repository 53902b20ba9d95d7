"""pandas data frames → Table."""

from collections.abc import Mapping
from datetime import date, time
from decimal import Decimal
from numbers import Real
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.types as pat

from dltrain.config.sections.data import PLAIN_TEXTS, TextFormat
from dltrain.errors import DataError, DataTypeError, quoted_list
from dltrain.table.arrow_columns import plain_column
from dltrain.table.plain_cells import plain_cells
from dltrain.table.table import CONVERSION, FRAME, MIXED_CELLS, Table, check_column_names

if TYPE_CHECKING:
    import pandas as pd

_AS_TEXT: Final = (str, Real, Decimal, np.bool_, date, time)
"""Types of cells whose text says what they are."""


def check_is_frame(data: object) -> None:
    """Checks that an argument is a pandas data frame.

    Raises:
        DataTypeError: It is something else.
    """
    import pandas as pd

    if isinstance(data, pd.DataFrame):
        return
    hint = None
    if isinstance(data, Mapping) and data and not any(map(pd.api.types.is_list_like, data.values())):
        hint = "pandas.DataFrame([data]) makes a table of one row of it"
    elif isinstance(data, dict) or (isinstance(data, list) and all(isinstance(row, Mapping) for row in data)):
        hint = "pandas.DataFrame(data) makes one of it"
    if hasattr(data, "to_pandas"):
        hint = "data.to_pandas() makes one of it"
    elif isinstance(data, pd.Series):
        is_row = not pd.api.types.is_integer_dtype(data.index.dtype)
        hint = f"data.to_frame(){'.T makes a table of one row' if is_row else ' makes a table of one column'} of it"
    raise DataTypeError(
        f"data: expected a pandas DataFrame or the path of a table, got an object of the type {type(data).__name__}",
        hint=hint,
    )


def table_from_pandas(frame: "pd.DataFrame", *, texts: TextFormat = PLAIN_TEXTS) -> Table:
    """Reads a pandas data frame; of its index, only the names are kept.

    Args:
        frame: Column names are strings; at least one row.
        texts: How its texts are to be read; None, NaN and NA mean missing anyway.

    Raises:
        DataError: Column names are not strings, or not unique, or there is no row.
    """
    names = list(frame.columns)
    if odd := [name for name in names if not isinstance(name, str)]:
        raise DataError(f"{FRAME}: column names must be strings, got {quoted_list(odd)}", hint=_names_hint(frame))
    check_column_names(names, where=FRAME)
    if not names or len(frame) == 0:
        raise DataError(f"{FRAME}: expected {'rows' if names else 'columns and rows'}, got none")
    fields, columns = [], []
    for name in names:
        column, field = _column(name, frame[name], texts)
        columns.append(column)
        fields.append(field)
    table = plain_cells(pa.table(columns, schema=pa.schema(fields)), texts)
    index_names = tuple(name for name in frame.index.names if isinstance(name, str))
    return Table(table, FRAME, texts=texts, index_names=index_names)


def _names_hint(frame: "pd.DataFrame") -> str:
    """How the names of columns become strings; of those with levels, the lowest one that tells them apart."""
    levels = frame.columns.nlevels
    if levels == 1:
        return "frame.columns = [str(name) for name in frame.columns]"
    for level in range(-1, -levels - 1, -1):
        names = frame.columns.get_level_values(level)
        if names.is_unique and all(isinstance(name, str) and name for name in names):
            return f"frame.columns = frame.columns.get_level_values({level})"
    return "frame.columns = ['_'.join(map(str, name)) for name in frame.columns]"


def _column(name: str, series: "pd.Series[Any]", texts: TextFormat) -> tuple[pa.ChunkedArray, pa.Field]:
    """The Arrow column of a series, of nulls where its cells have no common type, with notes if it cannot be used."""
    try:
        cells = pa.array(series.to_numpy() if hasattr(series, "sparse") else series, from_pandas=True)
        read = cells if isinstance(cells, pa.ChunkedArray) else pa.chunked_array([cells])
        column = plain_column(read, texts)
        if pat.is_nested(column.type) or isinstance(column.type, pa.BaseExtensionType):
            return column, pa.field(name, column.type, metadata=_conversion(series))
        return column, pa.field(name, column.type)
    except (pa.ArrowException, TypeError, ValueError, OverflowError):
        types = list(dict.fromkeys(type(cell).__name__ for cell in series))
        notes = {MIXED_CELLS: f"objects of the types {quoted_list(types)}"}
        return pa.chunked_array([pa.nulls(len(series))]), pa.field(
            name, pa.null(), metadata=notes | _conversion(series)
        )


def _conversion(series: "pd.Series[Any]") -> dict[bytes, str]:
    """The note on a column whose cells can be used as text; empty for others."""
    import pandas as pd

    if not all(isinstance(cell, (*_AS_TEXT, pd.Period, pd.Interval)) for cell in series.dropna()):
        return {}
    column = f"frame[{series.name!r}]"
    return {CONVERSION: f"{column} = {column}.map(str, na_action='ignore')"}
