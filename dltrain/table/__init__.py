"""Files and data frames ⇄ typed columns: read strictly, infer kinds, hand out values, write CSV."""

from dltrain.table.blocks import open_blocks
from dltrain.table.datetimes import are_dates, datetime_values, have_offsets, have_times
from dltrain.table.frames import check_is_frame, table_from_pandas
from dltrain.table.kinds import infer_kind
from dltrain.table.lines import row_places
from dltrain.table.numpy_arrow import arrow_from_numpy, integers_from_arrow, numpy_from_arrow, text_array
from dltrain.table.reading import read_table
from dltrain.table.table import Table
from dltrain.table.values import boolean_values, categorical_values, mapped_values, numeric_values
from dltrain.table.writing import CsvWriter

__all__ = [
    "Table",
    "read_table",
    "open_blocks",
    "table_from_pandas",
    "check_is_frame",
    "infer_kind",
    "numeric_values",
    "mapped_values",
    "boolean_values",
    "categorical_values",
    "datetime_values",
    "are_dates",
    "have_offsets",
    "have_times",
    "row_places",
    "CsvWriter",
    "arrow_from_numpy",
    "integers_from_arrow",
    "numpy_from_arrow",
    "text_array",
]
