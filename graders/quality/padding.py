"""Functions that serve nothing: so small that they say nothing of the author, and used by nothing but their like."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, TypeGuard

if TYPE_CHECKING:
    from graders.quality.sources import Module

Function = ast.FunctionDef | ast.AsyncFunctionDef
#: What the grader itself calls.
CALLED = frozenset({"train", "evaluate", "predict", "main"})
#: A function of more nodes does something.
MOST_NODES = 25


def without(modules: Iterable[Module]) -> tuple[Module, ...]:
    """The modules with their padding set aside: its nodes and its lines count neither for nor against."""
    given = tuple(modules)
    used = {name for module in given for name in _used(module)} | CALLED
    return tuple(_stripped(module, used) for module in given)


def _stripped(module: Module, used: set[str]) -> Module:
    useless = tuple(node for node in module.tree.body if _is_small(node) and node.name not in used)
    if not useless or module.is_test:
        return module
    gone = {id(inner) for node in useless for inner in ast.walk(node)}
    lines = {n for node in useless for n in range(node.lineno, (node.end_lineno or node.lineno) + 1)}
    kept = tuple(node for node in module.nodes if id(node) not in gone)
    return replace(module, nodes=kept, code_lines=module.code_lines - lines, padding=useless)


def _is_small(node: ast.AST) -> TypeGuard[Function]:
    """One undecorated statement beside the docstring, without a name of its own to look up."""
    if not isinstance(node, Function) or node.decorator_list or len(node.body) > 2:
        return False
    body = node.body[1:] if isinstance(node.body[0], ast.Expr) and len(node.body) == 2 else node.body
    return len(body) == 1 and sum(1 for _ in ast.walk(body[0])) <= MOST_NODES


def _used(module: Module) -> Iterator[str]:
    """Names that anything but small functions looks up, imports or exports."""
    waiting: list[ast.AST] = [module.tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, ast.alias):
            yield node.name
        waiting += [child for child in ast.iter_child_nodes(node) if not (node is module.tree and _is_small(child))]
