"""What the config says about one column: the defaults of its kind, and the exceptions for its name.

The config's own checks find most misfits, with their line in the file; here nothing depends on that.
"""

from collections.abc import Collection
from typing import TypeVar

from pydantic import ValidationError

from dltrain.config.sections.preprocessing import (
    BooleanSection,
    CategoricalSection,
    DatetimeSection,
    Kind,
    NumericSection,
    PreprocessingSection,
)
from dltrain.config.yaml.overrides import key_part
from dltrain.errors import ConfigError, quoted_list

Options = TypeVar("Options", NumericSection, CategoricalSection, BooleanSection, DatetimeSection)
ColumnOptions = NumericSection | CategoricalSection | BooleanSection | DatetimeSection


def column_options(section: PreprocessingSection, name: str, kind: Kind) -> ColumnOptions:
    """The options of a column.

    Raises:
        ConfigError: An exception does not fit the kind of the column, or `impute: constant` has no `fill_value`.
    """
    match kind:
        case "numeric":
            return _merged(section.numeric, section, name, kind)
        case "categorical":
            return _merged(section.categorical, section, name, kind)
        case "boolean":
            return _merged(section.boolean, section, name, kind)
        case "datetime":
            return _merged(section.datetime, section, name, kind)


def _merged(defaults: Options, section: PreprocessingSection, name: str, kind: Kind) -> Options:
    column = section.column(name)
    exceptions = column.model_dump(exclude_none=True, exclude={"kind", "map", "order"})
    if column.order is not None:
        exceptions["encode"] = "ordinal"
    try:
        options = type(defaults).model_validate(defaults.model_dump() | exceptions)
    except ValidationError as error:
        raise _misfit(error, name, kind, type(defaults).model_fields) from error
    if options.impute != "constant":
        # The default fill_value belongs to the default impute.
        return options.model_copy(update={"fill_value": None})
    if options.fill_value is None:
        where = f"preprocessing.columns.{name}" if "impute" in exceptions else f"preprocessing.{kind}"
        raise ConfigError(f"{where}.impute: 'constant' needs a 'fill_value' beside it, got none")
    return options


def _misfit(error: ValidationError, name: str, kind: Kind, known: Collection[str]) -> ConfigError:
    problem = error.errors()[0]
    option = problem["loc"][0]
    if option in known:
        wrong = f"expected {problem['msg'].removeprefix('Input should be ')}, got {problem['input']!r}"
    else:
        wrong = f"expected one of {quoted_list(list(known))}, got '{option}'"
    return ConfigError(
        f"preprocessing.columns.{name}.{option}: column '{name}' is {kind}: {wrong}",
        hint=f"if it is not: preprocessing.columns.{key_part(name)}.kind",
    )
