"""Which calls a label of tahh1/data-leakage-detection speaks of, for benchmarks.static.

Their csv names invocations of an intermediate form written for Python 3.8; it is made here by their own code, given
the two kinds of node that Python has dropped since.  Numbers may be shifted where their type inference, which is
not run, adds invocations: the nearest shift that lands on a fit and a use is taken, and reported.
"""

from __future__ import annotations

import ast
import contextlib
import io
import re
import sys
import types
from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

TRAINING = {"fit", "fit_generator"}
USING = {"predict", "score", "evaluate", "predict_proba", "predict_classes"}
MOST_SHIFT = 70


@dataclass(frozen=True)
class Call:
    line: int
    name: str
    column: int


class Index(ast.AST):
    _fields = ("value",)

    def __init__(self, value: Any = None, **_: Any) -> None:
        super().__init__()
        self.value = value


class ExtSlice(ast.AST):
    _fields = ("dims",)

    def __init__(self, dims: Any = None, **_: Any) -> None:
        super().__init__()
        self.dims = dims


class Older(ast.NodeTransformer):
    """Subscripts in the shape they had in Python 3.8."""

    def visit_Subscript(self, node: ast.Subscript) -> ast.AST:
        self.generic_visit(node)
        index: Any = node.slice
        if isinstance(index, ast.Tuple) and any(isinstance(e, ast.Slice) for e in index.elts):
            node.slice = ExtSlice([e if isinstance(e, ast.Slice) else Index(e) for e in index.elts])  # type: ignore[assignment]
        elif not isinstance(index, ast.Slice):
            node.slice = Index(index)  # type: ignore[assignment]
        return node


@cache
def their_modules(labelled: Path) -> tuple[Any, Any, Any]:
    ast.Index, ast.ExtSlice = Index, ExtSlice  # type: ignore[misc,assignment]
    sys.modules.setdefault("astunparse", types.ModuleType("astunparse"))
    sys.path.insert(0, str(labelled))
    from src import factgen, global_collector, irgen  # type: ignore[import-not-found]  # noqa: PLC0415

    return factgen, global_collector, irgen


def calls(labelled: Path, text: str) -> list[Call]:
    """Every invocation in their order."""
    factgen, collector, irgen = their_modules(labelled)
    log: list[Call] = []

    class Numbered(factgen.FactGenerator):  # type: ignore[misc,name-defined]
        line = 0

        def load_type_map(self, _: str) -> None:
            self.type_map: Any = defaultdict(lambda: ("", "Unknown"))

        def visit(self, node: ast.AST) -> Any:
            self.line = getattr(node, "lineno", self.line) if isinstance(node, ast.stmt) else self.line
            return super().visit(node)

        def visit_Call(self, node: ast.Call) -> Any:  # noqa: N802
            node.lineno = getattr(node, "lineno", self.line)
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            log.append(Call(self.line, name, getattr(node, "col_offset", -1)))
            return super().visit_Call(node)

    with contextlib.redirect_stdout(io.StringIO()):
        tree = Older().visit(ast.parse(text))
        tree = irgen.CodeTransformer(collector.GlobalCollector().visit(tree)).visit(tree)
        Numbered("").visit(tree)
    return log


def labelled_pair(labelled: Path, text: str, pair: str) -> tuple[Call, Call, int] | None:
    """The fitting and the use of a label such as `$invo14_$invo16_...`, and by how much its numbers are shifted."""
    trained, used = (int(number) for number in re.findall(r"invo(\d+)", pair)[:2])
    log = calls(labelled, text)
    for shift in sorted(range(-MOST_SHIFT, MOST_SHIFT), key=lambda s: (abs(s), s)):
        a, b = trained - shift, used - shift
        inside = 0 <= a < len(log) and 0 <= b < len(log)
        if inside and log[a].name in TRAINING and log[b].name in USING:
            return log[a], log[b], shift
    return None
