"""Section `preprocessing`: how columns become numbers."""

from typing import Annotated, Literal

from pydantic import Field

from dltrain.config.sections.data import Label
from dltrain.config.sections.section import Section

Kind = Literal["numeric", "categorical", "boolean", "datetime"]
NumericImpute = Literal["median", "mean", "most_frequent", "constant", "error", "drop"]
CategoricalImpute = Literal["missing", "most_frequent", "constant", "error", "drop"]
BooleanImpute = Literal["most_frequent", "constant", "error", "drop"]
DatetimeImpute = Literal["median", "constant", "error", "drop"]
DatetimePart = Literal["year", "month", "day", "weekday", "hour"]
Scale = Literal["standard", "robust", "min_max", "quantile_normal", "none"]
Encode = Literal["one_hot", "ordinal", "target"]
Smoothing = Literal["auto"] | Annotated[float, Field(ge=0)]
Share = Annotated[float, Field(ge=0, le=1)]
MAX_CATEGORIES = 1_000_000
MAX_FORMAT = 100
"""Characters of a date format: `strptime` makes a regular expression of it."""


class NumericSection(Section):
    """Numeric columns: missing values are filled first, then the column is scaled."""

    impute: NumericImpute = "median"
    """What replaces a missing value: a statistic of the training rows, or `fill_value`. error: nothing, a missing value
    is an error; drop: nothing, rows without a value are left out."""

    fill_value: float | None = None
    """The value for `impute: constant`."""

    indicator: bool = False
    """One more number: 1 where the value is missing."""

    clip: tuple[Share, ...] | None = Field(default=None, min_length=2, max_length=2)
    """Two shares such as [0.01, 0.99]: what lies beyond these quantiles of the training rows becomes the quantile,
    before anything else is done."""

    scale: Scale = "standard"
    """standard: mean 0, deviation 1; robust: median 0, quartile range 1; min_max: 0 to 1;
    quantile_normal: ranks to a normal distribution; none: as it is."""


class CategoricalSection(Section):
    """Categorical columns."""

    impute: CategoricalImpute = "missing"
    """What replaces a missing value: a category of its own, the most frequent one, or `fill_value`. error: nothing, a
    missing value is an error; drop: nothing, rows without a value are left out."""

    fill_value: Label | None = None
    """The category for `impute: constant`."""

    encode: Encode = "one_hot"
    """one_hot: a 0/1 feature for every category; ordinal: the position of the category in sorted order; target: the
    mean of the target in the training rows of the category, for columns of many categories. Training rows get the mean
    of rows in other folds, so that no row sees its own answer."""

    smoothing: Smoothing = "auto"
    """`encode: target`: how far means of few rows are drawn to that of all. auto: by empirical Bayes; a number: as if
    so many rows with the overall mean were added."""

    min_count: int = Field(default=1, ge=1)
    """Categories with fewer training rows share one bucket, which also takes unseen values; not with `encode: target`,
    whose smoothing does that."""

    max_categories: int = Field(default=255, ge=2, le=MAX_CATEGORIES)
    """At most this many categories, the bucket included; the most frequent are kept. Not with `encode: target`."""


class BooleanSection(Section):
    """Columns of true and false: one feature, 1 for true."""

    impute: BooleanImpute = "most_frequent"
    """What replaces a missing value. error: nothing, a missing value is an error; drop: nothing, rows without a value
    are left out."""

    fill_value: bool | None = None
    """The value for `impute: constant`."""

    indicator: bool = False
    """One more number: 1 where the value is missing."""


class DatetimeSection(Section):
    """Dates, with or without a time of day, or times of day alone: their parts become numbers."""

    format: str | None = Field(default=None, min_length=1, max_length=MAX_FORMAT)
    """What texts look like, as Python's `strptime` wants it: "%d.%m.%Y %H:%M", or "%H:%M" for times of day. Default:
    ISO dates, 2024-01-31T12:00. Times with an offset are moved to UTC."""

    parts: tuple[DatetimePart, ...] | None = Field(default=None, min_length=1)
    """What becomes numbers. Default: those that `format` says and that vary in the training rows."""

    cyclic: bool = True
    """true: month, day, weekday and hour become sine and cosine of their period, so that December is beside January;
    false: one number each, scaled like the year."""

    impute: DatetimeImpute = "median"
    """What replaces a missing value: the middle one of the dates in the training rows, or `fill_value`. error:
    nothing, a missing value is an error; drop: nothing, rows without a value are left out."""

    fill_value: str | None = None
    """The ISO date for `impute: constant`; a time such as 08:30 for times of day."""

    indicator: bool = False
    """One more number: 1 where the value is missing."""

    scale: Scale = "standard"
    """As for numeric columns; for the year, and with `cyclic: false` for the other parts."""


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

    impute: NumericImpute | CategoricalImpute | DatetimeImpute | None = None
    """See `numeric.impute`, `categorical.impute`, `boolean.impute` and `datetime.impute`."""

    fill_value: float | int | str | bool | None = None
    """The value for `impute: constant`."""

    scale: Scale | None = None
    """Numeric and datetime columns only."""

    format: str | None = Field(default=None, min_length=1, max_length=MAX_FORMAT)
    """Makes it a datetime column, see `datetime.format`."""

    parts: tuple[DatetimePart, ...] | None = Field(default=None, min_length=1)
    """Datetime columns only."""

    cyclic: bool | None = None
    """Datetime columns only."""

    map: dict[str, float] | None = None
    """Makes it a numeric column: texts and the numbers that they mean; cells that are numbers stay."""

    clip: tuple[Share, ...] | None = Field(default=None, min_length=2, max_length=2)
    """Numeric columns only."""

    indicator: bool | None = None
    """All but categorical columns: one more number, 1 where the value is missing."""

    order: tuple[Label, ...] | None = Field(default=None, min_length=2)
    """Makes it an ordinal column: all of its categories in their order. Another one in a training row is an error;
    later ones count as unseen and stand behind the last."""

    encode: Encode | None = None
    """Categorical columns only."""

    smoothing: Smoothing | None = None
    """Categorical columns with `encode: target` only."""

    min_count: int | None = Field(default=None, ge=1)
    """Categorical columns only."""

    max_categories: int | None = Field(default=None, ge=2, le=MAX_CATEGORIES)
    """Categorical columns only."""

    @property
    def stated_kind(self) -> Kind | None:
        """The kind that the config says, or that follows from an option which no other kind has."""
        if self.kind is not None:
            return self.kind
        if self.order is not None:
            return "categorical"
        if self.map is not None:
            return "numeric"
        return None if self.format is None else "datetime"


class PreprocessingSection(Section):
    """Defaults for each kind of column, and exceptions by column name."""

    numeric: NumericSection = NumericSection()
    """Numeric columns."""

    categorical: CategoricalSection = CategoricalSection()
    """Categorical columns."""

    boolean: BooleanSection = BooleanSection()
    """Columns of true and false."""

    datetime: DatetimeSection = DatetimeSection()
    """Columns of dates."""

    target: TargetSection = TargetSection()
    """The target of a regression task."""

    columns: dict[str, ColumnSection] = Field(default_factory=dict)
    """Exceptions by column name."""

    def column(self, name: str) -> ColumnSection:
        """What is said of a column; nothing when it has no exception."""
        return self.columns.get(name, ColumnSection())
