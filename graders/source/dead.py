"""Code that does nothing: commented out, never reached, never called, or hollow."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import TypeGuard

from graders.model.submission import Location
from graders.source.faults import is_log_call
from graders.source.module import Function, Module, catches_all, is_hollow, says_nothing
from graders.source.padding import CALLED
from graders.source.shape import lines_in
from graders.source.sources import ENTRY, Sources, keeps_contract
from graders.source.syntax import parsed

COMMENT = re.compile(r"^\s*#+\s?(.*\S)\s*$")
#: Only what has such a mark can be code; most comments are prose and need no parser.
MARK = re.compile(r"[=(\[]|^(import|from|return|del)\b")
LONGEST = 200
ENDS = (ast.Return, ast.Raise, ast.Continue, ast.Break)


def commented_out(sources: Sources) -> list[Location]:
    """Comments that are statements of Python."""
    return [module.source.locate(line) for module in sources.product for line in _commented(module)]


def _commented(module: Module) -> Iterator[int]:
    for number, line in enumerate(module.source.text.decode("utf-8", "replace").split("\n"), 1):
        comment = COMMENT.match(line) if len(line) <= LONGEST else None
        if comment and MARK.search(comment.group(1)) and _is_statement(comment.group(1)):
            yield number


def _is_statement(text: str) -> bool:
    tree = parsed(text.rstrip(":") if text.endswith("::") else text)
    body = tree.body if tree else []
    return len(body) == 1 and (
        isinstance(body[0], ast.Assign | ast.AugAssign | ast.Import | ast.ImportFrom | ast.Return | ast.Delete)
        or (isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Call))
    )


def unreachable(sources: Sources) -> list[tuple[Module, ast.stmt]]:
    """The first statement of each block that stands behind a return, raise, continue or break."""
    return [(module, stmt) for module in sources.product for node in module.nodes for stmt in _behind(node)]


def _behind(node: ast.AST) -> Iterator[ast.stmt]:
    for block in (getattr(node, name, None) for name in ("body", "orelse", "finalbody")):
        if isinstance(block, list):
            ends = [n for n, statement in enumerate(block[:-1]) if isinstance(statement, ENDS)]
            yield from block[ends[0] + 1 : ends[0] + 2] if ends else ()


def never_called(sources: Sources) -> list[tuple[Module, Function]]:
    """Functions whose name occurs nowhere else, where it is known what is called from outside."""
    if not any(module.path == ENTRY and keeps_contract(module) for module in sources.product):
        return []
    used = {name for module in sources.modules for node in module.nodes for name in _looked_up(node)} | CALLED
    return [
        (module, node)
        for module in sources.product
        for node in module.tree.body
        if isinstance(node, Function) and node.name not in used and not node.decorator_list
    ]


def thrown_away(sources: Sources) -> list[tuple[Module, Function | ast.ClassDef]]:
    """Functions and classes of modules that mostly hold such whose value nobody reads, and that do nothing else."""
    mostly = (module for module in sources.product if len(module.idle) > len(module.code_lines))
    uncalled = {id(function) for _, function in never_called(sources)}
    units = ((module, node) for module in mostly for node in module.padding)
    return [(m, n) for m, n in units if isinstance(n, Function | ast.ClassDef) and id(n) not in uncalled]


def _looked_up(node: ast.AST, stored: bool = True) -> Iterator[str]:
    if isinstance(node, ast.Name) and (stored or isinstance(node.ctx, ast.Load)):
        yield node.id
    elif isinstance(node, ast.Attribute):
        yield node.attr
    elif isinstance(node, ast.alias):
        yield node.name
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value  # in __all__, or called by its name


def hollow_lines(sources: Sources) -> int:
    """Lines of functions that only return nothing: a stub, and not yet anybody's work."""
    promised = {id(f) for m in sources.product for f in m.promised()}
    hollow = ((m, f) for m in sources.product for f in m.functions() if is_hollow(f) and id(f) not in promised)
    hollow = ((m, f) for m, f in hollow if not _is_entered(f))
    return sum(lines_in(m, f) for m, f in hollow)


def _is_entered(function: Function) -> bool:
    """Whether a hollow function is what a library asks for: a group of commands, or a page that is one text."""
    said = [statement.value for statement in function.body if isinstance(statement, ast.Return | ast.Expr)]
    return bool(function.decorator_list) and any(getattr(value, "value", None) is not None for value in said)


def idle_lines(sources: Sources) -> int:
    """Lines that show nothing of the work: promises, empty classes, constants nobody reads, rituals of logging."""
    used = {name for module in sources.product for node in module.nodes for name in _looked_up(node, stored=False)}
    return sum(len(lines) for module in sources.product for lines in [_idle(module, used)])


def _idle(module: Module, used: set[str]) -> set[int]:
    idle = [*module.promised(), *(node for node in module.nodes if _is_ritual(node))]
    for node in module.tree.body:
        match node:
            case ast.ClassDef(bases=[]) if all(says_nothing(statement) for statement in node.body):
                idle.append(node)
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Constant()) if name not in used:
                idle.append(node)
    lines = {n for node in idle for n in range(node.lineno, (node.end_lineno or node.lineno) + 1)}
    return lines & module.code_lines


def _is_ritual(node: ast.AST) -> TypeGuard[ast.stmt | ast.ExceptHandler]:
    """A handler of everything, or a call of a log: what any function may be wrapped in."""
    if isinstance(node, ast.ExceptHandler):
        return catches_all(node)
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) and is_log_call(node.value)
