"""Text and markup."""

from html import unescape

from hypothesis import given
from hypothesis import strategies as st

from dltrain.report.markup import Markup, element, escape, join

ALLOWED = st.text(st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff"))


@given(ALLOWED)
def test_escaping_loses_nothing(text: str) -> None:
    assert unescape(escape(text)) == text


@given(st.text(st.characters()))
def test_whatever_the_text_it_opens_nothing_and_can_be_written(text: str) -> None:
    escaped = escape(text)
    assert not set(escaped) & set("<>\"'\x00")
    escaped.encode()


def test_markup_stays_as_it_is() -> None:
    assert escape(escape("<")) == "&lt;"
    assert join(["<", None, Markup("<br>")]) == "&lt;<br>"


def test_attributes_are_escaped_and_numbers_short() -> None:
    made = element("rect", attributes={"x": 1 / 3, "y": 2.0, "class": '"><script>'})
    assert made == '<rect x="0.33" y="2" class="&quot;&gt;&lt;script&gt;"></rect>'
