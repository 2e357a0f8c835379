"""Code that does nothing: commented out, never reached, never called, or hollow."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from graders.model.submission import Location
from graders.source.module import Function, Module
from graders.source.padding import CALLED
from graders.source.sources import ENTRY, Sources, keeps_contract

COMMENT = re.compile(r"^\s*#+\s?(.*\S)\s*$")
#: Only what has such a mark can be code; most comments are prose and need no parser.
MARK = re.compile(r"[=(\[]|^(import|from|return|del)\b")
LONGEST = 200
ENDS = (ast.Return, ast.Raise, ast.Continue, ast.Break)


def commented_out(found: Sources) -> list[Location]:
    """Comments that are statements of Python."""
    return [module.source.locate(line) for module in found.product for line in _commented(module)]


def _commented(module: Module) -> Iterator[int]:
    for number, line in enumerate(module.source.text.decode("utf-8", "replace").split("\n"), 1):
        comment = COMMENT.match(line) if len(line) <= LONGEST else None
        if comment and MARK.search(comment.group(1)) and _is_statement(comment.group(1)):
            yield number


def _is_statement(text: str) -> bool:
    try:
        body = ast.parse(text.rstrip(":") if text.endswith("::") else text).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return len(body) == 1 and (
        isinstance(body[0], ast.Assign | ast.AugAssign | ast.Import | ast.ImportFrom | ast.Return | ast.Delete)
        or (isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Call))
    )


def unreachable(found: Sources) -> list[tuple[Module, ast.stmt]]:
    """The first statement of each block that stands behind a return, raise, continue or break."""
    return [(module, stmt) for module in found.product for node in module.nodes for stmt in _behind(node)]


def _behind(node: ast.AST) -> Iterator[ast.stmt]:
    for block in (getattr(node, name, None) for name in ("body", "orelse", "finalbody")):
        if isinstance(block, list):
            ends = [n for n, statement in enumerate(block[:-1]) if isinstance(statement, ENDS)]
            yield from block[ends[0] + 1 : ends[0] + 2] if ends else ()


def never_called(found: Sources) -> list[tuple[Module, Function]]:
    """Functions whose name occurs nowhere else, where it is known what is called from outside."""
    if not any(module.path == ENTRY and keeps_contract(module) for module in found.product):
        return []
    used = {name for module in found.modules for node in module.nodes for name in _looked_up(node)} | CALLED
    return [
        (module, node)
        for module in found.product
        for node in module.tree.body
        if isinstance(node, Function) and node.name not in used and not node.decorator_list
    ]


def _looked_up(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Name):
        yield node.id
    elif isinstance(node, ast.Attribute):
        yield node.attr
    elif isinstance(node, ast.alias):
        yield node.name
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value  # in __all__, or called by its name


def hollow_lines(found: Sources) -> int:
    """Lines of functions that only return nothing: a stub, and not yet anybody's work."""
    hollow = ((m, f) for m in found.product for f in m.functions() if _is_hollow(f))
    return sum(sum(f.lineno <= n <= (f.end_lineno or f.lineno) for n in m.code_lines) for m, f in hollow)


def _is_hollow(function: Function) -> bool:
    return all(_says_nothing(statement) for statement in function.body)


def _says_nothing(statement: ast.stmt) -> bool:
    if isinstance(statement, ast.Return | ast.Expr):
        return statement.value is None or isinstance(statement.value, ast.Constant)
    return isinstance(statement, ast.Pass)
