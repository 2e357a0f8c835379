"""Parsing hostile Python.  The interpreter's own limits end what nests too deeply; nothing is executed."""

from __future__ import annotations

import ast
import io
import symtable
import sys
import tokenize
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from app.intake.problems import rejected
from app.words import _
from graders.model.submission import wide_encoding

T = TypeVar("T")

#: What runs a submission, whatever runs this.
PYTHON = (3, 11)
MAX_FILE = 2**20
MAX_SOURCE = 2 * 2**20


@dataclass(frozen=True)
class Broken:
    """Why a source is no Python; `line` counts from 1."""

    line: int | None
    message: str


def compiled(sources: Mapping[str, bytes]) -> dict[str, ast.Module | Broken]:
    """The tree of each source, or why it does not compile.

    Raises Rejected where there is too much source, or nesting that no interpreter takes.
    """
    for name, source in sources.items():
        if len(source) > MAX_FILE:
            raise rejected("CODE_TOO_BIG", _("{name} holds more than 1 MB of source code.").format(name=name))
    if sum(map(len, sources.values())) > MAX_SOURCE:
        raise rejected("CODE_TOO_BIG", _("The submission holds more than 2 MB of source code."))
    return {name: _compiled(name, source) for name, source in sources.items()}


def _compiled(name: str, source: bytes) -> ast.Module | Broken:
    def read() -> ast.Module:
        compile(source, "code", "exec", dont_inherit=True)
        refuse_newer_strings(source)
        return ast.parse(source, feature_version=PYTHON)

    try:
        return _guarded(read, name)
    except (SyntaxError, ValueError) as error:
        if wide_encoding(source):
            return Broken(None, "it is saved as UTF-16; save it as UTF-8")
        line, message = getattr(error, "lineno", None), getattr(error, "msg", "source code cannot contain null bytes")
        return Broken(line, str(message)[:200])


def refuse_newer_strings(source: bytes) -> None:
    """SyntaxError for an f-string that PYTHON cannot read, where this Python can (PEP 701).

    Until 3.12 what stands in braces held neither the string's own quote nor a backslash, a comment or, between single
    quotes, a line end.
    """
    if sys.version_info < (3, 12):
        return
    quotes: list[str] = []
    for token in tokenize.tokenize(io.BytesIO(source).readline):
        kind = tokenize.tok_name[token.type]
        if quotes and kind == "FSTRING_END":
            quotes.pop()
        elif kind == "FSTRING_MIDDLE":
            _refuse_newer(token, quotes[:-1])
        else:
            _refuse_newer(token, quotes)
        if kind == "FSTRING_START":
            quotes.append(token.string.lstrip("fFrR"))


def _refuse_newer(token: tokenize.TokenInfo, quotes: list[str]) -> None:
    newline = token.type in (tokenize.NL, tokenize.NEWLINE) and any(len(quote) == 1 for quote in quotes)
    odd = token.type == tokenize.COMMENT or "\\" in token.string or any(quote in token.string for quote in quotes)
    if quotes and (newline or odd):
        message = f"this f-string needs Python 3.12, and {'.'.join(map(str, PYTHON))} runs it"
        raise SyntaxError(message, ("code", token.start[0], token.start[1] + 1, token.line))


def parse(source: str | bytes) -> ast.Module:
    """The tree of a source that compiles."""
    return _guarded(lambda: ast.parse(source), "The source code")


def scopes(source: str) -> symtable.SymbolTable:
    """The compiler's own table of names for a source that compiles."""
    return _guarded(lambda: symtable.symtable(source, "cell", "exec"), "The source code")


def _guarded(read: Callable[[], T], name: str) -> T:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return read()
        except (RecursionError, MemoryError, OverflowError) as error:
            raise rejected(
                "CODE_TOO_COMPLEX", _("{name} nests too deeply, or is too large, to be parsed.").format(name=name)
            ) from error
