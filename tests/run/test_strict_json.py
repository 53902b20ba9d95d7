"""JSON that is refused."""

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dltrain.features import Preprocessing
from dltrain.run.metrics_file import RunMetrics
from dltrain.run.strict_json import parse_json, read_json
from tests.conftest import GOLDEN


def test_the_files_of_a_run_are_read() -> None:
    assert parse_json((GOLDEN / "people-1/preprocessing.json").read_bytes(), Preprocessing).n_features == 11
    assert parse_json((GOLDEN / "people-1/metrics.json").read_bytes(), RunMetrics).parameters == 165


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("", "not a JSON file: line 1, column 1"),
        ("\ufeff{}", "not a JSON file"),
        ("{} {}", "not a JSON file"),
        ("[" * 100_000, "not a JSON file: too many levels"),
        ("1" * 31, "not a JSON file: a number with 31 digits"),
        ("NaN", "expected finite numbers, got NaN"),
        ('{"a": -Infinity}', "expected finite numbers, got -Infinity"),
        ('{"a": 1, "b": 2, "a": 1}', "the key 'a' is given twice"),
        ('[{"x": {"ä": 1, "ä": 1}}]', "is given twice"),
        (json.dumps(dict.fromkeys(map(str, range(65)))), "expected at most 64 keys in an object, got 65"),
        ("[" + "0," * 800_000 + "0]", "expected fewer values in 1,600,003 bytes, got about 800,001"),
    ],
    ids=str.__len__,
)
def test_what_no_run_holds_is_refused(content: str, text: str) -> None:
    with pytest.raises(ValueError, match=re.escape(text)):
        read_json(content.encode())


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b'{"features": "\xff"}', "not UTF-8 text"),
        (b'{"features": "\\ud800"}', "features"),
        (b"[" * 500 + b"]" * 500, "Preprocessing"),
        (b'{"features": [{"kind": "' + b"x" * 5_000 + b'"}]}', "features.0: Input tag 'xxx"),
        (b'{"features": 1e999}', "features"),
    ],
    ids=range(5),
)
def test_what_does_not_fit_the_model_is_named_in_few_words(content: bytes, text: str) -> None:
    with pytest.raises(ValueError, match=text) as caught:
        parse_json(content, Preprocessing)
    assert len(str(caught.value)) < 500


_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**28), 10**28)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(), inner, max_size=5),
    max_leaves=20,
)


@given(_JSON)
def test_all_other_json_passes(value: object) -> None:
    assert read_json(json.dumps({"": value}, ensure_ascii=False).encode()) == _expected({"": value})


def _expected(value: object) -> object:
    """Lists that are values of keys are tuples."""
    if isinstance(value, dict):
        return {
            key: tuple(map(_expected, item)) if isinstance(item, list) else _expected(item)
            for key, item in value.items()
        }
    return list(map(_expected, value)) if isinstance(value, list) else value


@given(st.binary(max_size=100))
def test_any_bytes_pass_or_are_refused(content: bytes) -> None:
    try:
        read_json(content)
    except ValueError:
        return
