import pytest

from dltrain.config.yaml.reader import read_yaml
from dltrain.errors import ConfigError

INDENT = "indent the keys of one section alike"
QUOTE_INSIDE = "put text with any of , : [ ] { } ? # in quotes"


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("a:\n\tb: 1", "2:1: unexpected tab", "indent with spaces"),
        ("a: |\n\tb", "2:1: unexpected tab", "indent with spaces"),
        (
            "a: b: c",
            "1:5: unexpected ':'",
            f"{INDENT}, write 'key: value' with a space, put text that contains ': ' in quotes",
        ),
        (
            "a: 1\n b: 2",
            "2:3: unexpected ':'",
            f"{INDENT}, write 'key: value' with a space, put text that contains ': ' in quotes",
        ),
        ("a: - b", "1:4: unexpected '-'", "begin the list on the next line, or write [a, b]"),
        ("positive: >50K", "1:11: unexpected '>' or '|'", "put text that begins with > or | in quotes"),
        ("a: *", "1:4: unexpected '*'", "put text that begins with * in quotes"),
        ("a: & b", "1:4: unexpected '&'", "put text that begins with & in quotes"),
        ("a: @b", "1:4: unexpected '@'", "put text that begins with @ in quotes"),
        ("a: `b`", "1:4: unexpected '`'", "put text that begins with ` in quotes"),
        ("a: %b", "1:4: unexpected '%'", "put text that begins with % in quotes"),
        ("%b", "1:1: unexpected '%'", "put text that begins with % in quotes"),
        (
            "a: [1, 2\nb: 3",
            "1:4: this list is not closed, expected ',' between its items and ']' at its end",
            QUOTE_INSIDE,
        ),
        ("a: [b, ?]", "1:4: this list is not closed, expected ',' between its items and ']' at its end", QUOTE_INSIDE),
        (
            "a: {b: 1\nc: 3",
            "1:4: this mapping is not closed, expected ',' between its items and '}' at its end",
            QUOTE_INSIDE,
        ),
        ("a: 'b", "1:4: this quote is not closed", "a quote inside quotes is doubled: ''"),
        (
            "a: 'it's'",
            "1:8: expected 'key: value'",
            f"{INDENT}; nothing may follow a closing quote or bracket",
        ),
        (
            'path: "C:\\data"',
            "1:10: unknown escape after a backslash",
            "put text with backslashes in single quotes",
        ),
        ('a: "\\xZZ"', "1:7: unknown escape after a backslash", "put text with backslashes in single quotes"),
        ("a: 1\nb", "2:1: expected 'key: value'", "write a ':' and a space after the key"),
        (
            "a:\n  b: 1\n c: 2",
            "3:2: expected 'key: value'",
            f"{INDENT}; nothing may follow a closing quote or bracket",
        ),
        ("- a\nb: 1", "2:1: expected '- '", "begin every item of the list with '- ', indented alike"),
        ("  a: 1\nb: 2", "2:1: expected the end of the document", INDENT),
        (
            "a:\n  -{type: dense, units: 1}",
            "2:3: expected '- '",
            "begin every item of the list with '- ', indented alike",
        ),
        ("a:\n  - b: 1\n  -c: 2", "3:3: expected '- '", "begin every item of the list with '- ', indented alike"),
        (
            "-x: a: b",
            "1:6: unexpected ':'",
            f"{INDENT}, write 'key: value' with a space, put text that contains ': ' in quotes",
        ),
        ("a: ,", "1:4: unexpected ','", "put text that begins with , in quotes"),
        ("a: ]", "1:4: unexpected ']'", "put text that begins with ] in quotes"),
        ("a: [1,,2]", "1:7: expected a value", "write null for an empty one"),
        ("a: !{", "1:4: unexpected '!'", "put text that begins with ! in quotes"),
        ("a: !x!y b", "1:4: unexpected '!'", "put text that begins with ! in quotes"),
        ("a: ? b", "1:4: unexpected '?'", "put text that begins with ? in quotes"),
        ("a: |0\n b", "1:5: unexpected digit after '>' or '|'", "leave it out, or write 1 to 9"),
        ("%YAML 2.0\n---\na: 1", "1:1: expected YAML 1.1 or 1.2", "leave the line that begins with %YAML out"),
    ],
)
def test_syntax_errors_in_plain_words(text: str, message: str, hint: str) -> None:
    with pytest.raises(ConfigError) as caught:
        read_yaml(text, source="fit.yaml")
    assert caught.value.message == f"fit.yaml:{message}"
    assert caught.value.hint == hint
