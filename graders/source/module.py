"""One file of the candidate's source as a syntax tree."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from graders.model.submission import Location, Source

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, eq=False)
class Module:
    """One parsed file; `code_lines` are the numbers of its lines that hold code (no blanks, comments, docstrings).

    `nodes` are all nodes of its tree, breadth first; `padding` are statements that serve nothing, and `credited` the
    nodes without theirs: a fault in padding is a fault, and nothing else in it counts.  `idle` are lines of padding on
    which nothing depends, whatever its form.  `has_cells` says that it is a
    notebook, or a script that is read and run cell by cell.
    """

    source: Source
    tree: ast.Module
    nodes: tuple[ast.AST, ...]
    credited: tuple[ast.AST, ...]
    code_lines: frozenset[int]
    is_test: bool
    padding: tuple[ast.stmt, ...] = ()
    idle: frozenset[int] = frozenset()
    has_cells: bool = False

    @property
    def path(self) -> str:
        return self.source.path

    def functions(self) -> Iterator[Function]:
        return iter(self._functions)

    def promised(self) -> Iterator[Function]:
        """Hollow functions that say what others give: abstract ones, overloads, those of protocols and bases."""
        return iter(self._promised)

    @cached_property
    def _functions(self) -> tuple[Function, ...]:
        return tuple(node for node in self.credited if isinstance(node, Function))

    @cached_property
    def _promised(self) -> tuple[Function, ...]:
        return tuple(function for node in self.nodes for function in _promises(node) if is_hollow(function))

    def where(self, node: ast.stmt | ast.expr | ast.excepthandler) -> Location:
        """A node's place in the candidate's own file."""
        return self.source.locate(node.lineno)


#: Decorators of what is to be filled in by others.
PROMISES = re.compile(r"abstract|overload")


def _promises(node: ast.AST) -> Iterator[Function]:
    """Functions that say what others have to give: abstract ones, overloads, those of protocols and of subclasses."""
    if isinstance(node, Function) and any(PROMISES.search(last(d)) for d in node.decorator_list):
        yield node
    elif isinstance(node, ast.ClassDef) and (node.bases or node.keywords):
        yield from (inner for inner in node.body if isinstance(inner, Function))


def last(node: ast.expr) -> str:
    """The name that an expression ends with, as `fit` of `model.fit`; empty where it ends with none."""
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def is_hollow(function: Function) -> bool:
    """Whether a function only returns nothing."""
    return all(says_nothing(statement) for statement in function.body)


def says_nothing(statement: ast.stmt) -> bool:
    if isinstance(statement, ast.Return | ast.Expr):
        return statement.value is None or isinstance(statement.value, ast.Constant)
    return isinstance(statement, ast.Pass)


def catches_all(handler: ast.ExceptHandler) -> bool:
    """Whether a handler takes every exception: bare, Exception, or BaseException, alone or among others."""
    kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return any(kind is None or getattr(kind, "id", "") in {"Exception", "BaseException"} for kind in kinds)
