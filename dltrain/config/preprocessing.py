"""Section `preprocessing`: how columns become numbers."""

from typing import Literal

from pydantic import Field

from dltrain.config.data import Label
from dltrain.config.section import Section

Kind = Literal["numeric", "categorical", "boolean"]
NumericImpute = Literal["median", "mean", "constant"]
CategoricalImpute = Literal["missing", "most_frequent", "constant"]
BooleanImpute = Literal["most_frequent", "constant"]
Scale = Literal["standard", "robust", "min_max", "quantile_normal", "none"]
Encode = Literal["one_hot", "ordinal"]
MAX_CATEGORIES = 1_000_000


class NumericSection(Section):
    """Numeric columns: missing values are filled first, then the column is scaled."""

    impute: NumericImpute = "median"
    """What replaces a missing value: a statistic of the training rows, or `fill_value`."""

    fill_value: float | None = None
    """The value for `impute: constant`."""

    scale: Scale = "standard"
    """standard: mean 0, deviation 1; robust: median 0, quartile range 1; min_max: 0 to 1;
    quantile_normal: ranks to a normal distribution; none: as it is."""


class CategoricalSection(Section):
    """Categorical columns."""

    impute: CategoricalImpute = "missing"
    """What replaces a missing value: a category of its own, the most frequent one, or `fill_value`."""

    fill_value: Label | None = None
    """The category for `impute: constant`."""

    encode: Encode = "one_hot"
    """one_hot: a 0/1 feature for every category; ordinal: the position of the category in sorted order."""

    min_count: int = Field(default=1, ge=1)
    """Categories with fewer training rows share one bucket, which also takes unseen values."""

    max_categories: int = Field(default=255, ge=2, le=MAX_CATEGORIES)
    """At most this many categories, the bucket included; the most frequent are kept."""


class BooleanSection(Section):
    """Columns of true and false: one feature, 1 for true."""

    impute: BooleanImpute = "most_frequent"
    """What replaces a missing value."""

    fill_value: bool | None = None
    """The value for `impute: constant`."""


class TargetSection(Section):
    """Regression targets. Predictions and metrics are always in the target's own units."""

    transform: Literal["none", "log", "log1p"] = "none"
    """Applied before scaling: log needs values > 0, log1p (log of 1 + y) values > -1."""

    scale: Literal["standard", "robust", "min_max", "none"] | None = None
    """Default: standard, but none for the losses mape and poisson, whose value depends on the unit."""


class ColumnSection(Section):
    """Exceptions for one column; what is left out follows from the column's kind."""

    kind: Kind | None = None
    """Default: inferred from the training table."""

    impute: NumericImpute | CategoricalImpute | None = None
    """See `numeric.impute`, `categorical.impute` and `boolean.impute`."""

    fill_value: float | int | str | bool | None = None
    """The value for `impute: constant`."""

    scale: Scale | None = None
    """Numeric columns only."""

    encode: Encode | None = None
    """Categorical columns only."""

    min_count: int | None = Field(default=None, ge=1)
    """Categorical columns only."""

    max_categories: int | None = Field(default=None, ge=2, le=MAX_CATEGORIES)
    """Categorical columns only."""


class PreprocessingSection(Section):
    """Defaults for each kind of column, and exceptions by column name."""

    numeric: NumericSection = NumericSection()
    """Numeric columns."""

    categorical: CategoricalSection = CategoricalSection()
    """Categorical columns."""

    boolean: BooleanSection = BooleanSection()
    """Columns of true and false."""

    target: TargetSection = TargetSection()
    """The target of a regression task."""

    columns: dict[str, ColumnSection] = Field(default_factory=dict)
    """Exceptions by column name."""
