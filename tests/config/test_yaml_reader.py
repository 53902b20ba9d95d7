import subprocess
import sys

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from dltrain.config.yaml.document import Document, Place
from dltrain.config.yaml.reader import MAX_BYTES, MAX_DEPTH, MAX_VALUES, read_yaml
from dltrain.errors import ConfigError
from tests.conftest import PATIENCE
from tests.speed import allowed

_TIMED = """
import sys, time
from dltrain.config.yaml.reader import read_yaml
from dltrain.errors import ConfigError

def seconds(text):
    start = time.process_time()
    try:
        read_yaml(text, source="timed")
    except ConfigError:
        pass
    return time.process_time() - start

text = sys.stdin.buffer.read()
print(min(seconds(text) for _ in range(2)))
"""


def error_of(text: str | bytes) -> str:
    with pytest.raises(ConfigError) as caught:
        read_yaml(text, source="fit.yaml")
    return str(caught.value)


def read_or_error(text: str | bytes, *, source: str) -> Document | ConfigError:
    try:
        return read_yaml(text, source=source)
    except ConfigError as error:
        return error


def test_data_and_places_of_every_key_and_value() -> None:
    document = read_yaml("über: [1, ä, {x: no}]\nb:\n  c: 'true'\n", source="fit.yaml")
    assert document.data == {"über": [1, "ä", {"x": "no"}], "b": {"c": "true"}}
    assert document.keys == {
        ("über",): Place("fit.yaml", 1, 1),
        ("über", 2, "x"): Place("fit.yaml", 1, 15),
        ("b",): Place("fit.yaml", 2, 1),
        ("b", "c"): Place("fit.yaml", 3, 3),
    }
    assert document.values[()] == Place("fit.yaml", 1, 1)
    assert document.values["über", 1] == Place("fit.yaml", 1, 11)
    assert document.values["b", "c"] == Place("fit.yaml", 3, 6)


@pytest.mark.parametrize("text", ["", "# only a comment\n", "---\n", "null"])
def test_an_empty_document_is_null(text: str) -> None:
    assert read_yaml(text, source="fit.yaml").data is None


def test_keys_are_always_text() -> None:
    assert read_yaml("{0: a, no: b, 1.0: c, null: d, true: e}", source="").data == {
        "0": "a",
        "no": "b",
        "1.0": "c",
        "null": "d",
        "true": "e",
    }


def test_quoted_and_block_scalars_are_text() -> None:
    text = "a: '1'\nb: \"true\"\nc: |\n  2\nd: >\n  null\n'<<': x\n"
    assert read_yaml(text, source="").data == {"a": "1", "b": "true", "c": "2\n", "d": "null\n", "<<": "x"}


def test_a_byte_order_mark_is_no_text() -> None:
    assert read_yaml(b"\xef\xbb\xbfa: 1", source="").data == {"a": 1}
    assert read_yaml("a: 1\r\nb: 2\r\n", source="").data == {"a": 1, "b": 2}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: 1\nb: 2\na: 3", "fit.yaml:3:1: a: duplicate key, first given in line 1"),
        ("x:\n  '1': a\n  1: b", "fit.yaml:3:3: x.1: duplicate key, first given in line 2"),
        ("a: &x 1", "fit.yaml:1:4: a: anchors (&x) are not supported\nhint: write the value out"),
        ("a: *x", "fit.yaml:1:4: a: aliases (*x) are not supported\nhint: write the value out"),
        ("&x a: 1", "fit.yaml:1:1: anchors (&x) are not supported\nhint: write the value out"),
        (
            "a: !!python/object/apply:os.system [ls]",
            "fit.yaml:1:4: a: tags (!!python/object/apply:os.system) are not supported\nhint: leave the tag out",
        ),
        ("a: !!str 1", "fit.yaml:1:4: a: tags (!!str) are not supported\nhint: leave the tag out"),
        ("a: ! 1", "fit.yaml:1:4: a: tags (!) are not supported\nhint: leave the tag out"),
        ("a: {<<: {b: 1}}", "fit.yaml:1:5: a: merge keys are not supported\nhint: write the keys out"),
        ("[a, b]: 1", "fit.yaml:1:1: expected text as a key, got a list"),
        ("? {a: b}\n: 1", "fit.yaml:1:3: expected text as a key, got a mapping"),
        ("a: 1\n---\nb: 1", "fit.yaml:2:1: expected one document, got a second one"),
        ("a: " + "9" * 301, "fit.yaml:1:4: a: expected a number of at most 300 digits, got more"),
        ("a: \x07", "fit.yaml:1:4: expected printable characters, got U+0007"),
        ("a: 1\nb: \udcff", "fit.yaml:2:4: expected printable characters, got U+DCFF"),
        # Line breaks for PyYAML, but not for editors: the lines of messages would differ.
        ("a: 1\nb: x\u2028y", "fit.yaml:2:5: expected printable characters, got U+2028"),
        ("a: x\x85b: 1", "fit.yaml:1:5: expected printable characters, got U+0085"),
        (
            b"\xef\xbb\xbfa: 1\nb: \xe4",
            "fit.yaml:2:4: expected UTF-8 text, got the byte 0xe4\nhint: save the file as UTF-8",
        ),
        (b"a: 1\nb: \xe4", "fit.yaml:2:4: expected UTF-8 text, got the byte 0xe4\nhint: save the file as UTF-8"),
        (
            "a: 1".encode("utf-16"),
            "fit.yaml:1:1: expected UTF-8 text, got the byte 0xff\nhint: save the file as UTF-8",
        ),
        ("a: " + "[" * 40, "fit.yaml:1:35: expected at most 32 levels, got more"),
        (b"#" * (MAX_BYTES + 1), "fit.yaml: expected at most 4 MiB, got more"),
    ],
)
def test_what_configs_do_not_need_is_refused(text: str | bytes, message: str) -> None:
    assert error_of(text) == message


def test_a_long_key_is_cut_in_messages() -> None:
    assert len(error_of(f"{'k' * 900}: 1\n{'k' * 900}: 1")) < 150


def test_depth_up_to_the_limit_is_read() -> None:
    text = "[" * MAX_DEPTH + "]" * MAX_DEPTH
    assert read_yaml(text, source="").data == yaml.safe_load(text)


def test_without_lines_a_place_is_the_source() -> None:
    document = read_yaml("[1]", source="override 'a=[1]'", has_lines=False)
    assert str(document.place((0,))) == "override 'a=[1]'"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("lists in lists", "[" * 2**20),
        ("mappings in mappings", "{a: " * 2**18),
        ("items in items", "- " * 2**19),
        ("keys in keys", "? " * 2**19),
        ("items", "- 1\n" * 2**18),
        ("items on one line", "[" + "''," * 300_000 + "]"),
        ("keys", "".join(f"k{i}: {i}\n" for i in range(76_000))),
        ("deep items", "[" * 31 + "{a: 1}," * 140_000),
        ("one text", "a: " + "x " * (2**19 - 2)),
        ("one number", "9" * 2**20),
        ("one key", "a" * (2**20 - 3) + ": 1"),
        ("one anchor", "&" + "x" * (2**20 - 3)),
        ("comments", "#\n" * 2**19),
        ("blanks", " " * 2**20),
        ("escapes", '"' + "\\n" * (2**19 - 1) + '"'),
        ("documents", "---\n" * 2**18),
        ("directives", "%a a\n" * 200_000),
        ("a last bad character", "\n" * (2**20 - 1) + "\x01"),
    ],
)
def test_any_mebibyte_ends_within_a_second(name: str, text: str) -> None:
    outcome = read_or_error(text.encode(), source=name)
    assert isinstance(outcome, Document) or len(str(outcome)) < 300

    # A process of its own, as a command is: the collector of garbage walks through all that a process holds. CPU time,
    # the best of two: the machine may be busy.
    done = subprocess.run(
        [sys.executable, "-c", _TIMED], input=text.encode(), capture_output=True, check=True, timeout=PATIENCE
    )
    assert float(done.stdout) < allowed(1.0)


def test_the_number_of_values_is_limited() -> None:
    assert "at most 65,000 values" in error_of("- 1\n" * (MAX_VALUES + 1))


def test_an_alias_bomb_is_refused() -> None:
    bomb = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
        f"{new}: &{new} [{','.join(['*' + old] * 9)}]\n" for old, new in zip("abcdefgh", "bcdefghi", strict=True)
    )
    assert "anchors (&a) are not supported" in error_of(bomb)


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.text(), st.text(alphabet="[]{}:,-?&*!|>'\"%@`# \n\tab1.~<="), st.binary()))
def test_any_text_gives_a_document_or_a_clean_error(text: str | bytes) -> None:
    outcome = read_or_error(text, source="fit.yaml")
    assert isinstance(outcome, Document) or str(outcome).startswith("fit.yaml:")


def test_plain_documents_agree_with_pyyaml() -> None:
    text = "data: {path: a.csv, drop: [a, b]}\nmodel:\n  layers:\n  - {type: dense, units: 64}\n  - type: dropout\n"
    assert read_yaml(text, source="").data == yaml.safe_load(text)
