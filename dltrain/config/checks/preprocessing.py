"""Cross-checks of the section `preprocessing`: options that fit the kind of a column, and fill values."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Final, get_args

from dltrain.config.problems.expected import shown
from dltrain.config.problems.problems import Problem
from dltrain.config.sections.data import label_text
from dltrain.config.sections.date_formats import format_problem, is_instant, is_time_of_day
from dltrain.config.sections.preprocessing import (
    BooleanImpute,
    BooleanSection,
    CategoricalImpute,
    CategoricalSection,
    ColumnSection,
    DatetimeImpute,
    DatetimeSection,
    Encode,
    Kind,
    NumericImpute,
    NumericSection,
    PreprocessingSection,
)
from dltrain.config.yaml.document import KeyPath
from dltrain.errors import quoted_list

_IMPUTES: Final[dict[Kind, tuple[str, ...]]] = {
    "numeric": get_args(NumericImpute),
    "categorical": get_args(CategoricalImpute),
    "boolean": get_args(BooleanImpute),
    "datetime": get_args(DatetimeImpute),
}
_OWNERS: Final[dict[str, tuple[Kind, ...]]] = {
    "scale": ("numeric", "datetime"),
    "encode": ("categorical",),
    "smoothing": ("categorical",),
    "min_count": ("categorical",),
    "max_categories": ("categorical",),
    "format": ("datetime",),
    "parts": ("datetime",),
    "cyclic": ("datetime",),
    "map": ("numeric",),
    "clip": ("numeric",),
    "indicator": ("numeric", "boolean", "datetime"),
    "order": ("categorical",),
}
"""The options that not every kind of column has."""

_COLUMNS: Final[KeyPath] = ("preprocessing", "columns")


def preprocessing_problems(
    section: PreprocessingSection, *, target: str, kinds: Mapping[str, Kind]
) -> Iterator[Problem]:
    """What does not fit together.

    Args:
        section: The section.
        target: The target column, which is no feature.
        kinds: The kinds of columns, where they are known.
    """
    for kind in _IMPUTES:
        path: KeyPath = ("preprocessing", kind)
        defaults: NumericSection | CategoricalSection | BooleanSection | DatetimeSection = getattr(section, kind)
        if defaults.impute == "constant" and defaults.fill_value is None:
            yield _missing_fill(path)
        if defaults.impute != "constant" and defaults.fill_value is not None:
            yield _needless_fill(path, defaults.impute)
    yield from _datetime_problems(("preprocessing", "datetime"), section.datetime, section.datetime)
    yield from _clip_problems(("preprocessing", "numeric"), section.numeric)
    for name, column in section.columns.items():
        path = (*_COLUMNS, name)
        if name == target:
            yield Problem(path, "this column is the target, not a feature", "see 'preprocessing.target'", is_key=True)
            continue
        column_kind = column.stated_kind or kinds.get(name) or _implied_kind(column)
        if column_kind is not None:
            yield from _kind_problems(path, section, column, column_kind)
        yield from _fill_problems(path, section, column, [column_kind] if column_kind else list(_IMPUTES))


def _implied_kind(column: ColumnSection) -> Kind | None:
    """The only kind that has the first of the options; None when no option tells."""
    owners = (kinds for option, kinds in _OWNERS.items() if getattr(column, option) is not None)
    return next((kinds[0] for kinds in owners if len(kinds) == 1), None)


def _kind_problems(
    path: KeyPath, section: PreprocessingSection, column: ColumnSection, kind: Kind
) -> Iterator[Problem]:
    for option, owners in _OWNERS.items():
        if getattr(column, option) is not None and kind not in owners:
            listed = owners[0] if len(owners) == 1 else f"{', '.join(owners[:-1])} and {owners[-1]}"
            yield Problem((*path, option), f"only {listed} columns have '{option}', got a {kind} one", is_key=True)
    if column.impute is not None and column.impute not in _IMPUTES[kind]:
        listed = quoted_list(_IMPUTES[kind], limit=6)
        yield Problem((*path, "impute"), f"expected one of {listed} for a {kind} column, got '{column.impute}'")
    fill = column.fill_value
    if kind == "numeric" and (isinstance(fill, (bool, str))):
        yield Problem((*path, "fill_value"), f"expected a number for a numeric column, got {shown(fill)}")
    if kind == "boolean" and fill is not None and not isinstance(fill, bool):
        yield Problem((*path, "fill_value"), f"expected true or false for a boolean column, got {shown(fill)}")
    match kind:
        case "numeric":
            yield from _clip_problems(path, column)
        case "categorical":
            yield from _order_problems(path, column)
            yield from _target_encoding_problems(path, column, column.encode or section.categorical.encode)
        case "datetime":
            yield from _datetime_problems(path, column, section.datetime)


def _clip_problems(path: KeyPath, options: NumericSection | ColumnSection) -> Iterator[Problem]:
    if options.clip is not None and options.clip[0] >= options.clip[1]:
        low, high = options.clip
        yield Problem((*path, "clip"), f"expected a share and a larger one, such as [0.01, 0.99], got [{low}, {high}]")


def _target_encoding_problems(path: KeyPath, column: ColumnSection, encode: Encode) -> Iterator[Problem]:
    if encode != "target" and column.smoothing is not None:
        yield Problem((*path, "smoothing"), f"'smoothing' needs 'encode: target', got '{encode}'", is_key=True)
    for option in ("min_count", "max_categories"):
        if encode == "target" and column.order is None and getattr(column, option) is not None:
            text = f"'{option}' has no effect with 'encode: target', which keeps all categories"
            yield Problem((*path, option), text, "'smoothing' takes care of rare ones", is_key=True)


def _order_problems(path: KeyPath, column: ColumnSection) -> Iterator[Problem]:
    if column.order is None:
        return
    repeated = [label for label, n in Counter(column.order).items() if n > 1]
    if repeated:
        yield Problem((*path, "order"), f"expected every category once, got {quoted_list(repeated)} more than once")
    if column.encode not in (None, "ordinal"):
        yield Problem((*path, "encode"), f"a column with an 'order' is ordinal, got '{column.encode}'")
    for option in ("min_count", "max_categories"):
        if getattr(column, option) is not None:
            yield Problem((*path, option), "a column with an 'order' keeps all of its categories", is_key=True)
    if column.fill_value is not None and label_text(column.fill_value) not in column.order:
        listed = quoted_list(column.order)
        yield Problem((*path, "fill_value"), f"expected one of {listed}, got {shown(column.fill_value)}")


def _datetime_problems(
    path: KeyPath, options: DatetimeSection | ColumnSection, defaults: DatetimeSection
) -> Iterator[Problem]:
    if options.format is not None and (problem := format_problem(options.format)) is not None:
        yield Problem((*path, "format"), problem)
        return
    date_format = defaults.format if options.format is None else options.format
    if date_format is not None and format_problem(date_format) is not None:
        return
    repeated = [part for part, n in Counter(options.parts or ()).items() if n > 1]
    if repeated:
        yield Problem((*path, "parts"), f"expected every part once, got {quoted_list(repeated)} more than once")
    is_time = is_time_of_day(date_format)
    # What a column has from the defaults alone is judged there.
    has_format = options is defaults or options.format is not None
    parts = options.parts or (defaults.parts if has_format else None) or ()
    others = [part for part in parts if part != "hour"]
    if is_time and others:
        key = "format" if options.parts is None else "parts"
        yield Problem((*path, key), f"times of day have the part 'hour' only, got {quoted_list(others)}")
    is_filled = has_format and (options.impute or defaults.impute) == "constant"
    fill = defaults.fill_value if options.fill_value is None and is_filled else options.fill_value
    if fill is not None and not (isinstance(fill, str) and is_instant(fill, date_format)):
        key = "format" if options.fill_value is None else "fill_value"
        expected = "a time as 08:30 for times of day" if is_time else "a date as 2024-01-31 for a datetime column"
        yield Problem((*path, key), f"expected {expected}, got {shown(fill)}")


def _fill_problems(
    path: KeyPath, section: PreprocessingSection, column: ColumnSection, kinds: list[Kind]
) -> Iterator[Problem]:
    """`fill_value` without `impute: constant` or the other way round, whichever of the kinds the column has."""
    defaults = [getattr(section, kind) for kind in kinds]
    imputes = {column.impute or default.impute for default in defaults}
    if column.fill_value is not None and "constant" not in imputes:
        yield _needless_fill(path, imputes.pop() if len(imputes) == 1 else None)
    inherited = any(default.fill_value is not None for default in defaults)
    if column.impute == "constant" and column.fill_value is None and not inherited:
        yield _missing_fill(path)


def _missing_fill(path: KeyPath) -> Problem:
    return Problem((*path, "impute"), "'constant' needs a 'fill_value' beside it, got none")


def _needless_fill(path: KeyPath, impute: str | None) -> Problem:
    got = "none" if impute is None else f"'{impute}'"
    return Problem((*path, "fill_value"), f"a fill_value needs 'impute: constant' beside it, got {got}", is_key=True)
