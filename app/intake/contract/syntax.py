"""Parsing hostile Python.  The interpreter's own limits end what nests too deeply; nothing is executed."""

from __future__ import annotations

import ast
import symtable
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from app.intake.problems import rejected

T = TypeVar("T")

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
            raise rejected("CODE_TOO_BIG", f"{name} holds more than 1 MB of source code.")
    if sum(map(len, sources.values())) > MAX_SOURCE:
        raise rejected("CODE_TOO_BIG", "The submission holds more than 2 MB of source code.")
    return {name: _compiled(name, source) for name, source in sources.items()}


def _compiled(name: str, source: bytes) -> ast.Module | Broken:
    def read() -> ast.Module:
        compile(source, "code", "exec", dont_inherit=True)
        return ast.parse(source)

    try:
        return _guarded(read, name)
    except SyntaxError as error:
        return Broken(error.lineno, str(error.msg)[:200])
    except ValueError:
        return Broken(None, "source code cannot contain null bytes")


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
            raise rejected("CODE_TOO_COMPLEX", f"{name} nests too deeply, or is too large, to be parsed.") from error
