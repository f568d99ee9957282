"""Text that others wrote stays text."""

from xml.parsers import expat

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.inert import breakable, cell, visible, xml


@pytest.mark.parametrize(
    ("written", "seen"),
    [
        ("Ngô", "Ngô"),
        ("e\u0301", "é"),
        ("safe\u202egnp.exe", "safe‹U+202E›gnp.exe"),
        ("a\u200bb\x00c", "a‹U+200B›b‹U+0000›c"),
        ("two\nlines\tand\u2003more", "two lines and more"),
        ("\ud800", "‹U+D800›"),
        ("\ue000", "‹U+E000›"),
    ],
)
def test_what_can_not_be_seen_is_named(written: str, seen: str) -> None:
    assert visible(written) == seen


def test_what_the_typeface_lacks_is_named() -> None:
    assert visible("a中", frozenset(b"abc")) == "a‹U+4E2D›"


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "＝", "＠"])
@pytest.mark.parametrize("before", ["", " ", "\t", "\r\n"])
def test_no_cell_is_a_formula(start: str, before: str) -> None:
    assert cell(f"{before}{start}1+1").startswith("'")


def test_a_plain_name_is_no_formula() -> None:
    assert cell("O'Brien = Sam") == "O'Brien = Sam"


@given(st.text())
def test_any_text_is_an_xml_text_and_attribute(text: str) -> None:
    seen: list[str] = []
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = lambda name, attributes: seen.append(attributes["a"])
    parser.CharacterDataHandler = seen.append
    parser.Parse(f'<t a="{xml(text)}">{xml(text)}</t>', True)
    assert seen == [visible(text)] * (2 if text else 1)


@given(st.text())
def test_a_breakable_text_differs_by_places_to_break_only(text: str) -> None:
    assert breakable(text).replace("\u200b", "") == text.replace("\u200b", "")


def test_a_long_word_may_break() -> None:
    assert max(map(len, breakable("x" * 1000).split("\u200b"))) <= 24
