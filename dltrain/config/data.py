"""Section `data`: which table, which column is the target, what role the others have."""

import math
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from dltrain.config.section import Section

Task = Literal["regression", "binary", "multiclass"]


def label_text(value: Any) -> Any:
    """The text of a label as it stands in a table: YAML's `1` and `1.0` are "1", `true` is "true".

    >>> label_text(1), label_text(1.0), label_text(True), label_text("yes")
    ('1', '1', 'true', 'yes')
    """
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value) if isinstance(value, (int, float)) and math.isfinite(value) else value


Label = Annotated[
    str,
    BeforeValidator(label_text, json_schema_input_type=str | int | float | bool),
]


class DataSection(Section):
    """The table and the roles of its columns."""

    path: str = Field(min_length=1)
    """The table: .csv, .tsv, either of them with .gz, or .parquet. Relative to the config file."""

    target: str = Field(min_length=1)
    """The column to predict."""

    task: Task | None = None
    """What kind of prediction; inferred from the target column when left out."""

    positive: Label | None = None
    """Binary tasks: the label that counts as class 1. Default: the last label in sorted order."""

    features: tuple[str, ...] | None = Field(default=None, min_length=1)
    """The columns the network sees. Default: every column that has no other role."""

    drop: tuple[str, ...] = ()
    """Columns to leave out."""

    id: tuple[str, ...] = ()
    """Columns that name a row: carried into the predictions, never a feature."""

    weight: str | None = None
    """Column with a weight >= 0 for every row; it counts in the loss and in every metric."""

    missing_target: Literal["error", "drop"] = "error"
    """What to do with rows whose target is missing."""

    missing_values: tuple[str, ...] = ()
    """Cell texts that mean "missing", besides the empty cell: for example ["NA", "?"]."""
