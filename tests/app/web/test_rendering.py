"""Sentences of templates: text, whatever a translation or a title holds."""

from __future__ import annotations

import pytest

from app.web import rendering


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("50 % de temps, %s, %(n)d", "50 % de temps, %s, %(n)d"),
        ("<b>&", "&lt;b&gt;&amp;"),
        ('" onclick="x', "&#34; onclick=&#34;x"),
        ("the candidate's", "the candidate's"),
    ],
)
def test_a_sentence_is_neither_a_format_nor_markup(text: str, shown: str) -> None:
    """A translation may hold a sign of per cent, and the title of an own challenge anything."""
    template = rendering._templates.from_string('<p title="{{ _(text) }}">{{ _(text) }}</p>')
    assert template.render(text=text) == f'<p title="{shown}">{shown}</p>'
