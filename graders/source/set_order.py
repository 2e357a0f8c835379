"""Where code takes an order from a set, or a number from a hash: both are others in every process."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from graders.model.submission import Location
from graders.source.module import Module

#: What keeps the order of what it is given.
KEEPING = frozenset(
    {"list", "tuple", "enumerate", "iter", "zip", "map", "join", "array", "asarray", "Index", "Series", "DataFrame"}
)
KEEPING |= frozenset({"fromkeys", "concat", "reindex", "ColumnTransformer", "next", "extend", "chain", "dict"})
COMBINING = frozenset({"union", "intersection", "difference", "symmetric_difference", "copy"})
SET_OPERATORS = (ast.BitOr, ast.BitAnd, ast.BitXor, ast.Sub)


def places(modules: Iterable[Module]) -> Iterator[Location]:
    """Lines at which the order of a set, or a hash, becomes part of a result."""
    for module in modules:
        sets = _named(module)
        for node in module.nodes:
            if isinstance(node, ast.expr | ast.stmt) and any(_is_set(taken, sets) for taken in _ordered(node)):
                yield module.where(node)


def _ordered(node: ast.AST) -> Iterator[ast.expr]:
    """What this node goes through, or takes over, in the order in which it comes."""
    if isinstance(node, ast.For):
        yield node.iter
    elif isinstance(node, ast.ListComp | ast.DictComp | ast.GeneratorExp):
        yield from (part.iter for part in node.generators)
    elif isinstance(node, ast.Starred):
        yield node.value
    elif isinstance(node, ast.Call):
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if name in KEEPING:
            yield from node.args
        elif name == "hash":
            yield node
        elif name == "pop" and not node.args and isinstance(node.func, ast.Attribute):
            yield node.func.value


def _named(module: Module) -> frozenset[str]:
    """Names that stand for a set wherever they are bound."""
    bound: dict[str, list[ast.expr | None]] = {}
    for node in module.nodes:
        if isinstance(node, ast.Assign | ast.AnnAssign):
            for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
                if isinstance(target, ast.Name):
                    bound.setdefault(target.id, []).append(node.value)
    known: frozenset[str] = frozenset()
    for _ in range(3):  # a set made of sets made of sets
        known = frozenset(
            name
            for name, values in bound.items()
            if any(value and _is_set(value, known) for value in values)
            and all(value and _is_set(value, known | {name}) for value in values)
        )
    return known


def _is_set(node: ast.expr, named: frozenset[str]) -> bool:
    """Whether an expression is a set, or a hash."""
    if isinstance(node, ast.Set | ast.SetComp):
        return True
    if isinstance(node, ast.Name):
        return node.id in named
    if isinstance(node, ast.BinOp) and isinstance(node.op, SET_OPERATORS):
        return any(_is_set(side, named) or _is_keys(side) for side in (node.left, node.right))
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        return node.func.id in ("set", "frozenset", "hash")
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in COMBINING
        and _is_set(node.func.value, named)
    )


def _is_keys(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "keys"
