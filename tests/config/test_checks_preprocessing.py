import pytest

from dltrain.config.checks.cross_checks import check_config
from dltrain.config.load import config_from_dict
from dltrain.config.sections.preprocessing import Kind
from dltrain.config.yaml.reader import read_yaml
from dltrain.errors import ConfigError


def check(preprocessing: str, kinds: dict[str, Kind] | None = None) -> None:
    section = read_yaml(preprocessing, source="").data
    loaded = config_from_dict(
        {"data": {"path": "a.csv", "target": "y"}, "preprocessing": section, "model": {"layers": []}}
    )
    check_config(loaded.config, loaded.document, kinds=kinds)


@pytest.mark.parametrize(
    ("preprocessing", "message"),
    [
        ("numeric: {impute: constant}", "numeric.impute: 'constant' needs a 'fill_value' beside it, got none"),
        ("boolean: {impute: constant}", "boolean.impute: 'constant' needs a 'fill_value' beside it, got none"),
        (
            "categorical: {fill_value: x}",
            "categorical.fill_value: a fill_value needs 'impute: constant' beside it, got 'missing'",
        ),
        (
            "columns: {y: {kind: numeric}}",
            "columns.y: this column is the target, not a feature\n    hint: see 'preprocessing.target'",
        ),
        (
            "columns: {a: {kind: categorical, scale: none}}",
            "columns.a.scale: only numeric and datetime columns have 'scale', got a categorical one",
        ),
        (
            "columns: {a: {kind: numeric, encode: one_hot}}",
            "columns.a.encode: only categorical columns have 'encode', got a numeric one",
        ),
        (
            "columns: {a: {kind: boolean, min_count: 2}}",
            "columns.a.min_count: only categorical columns have 'min_count', got a boolean one",
        ),
        (
            "columns: {a: {scale: none, encode: ordinal}}",
            "columns.a.scale: only numeric and datetime columns have 'scale', got a categorical one",
        ),
        (
            "columns: {a: {kind: numeric, impute: missing}}",
            "columns.a.impute: expected one of 'median', 'mean', 'most_frequent', 'constant', 'error', 'drop' for a "
            "numeric column, got 'missing'",
        ),
        (
            "columns: {a: {kind: boolean, impute: missing}}",
            "columns.a.impute: expected one of 'most_frequent', 'constant', 'error', 'drop' for a boolean column, "
            "got 'missing'",
        ),
        ("columns: {a: {impute: constant}}", "columns.a.impute: 'constant' needs a 'fill_value' beside it, got none"),
        (
            "columns: {a: {fill_value: 3}}",
            "columns.a.fill_value: a fill_value needs 'impute: constant' beside it, got none",
        ),
        (
            "columns: {a: {impute: mean, fill_value: 3}}",
            "columns.a.fill_value: a fill_value needs 'impute: constant' beside it, got 'mean'",
        ),
        (
            "columns: {a: {kind: numeric, impute: constant, fill_value: x}}",
            "columns.a.fill_value: expected a number for a numeric column, got 'x'",
        ),
        (
            "columns: {a: {kind: numeric, impute: constant, fill_value: true}}",
            "columns.a.fill_value: expected a number for a numeric column, got true",
        ),
        (
            "columns: {a: {kind: boolean, impute: constant, fill_value: 1}}",
            "columns.a.fill_value: expected true or false for a boolean column, got 1",
        ),
        (
            "columns: {a: {kind: boolean, format: '%Y'}}",
            "columns.a.format: only datetime columns have 'format', got a boolean one",
        ),
        (
            "columns: {a: {format: '%d.%m.%Q'}}",
            "columns.a.format: expected a format of strptime, such as %d.%m.%Y, got '%d.%m.%Q': "
            "'Q' is a bad directive in format '%d.%m.%Q'",
        ),
        (
            "datetime: {format: '%d %H:%M'}",
            "datetime.format: expected a date format with a year, such as %d.%m.%Y, or one of times of day, such as "
            "%H:%M, got '%d %H:%M'",
        ),
        (
            "columns: {a: {format: '%H:%M', parts: [hour, weekday]}}",
            "columns.a.parts: times of day have the part 'hour' only, got 'weekday'",
        ),
        (
            "datetime: {parts: [year]}\ncolumns: {a: {format: '%H:%M'}}",
            "columns.a.format: times of day have the part 'hour' only, got 'year'",
        ),
        (
            "columns: {a: {format: '%H:%M', impute: constant, fill_value: 2024-01-31}}",
            "columns.a.fill_value: expected a time as 08:30 for times of day, got '2024-01-31'",
        ),
        (
            "columns: {a: {kind: datetime, impute: constant, fill_value: '08:30'}}",
            "columns.a.fill_value: expected a date as 2024-01-31 for a datetime column, got '08:30'",
        ),
        (
            "datetime: {impute: constant, fill_value: 2024-01-31}\ncolumns: {a: {format: '%H:%M'}}",
            "columns.a.format: expected a time as 08:30 for times of day, got '2024-01-31'",
        ),
        (
            "datetime: {format: '%H:%M', parts: [year]}\ncolumns: {a: {kind: datetime}}",
            "datetime.parts: times of day have the part 'hour' only, got 'year'",
        ),
        (
            "datetime: {impute: constant, fill_value: soon}\ncolumns: {a: {kind: datetime}}",
            "datetime.fill_value: expected a date as 2024-01-31 for a datetime column, got 'soon'",
        ),
        (
            "datetime: {format: '%d %H'}\ncolumns: {a: {kind: datetime}}",
            "datetime.format: expected a date format with a year, such as %d.%m.%Y, or one of times of day, such as "
            "%H:%M, got '%d %H'",
        ),
        (
            "columns: {a: {clip: [0.9, 0.1]}}",
            "columns.a.clip: expected a share and a larger one, such as [0.01, 0.99], got [0.9, 0.1]",
        ),
        (
            "columns: {a: {order: [a, b, a]}}",
            "columns.a.order: expected every category once, got 'a' more than once",
        ),
        (
            "columns: {a: {order: [a, b], encode: one_hot}}",
            "columns.a.encode: a column with an 'order' is ordinal, got 'one_hot'",
        ),
        (
            "columns: {a: {order: [a, b], min_count: 3}}",
            "columns.a.min_count: a column with an 'order' keeps all of its categories",
        ),
        (
            "columns: {a: {order: [1, 2], impute: constant, fill_value: 3}}",
            "columns.a.fill_value: expected one of '1', '2', got 3",
        ),
        (
            "columns: {a: {kind: categorical, smoothing: 3}}",
            "columns.a.smoothing: 'smoothing' needs 'encode: target', got 'one_hot'",
        ),
        (
            "categorical: {encode: target}\ncolumns: {a: {max_categories: 9}}",
            "columns.a.max_categories: 'max_categories' has no effect with 'encode: target', which keeps all "
            "categories\n    hint: 'smoothing' takes care of rare ones",
        ),
        (
            "columns: {a: {order: [a, b], kind: numeric}}",
            "columns.a.order: only categorical columns have 'order', got a numeric one",
        ),
        (
            "columns: {a: {map: {x: 1}, kind: categorical}}",
            "columns.a.map: only numeric columns have 'map', got a categorical one",
        ),
        (
            "columns: {a: {order: [a, b], indicator: true}}",
            "columns.a.indicator: only numeric, boolean and datetime columns have 'indicator', got a categorical one",
        ),
        (
            "columns: {a: {parts: [year, year, hour]}}",
            "columns.a.parts: expected every part once, got 'year' more than once",
        ),
        (
            "columns: {a: {kind: datetime, impute: constant, fill_value: 2024}}",
            "columns.a.fill_value: expected a date as 2024-01-31 for a datetime column, got 2024",
        ),
        (
            "columns: {a: {kind: datetime, impute: mean}}",
            "columns.a.impute: expected one of 'median', 'constant', 'error', 'drop' for a datetime column, got 'mean'",
        ),
    ],
)
def test_options_that_do_not_fit(preprocessing: str, message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        check(preprocessing)
    assert str(caught.value) == f"config: preprocessing.{message}"


@pytest.mark.parametrize(
    "preprocessing",
    [
        "numeric: {impute: constant, fill_value: 0}\ncolumns: {a: {fill_value: 3}, b: {impute: constant}}",
        "columns: {a: {kind: categorical, impute: constant, fill_value: 3}}",
        "columns: {a: {kind: boolean, impute: constant, fill_value: false}}",
        "columns: {a: {impute: median}, b: {impute: most_frequent}, c: {max_categories: 3, encode: one_hot}, d: {}}",
        "categorical: {impute: constant, fill_value: 0}",
        "columns: {a: {order: [1, 2], impute: constant, fill_value: 2}}",
        "columns: {b: {map: {x: 1}, clip: [0, 1], indicator: true}}",
        "categorical: {encode: target, smoothing: auto}\ncolumns: {a: {smoothing: 10}, b: {order: [x, y]}}",
        "numeric: {impute: drop}\ncolumns: {a: {impute: error}, b: {impute: most_frequent}}",
        "datetime: {format: '%d.%m.%y %H:%M', parts: [hour]}\ncolumns: {a: {scale: none, cyclic: false}}",
        "columns: {a: {kind: datetime, impute: constant, fill_value: 2024-01-31T12:00+02:00}}",
    ],
)
def test_options_that_fit(preprocessing: str) -> None:
    check(preprocessing)


def test_kinds_of_the_data_are_checked_when_they_are_known() -> None:
    check("columns: {a: {scale: none}, b: {kind: categorical}}", {"a": "numeric", "b": "numeric"})
    with pytest.raises(ConfigError) as caught:
        check("columns: {a: {scale: none}, b: {impute: median}}", {"a": "categorical", "b": "boolean"})
    assert str(caught.value).splitlines() == [
        "config: preprocessing.columns.a.scale: only numeric and datetime columns have 'scale', got a categorical one",
        "config: preprocessing.columns.b.impute: expected one of 'most_frequent', 'constant', 'error', 'drop' for a "
        "boolean column, got 'median'",
    ]


def test_a_fill_value_of_the_section_is_for_columns_of_its_kind_only() -> None:
    with pytest.raises(ConfigError, match=r"columns.a.impute: 'constant' needs a 'fill_value'"):
        check(
            "numeric: {impute: constant, fill_value: 0}\ncolumns: {a: {kind: categorical, impute: constant}}",
        )
