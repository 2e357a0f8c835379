"""One file of the candidate's source as a syntax tree."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from graders.model.submission import Location, Source

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, eq=False)
class Module:
    """One parsed file; `code_lines` are the numbers of its lines that hold code (no blanks, comments, docstrings).

    `nodes` are all nodes of its tree, breadth first; `padding` are functions that serve nothing, and `credited` the
    nodes without theirs: a fault in padding is a fault, and nothing else in it counts.
    """

    source: Source
    tree: ast.Module
    nodes: tuple[ast.AST, ...]
    credited: tuple[ast.AST, ...]
    code_lines: frozenset[int]
    is_test: bool
    padding: tuple[ast.stmt, ...] = ()

    @property
    def path(self) -> str:
        return self.source.path

    def functions(self) -> Iterator[Function]:
        return (node for node in self.credited if isinstance(node, Function))

    def where(self, node: ast.stmt | ast.expr | ast.excepthandler) -> Location:
        """A node's place in the candidate's own file."""
        return self.source.locate(node.lineno)
