"""Cross-checks of the section `preprocessing`: options that fit the kind of a column, and fill values."""

from collections.abc import Iterator, Mapping
from typing import Final, get_args

from dltrain.config.document import KeyPath
from dltrain.config.expected import shown
from dltrain.config.preprocessing import (
    BooleanImpute,
    BooleanSection,
    CategoricalImpute,
    CategoricalSection,
    ColumnSection,
    Kind,
    NumericImpute,
    NumericSection,
    PreprocessingSection,
)
from dltrain.config.problems import Problem
from dltrain.errors import quoted_list

_IMPUTES: Final[dict[Kind, tuple[str, ...]]] = {
    "numeric": get_args(NumericImpute),
    "categorical": get_args(CategoricalImpute),
    "boolean": get_args(BooleanImpute),
}
_OWNERS: Final[dict[str, Kind]] = {
    "scale": "numeric",
    "encode": "categorical",
    "min_count": "categorical",
    "max_categories": "categorical",
}
"""The options that only one kind of column has."""

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
        defaults: NumericSection | CategoricalSection | BooleanSection = getattr(section, kind)
        if defaults.impute == "constant" and defaults.fill_value is None:
            yield _missing_fill(path)
        if defaults.impute != "constant" and defaults.fill_value is not None:
            yield _needless_fill(path, defaults.impute)
    for name, column in section.columns.items():
        path = (*_COLUMNS, name)
        if name == target:
            yield Problem(path, "this column is the target, not a feature", "see 'preprocessing.target'", is_key=True)
            continue
        column_kind = column.kind or kinds.get(name) or _implied_kind(column)
        if column_kind is not None:
            yield from _kind_problems(path, column, column_kind)
        yield from _fill_problems(path, section, column, [column_kind] if column_kind else list(_IMPUTES))


def _implied_kind(column: ColumnSection) -> Kind | None:
    """The only kind that has the first of the options; None when no option tells."""
    return next((kind for option, kind in _OWNERS.items() if getattr(column, option) is not None), None)


def _kind_problems(path: KeyPath, column: ColumnSection, kind: Kind) -> Iterator[Problem]:
    for option, owner in _OWNERS.items():
        if getattr(column, option) is not None and owner != kind:
            yield Problem((*path, option), f"only {owner} columns have '{option}', got a {kind} one", is_key=True)
    if column.impute is not None and column.impute not in _IMPUTES[kind]:
        listed = quoted_list(_IMPUTES[kind])
        yield Problem((*path, "impute"), f"expected one of {listed} for a {kind} column, got '{column.impute}'")
    fill = column.fill_value
    if kind == "numeric" and (isinstance(fill, (bool, str))):
        yield Problem((*path, "fill_value"), f"expected a number for a numeric column, got {shown(fill)}")
    if kind == "boolean" and fill is not None and not isinstance(fill, bool):
        yield Problem((*path, "fill_value"), f"expected true or false for a boolean column, got {shown(fill)}")


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
