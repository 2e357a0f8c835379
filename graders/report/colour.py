"""Python code with its kinds of words marked, a line at a time, by Pygments."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from markupsafe import Markup, escape
from pygments.lexers.python import PythonLexer  # type: ignore[import-untyped]
from pygments.token import Comment, Keyword, Name, Number, Operator, String  # type: ignore[import-untyped]

#: What is marked, with the class the style sheet knows it by.
KINDS = (
    (Comment, "c"),
    (String, "s"),
    (Number, "m"),
    (Keyword, "k"),
    (Operator.Word, "k"),
    (Name.Function, "f"),
    (Name.Class, "f"),
)
#: Lines by the path and the text that they were made of.
Colours = Mapping[tuple[str, str], list[Markup]]
NONE_KNOWN: Colours = MappingProxyType({})
#: From this many words on the rest stays plain: a page of hostile text has to stay a page.
MAX_MARKED = 2000
_LEXER = PythonLexer(stripnl=False, ensurenl=False)


def coloured(path: str, text: str, known: Colours = NONE_KNOWN) -> list[Markup]:
    """The lines of `text`, escaped; those of Python marked.  What is `known` is not worked out again."""
    if (path, text) in known:
        return known[path, text]
    if not path.endswith((".py", ".ipynb")):
        return [escape(line) for line in text.split("\n")]
    lines: list[list[str]] = [[]]
    marked = 0
    for kind, words in _LEXER.get_tokens(text):
        name = _class(kind)
        for i, piece in enumerate(words.split("\n")):
            if i:
                lines.append([])
            if piece:
                marked += bool(name)
                shown = str(escape(piece))
                lines[-1].append(f'<span class="{name}">{shown}</span>' if name and marked <= MAX_MARKED else shown)
    return [Markup("".join(line)) for line in lines]  # noqa: S704 - each piece was escaped


@cache
def _class(kind: object) -> str:
    """What the style sheet calls a kind of words; empty where it stays plain."""
    return next((name for known, name in KINDS if kind in known), "")
