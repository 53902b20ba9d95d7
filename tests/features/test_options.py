from typing import Any

import pytest

from dltrain.config.sections.preprocessing import (
    BooleanSection,
    CategoricalSection,
    ColumnSection,
    Kind,
    NumericSection,
    PreprocessingSection,
)
from dltrain.errors import ConfigError
from dltrain.features.options import column_options

CONSTANT = PreprocessingSection(numeric=NumericSection(impute="constant", fill_value=5.0))


def section_with(**options: Any) -> PreprocessingSection:
    return PreprocessingSection(columns={"x": ColumnSection(**options)})


@pytest.mark.parametrize(
    ("section", "kind", "options"),
    [
        (PreprocessingSection(), "numeric", NumericSection()),
        (PreprocessingSection(), "categorical", CategoricalSection()),
        (PreprocessingSection(), "boolean", BooleanSection()),
        (section_with(kind="numeric", scale="robust"), "numeric", NumericSection(scale="robust")),
        (section_with(impute="constant", fill_value=0), "numeric", NumericSection(impute="constant", fill_value=0.0)),
        (section_with(min_count=3, encode="ordinal"), "categorical", CategoricalSection(min_count=3, encode="ordinal")),
        (
            section_with(impute="constant", fill_value=1.0),
            "categorical",
            CategoricalSection(impute="constant", fill_value="1"),
        ),
        (
            section_with(impute="constant", fill_value=True),
            "boolean",
            BooleanSection(impute="constant", fill_value=True),
        ),
        (CONSTANT, "numeric", NumericSection(impute="constant", fill_value=5.0)),
        (
            CONSTANT.model_copy(update={"columns": {"x": ColumnSection(impute="mean")}}),
            "numeric",
            NumericSection(impute="mean"),
        ),
        (
            CONSTANT.model_copy(update={"columns": {"x": ColumnSection(fill_value=7)}}),
            "numeric",
            NumericSection(impute="constant", fill_value=7.0),
        ),
    ],
)
def test_exceptions_go_before_the_defaults_of_the_kind(section: PreprocessingSection, kind: Kind, options: Any) -> None:
    assert column_options(section, "x", kind) == options


def test_exceptions_of_other_columns_do_not_count() -> None:
    assert column_options(section_with(scale="robust"), "y", "numeric") == NumericSection()


@pytest.mark.parametrize(
    ("options", "kind", "message"),
    [
        (
            {"scale": "robust"},
            "categorical",
            "preprocessing.columns.x.scale: column 'x' is categorical: "
            "expected one of 'impute', 'fill_value', 'encode', 'smoothing', 'min_count' and 1 more, got 'scale'",
        ),
        (
            {"min_count": 2},
            "boolean",
            "preprocessing.columns.x.min_count: column 'x' is boolean: "
            "expected one of 'impute', 'fill_value', 'indicator', got 'min_count'",
        ),
        (
            {"impute": "missing"},
            "numeric",
            "preprocessing.columns.x.impute: column 'x' is numeric: "
            "expected 'median', 'mean', 'most_frequent', 'constant', 'error' or 'drop', got 'missing'",
        ),
        (
            {"impute": "constant", "fill_value": "a"},
            "numeric",
            "preprocessing.columns.x.fill_value: column 'x' is numeric: expected a valid number, got 'a'",
        ),
        (
            {"impute": "constant", "fill_value": True},
            "numeric",
            "preprocessing.columns.x.fill_value: column 'x' is numeric: expected a valid number, got True",
        ),
        (
            {"impute": "constant"},
            "categorical",
            "preprocessing.columns.x.impute: 'constant' needs a 'fill_value' beside it, got none",
        ),
    ],
)
def test_options_that_do_not_fit_the_kind_are_refused(options: dict[str, Any], kind: Kind, message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        column_options(section_with(**options), "x", kind)

    assert caught.value.message == message


def test_defaults_need_a_fill_value_too() -> None:
    section = PreprocessingSection(boolean=BooleanSection(impute="constant"))

    with pytest.raises(ConfigError, match=r"^preprocessing.boolean.impute: 'constant' needs"):
        column_options(section, "x", "boolean")
