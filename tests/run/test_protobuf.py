"""The wire format, compared with Google's own writer and with bytes written by hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from onnx import OperatorSetIdProto

from dltrain.run.protobuf import Field, Message, read_message

INNER: Message = {1: Field("number", "integer")}
OUTER: Message = {
    1: Field("number", "integer"),
    2: Field("texts", "text", repeated=True),
    3: Field("inner", INNER),
    4: Field("real", "float"),
    5: Field("data", "bytes"),
}
MANY = 100


def test_every_kind_of_field_is_read() -> None:
    content = bytes.fromhex("0896 01 1202 6869 1201 21 1a02 0805 25 0000c03f 2a03 000102")
    found = read_message(content, OUTER, max_fields=MANY)
    assert bytes(found.pop("data")) == b"\x00\x01\x02"
    assert found == {"number": 150, "texts": ["hi", "!"], "inner": {"number": 5}, "real": 1.5}


def test_what_is_missing_has_no_key_and_what_may_repeat_is_an_empty_list() -> None:
    assert read_message(b"", OUTER, max_fields=MANY) == {"texts": []}


def test_bytes_are_not_copied() -> None:
    content = b"\x2a\x03abc"
    assert read_message(content, OUTER, max_fields=MANY)["data"].obj is content


@given(st.integers(-(2**63), 2**63 - 1), st.text(max_size=100))
def test_numbers_and_texts_are_those_that_googles_writer_wrote(version: int, domain: str) -> None:
    content = OperatorSetIdProto(domain=domain, version=version).SerializeToString()
    schema: Message = {1: Field("domain", "text"), 2: Field("version", "integer")}
    assert read_message(content, schema, max_fields=MANY) == {"domain": domain, "version": version}


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("08", "cut off"),
        ("0880", "cut off"),
        ("08 ffffffffffffffffffff01", "too many bytes"),
        ("08 ffffffffffffffffff7f", "another form"),
        ("08 9600", "another form"),
        ("08 8000", "another form"),
        ("8800 01", "another form"),
        ("00 01", "unexpected field 0"),
        ("02 01 00", "unexpected field 0"),
        ("30 01", "unexpected field 6"),
        ("f8ffffffffffffffff01 01", "unexpected field"),
        ("0b 0c", "number: expected wire type 0, got 3"),
        ("0c", "number: expected wire type 0, got 4"),
        ("0e", "number: expected wire type 0, got 6"),
        ("0f", "number: expected wire type 0, got 7"),
        ("09 0000000000000000", "number: expected wire type 0, got 1"),
        ("10 01", "texts: expected wire type 2, got 0"),
        ("22 00", "real: expected wire type 5, got 2"),
        ("25 000000", "cut off: expected 4 more bytes, got 3"),
        ("2a ffffffff0f 00", "cut off: expected 4,294,967,295 more bytes, got 1"),
        ("2a ffffffffffffffffff01 00", "cut off: expected 18,446,744,073,709,551,615 more bytes"),
        ("1a 05 0805", "cut off"),
        ("1a 01 08", "cut off"),
        ("0801 0801", "number is given twice"),
        ("1a00 1a00", "inner is given twice"),
        ("12 01 ff", "utf-8"),
        ("12 e907 " + "61" * 1001, "texts: expected at most 1,000 bytes, got 1,001"),
        ("1200" * (MANY + 1), "expected at most 100 fields, got more"),
    ],
)
def test_everything_else_is_refused(content: str, text: str) -> None:
    with pytest.raises(ValueError, match=text):
        read_message(bytes.fromhex(content), OUTER, max_fields=MANY)


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    try:
        read_message(content, OUTER, max_fields=MANY)
    except ValueError:
        return
