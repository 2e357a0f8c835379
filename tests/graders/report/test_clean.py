"""No text of a stranger steers a terminal, reorders a line or fills a disk."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graders.report.clean import clean, clean_line


@pytest.mark.parametrize(
    ("given_", "kept"),
    [
        ("plain text", "plain text"),
        ("a\tb\nc", "a\tb\nc"),
        ("a\r\nb\rc\u2028d", "a\nb\nc\nd"),
        ("\x1b[1;31mred\x1b[0m", "red"),
        ("\x1b]0;a title\x07shown", "shown"),
        ("\x1b]8;;a link\x1b\\text", "text"),
        ("\x9b31mred", "31mred"),  # the 8-bit introducer goes, so no terminal acts on the rest
        ("user\u202egnp.exe", "usergnp.exe"),
        ("pay\u200bload\ufeff", "payload"),
        ("nul\x00bell\x07", "nulbell"),
        ("\ud800 lone surrogate", " lone surrogate"),
        ("Zürich 東京 ‘quoted’ 🙂", "Zürich 東京 ‘quoted’ 🙂"),
    ],
)
def test_text_keeps_its_letters_and_loses_its_controls(given_: str, kept: str) -> None:
    """Letters, marks and emoji of any script stay; control, format and escape sequences go."""
    assert clean(given_) == kept


@given(st.text(max_size=300), st.integers(1, 50))
def test_cleaned_text_is_bounded_plain_and_stable(text: str, limit: int) -> None:
    """Whatever comes in: at most `limit` characters, no C* category but newline and tab, and cleaning again
    changes nothing."""
    cleaned = clean(text, limit)
    assert len(cleaned) <= limit
    assert all(c in "\n\t" or not unicodedata.category(c).startswith(("C", "Zl", "Zp")) for c in cleaned)
    assert clean(cleaned, limit) == cleaned


@given(st.text(max_size=200))
def test_a_line_is_one_line(text: str) -> None:
    """A cleaned line holds no line break, and a cleaned text says so when it was cut."""
    assert len(clean_line(text).splitlines()) <= 1
    assert clean("x" * 50, 10) == "x" * 9 + "…"
