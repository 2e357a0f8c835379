"""What serves nothing: functions so small that they say nothing of the author, unused or one like the other, modules
that are one like the other, and code on which nothing depends that the entry gives."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TypeGuard

from graders.source.module import Function, Module
from graders.source.needed import unneeded

#: What the grader itself calls.
CALLED = frozenset({"train", "evaluate", "predict", "main"})
#: A function of more nodes does something.
MOST_NODES = 25
#: More functions that differ in names and values only were made by the dozen.
MOST_ALIKE = 5
#: So many that nothing uses are leftovers; more are there to be counted.
MOST_SPARE = 3
#: More modules that differ in names and values only, from so many nodes on, were made of one.
MODULES_ALIKE, MODULE_NODES = 2, 150


def without(
    modules: Iterable[Module], entries: frozenset[str] = frozenset(), mentioned: Iterable[str] = ()
) -> tuple[Module, ...]:
    """The modules with their padding set aside: nothing in it earns anything.

    `entries` are the paths of those that keep the contract, so that it is known what is called from outside;
    `mentioned` are names that files beside them call.
    """
    given = tuple(modules)
    used = {name for module in given for name in _used(module)} | CALLED
    small = [node for module in given if not module.is_test for node in module.tree.body if _is_small(node)]
    alike = Counter(map(_shape, small))
    spare = [node for node in small if node.name not in used]
    useless = {id(node) for node in small if alike[_shape(node)] > MOST_ALIKE}
    useless |= {id(node) for node in spare} if len(spare) > MOST_SPARE else set()
    useless |= {id(node) for module in _made_of_one(given) for node in module.tree.body}
    found = unneeded(given, entries, mentioned) if entries else {}
    idle = {id(node) for nodes in found.values() for node in nodes}
    return tuple(_stripped(module, useless, idle) for module in given)


def _made_of_one(modules: Iterable[Module]) -> Iterator[Module]:
    """Of several modules of one shape all but the first."""
    shapes = {module.path: _shape(module.tree) for module in modules if not module.is_test}
    alike, seen = Counter(shapes.values()), set()
    for module in modules:
        shape = shapes.get(module.path, ())
        if len(shape) >= MODULE_NODES and alike[shape] > MODULES_ALIKE:
            if shape in seen:
                yield module
            seen.add(shape)


def _stripped(module: Module, useless: set[int], idle: set[int]) -> Module:
    mine = tuple(node for node in module.tree.body if id(node) in useless | idle)
    if not mine:
        return module
    gone = {id(inner) for node in mine for inner in ast.walk(node)}
    kept = tuple(node for node in module.nodes if id(node) not in gone)
    return replace(
        module,
        credited=kept,
        code_lines=module.code_lines - _lines(mine),
        padding=mine,
        idle=module.code_lines & _lines(node for node in mine if id(node) in idle),
    )


def _lines(nodes: Iterable[ast.stmt]) -> set[int]:
    return {n for node in nodes for n in range(_begins(node), (node.end_lineno or node.lineno) + 1)}


def _begins(node: ast.stmt) -> int:
    above = node.decorator_list if isinstance(node, Function | ast.ClassDef) else []
    return min([node.lineno, *(decorator.lineno for decorator in above)])


def _shape(node: ast.AST) -> tuple[str, ...]:
    """What is left of a function without its names and values."""
    body = node.body[-1] if isinstance(node, Function) else node
    return tuple(type(inner).__name__ for inner in ast.walk(body))


def _is_small(node: ast.AST) -> TypeGuard[Function]:
    """One undecorated statement beside the docstring, without a name of its own to look up."""
    if not isinstance(node, Function) or node.decorator_list or len(node.body) > 2:
        return False
    body = node.body[1:] if isinstance(node.body[0], ast.Expr) and len(node.body) == 2 else node.body
    return len(body) == 1 and sum(1 for _ in ast.walk(body[0])) <= MOST_NODES


def _used(module: Module) -> Iterator[str]:
    """Names that are looked up where something is done: in larger functions, what the grader calls, a main guard."""
    doing = (node for node in module.tree.body if not isinstance(node, ast.Assign | ast.AnnAssign))
    users = (node for node in doing if not _is_small(node) or node.name in CALLED)
    for node in (inner for user in users for inner in ast.walk(user)):
        if isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.Attribute):
            yield node.attr
