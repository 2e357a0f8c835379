"""Data that stand in the code: long displays of nothing but constants."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from graders.source.module import Module

#: A shorter display is part of the sentence it stands in.
LEAST_VALUES = 8
PARTS = (ast.Constant, ast.Dict, ast.List, ast.Tuple, ast.Set, ast.UnaryOp, ast.USub, ast.Load)


def data(module: Module) -> Iterator[ast.expr]:
    """The outermost displays of at least LEAST_VALUES constants and nothing else."""
    inside: set[int] = set()
    for node in module.nodes:  # breadth first: a display comes before its parts
        if isinstance(node, ast.Dict | ast.List | ast.Tuple | ast.Set) and id(node) not in inside:
            parts = list(ast.walk(node))
            if all(isinstance(part, PARTS) for part in parts):
                inside |= {id(part) for part in parts}
                if sum(isinstance(part, ast.Constant) for part in parts) >= LEAST_VALUES:
                    yield node
