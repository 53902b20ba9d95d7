from dltrain.config.yaml.document import Document, Place, dotted, shown_text

DOCUMENT = Document(
    {"a": {"b": 1}},
    "fit.yaml",
    keys={("a",): Place("fit.yaml", 1, 1), ("a", "b"): Place("fit.yaml", 2, 3)},
    values={(): Place("fit.yaml", 1, 1), ("a",): Place("fit.yaml", 2, 3), ("a", "b"): Place("fit.yaml", 2, 6)},
)


def test_a_value_is_where_it_was_written() -> None:
    assert str(DOCUMENT.place(("a", "b"))) == "fit.yaml:2:6"


def test_a_key_is_where_it_was_written() -> None:
    assert str(DOCUMENT.place(("a", "b"), at_key=True)) == "fit.yaml:2:3"


def test_a_missing_key_is_at_the_section_that_should_have_it() -> None:
    assert str(DOCUMENT.place(("a", "c", 0))) == "fit.yaml:1:1"


def test_a_document_without_lines_is_its_own_place() -> None:
    assert str(Document({}, "config").place(("a",))) == "config"


def test_an_empty_key_is_seen() -> None:
    assert dotted(("a", "", "b")) == "a.''.b"


def test_long_and_unprintable_text_is_cut_and_escaped() -> None:
    assert shown_text("x" * 100, limit=5) == "xxxxx…"
    assert shown_text("a\x00\n\udcff") == "a\\x00\\n\\udcff"
