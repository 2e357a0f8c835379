"""Faults of the kind that code on data has: each operator looks at one node and says how to spoil it.

Operators for logic are those of mutation testing at large (Jia and Harman 2011); those for data are in
data_operators.py.  Every change keeps the lines of the module where they were.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from graders.mutation.text import Edit, Positioned
from graders.mutation.walk import Scope, called, owner


@dataclass(frozen=True, eq=False)
class Change:
    """`edits` spoil what `shown` says; both are of one module."""

    shown: Positioned
    edits: tuple[Edit, ...]


Operator = Callable[[ast.AST, Scope], Iterator[Change]]
Symbols = Mapping[type[ast.AST], tuple[str, str]]

NEGATED: Symbols = {
    ast.Lt: ("<", ">="),
    ast.LtE: ("<=", ">"),
    ast.Gt: (">", "<="),
    ast.GtE: (">=", "<"),
    ast.Eq: ("==", "!="),
    ast.NotEq: ("!=", "=="),
    ast.In: ("in", "not in"),
    ast.NotIn: ("not in", "in"),
    ast.Is: ("is", "is not"),
    ast.IsNot: ("is not", "is"),
}
MOVED: Symbols = {
    ast.Lt: ("<", "<="),
    ast.LtE: ("<=", "<"),
    ast.Gt: (">", ">="),
    ast.GtE: (">=", ">"),
}
SWAPPED: Symbols = {
    ast.Add: ("+", "-"),
    ast.Sub: ("-", "+"),
    ast.Mult: ("*", "/"),
    ast.Div: ("/", "*"),
    ast.FloorDiv: ("//", "*"),
    ast.Mod: ("%", "*"),
}
COMBINED: Symbols = {ast.BitAnd: ("&", "|"), ast.BitOr: ("|", "&")}
OTHER_AGGREGATE = {
    "min": "max",
    "max": "min",
    "mean": "sum",
    "sum": "mean",
    "median": "max",
    "std": "mean",
    "any": "all",
    "all": "any",
    "nanmean": "nansum",
    "argmax": "argmin",
    "argmin": "argmax",
}
#: Names of places in a file system, which are joined by what looks like a division.
PLACE = re.compile(r"path|dir|folder|file|root|home|here|parent", re.IGNORECASE)
BETWEEN = re.compile(rb"([\s)\\]*)([^\s()\\#]+(?:\s+[a-z]+)?)([\s(\\]*)")


def negated_comparison(node: ast.AST, scope: Scope) -> Iterator[Change]:
    """`a < b` becomes `a >= b`."""
    if isinstance(node, ast.Compare) and len(node.ops) == 1:
        yield from _symbol(node, node.left, node.comparators[0], NEGATED.get(type(node.ops[0])), scope)


def moved_boundary(node: ast.AST, scope: Scope) -> Iterator[Change]:
    """`a > 0` becomes `a >= 0`, where the bound is a whole number, or a value is held against a named constant."""
    if not isinstance(node, ast.Compare) or len(node.ops) > 1:
        return
    sides = (node.left, *node.comparators)
    if any(map(_is_whole, sides)) or (any(map(_is_constant, sides)) and all(map(_is_value, sides))):
        yield from _symbol(node, node.left, node.comparators[0], MOVED.get(type(node.ops[0])), scope)


def _is_whole(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and type(node.value) is int


def _is_value(node: ast.expr) -> bool:
    """Whether it is read and not computed: what is computed hardly ever lies on its bound."""
    return isinstance(node, ast.Name | ast.Attribute | ast.Subscript)


def _is_constant(node: ast.expr) -> bool:
    name = node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")
    return len(name) > 1 and name.isupper()


def negated_condition(node: ast.AST, scope: Scope) -> Iterator[Change]:
    """`if found:` becomes `if not found:`, `not x` and `~x` become `x`."""
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not | ast.Invert):
        start, _ = scope.text.span(node)
        yield Change(node, (Edit(start, scope.text.span(node.operand)[0], b"(" * _opened(node, scope)),))
    elif isinstance(node, ast.If | ast.IfExp) and isinstance(node.test, ast.Name | ast.Call | ast.Attribute):
        start, end = scope.text.span(node.test)
        yield Change(node.test, (Edit(start, start, b"(not "), Edit(end, end, b")")))


def _opened(node: ast.UnaryOp, scope: Scope) -> int:
    """How many parentheses stand between an operator and its operand; they stay."""
    return scope.text.data[scope.text.span(node)[0] : scope.text.span(node.operand)[0]].count(b"(")


def other_junction(node: ast.AST, scope: Scope) -> Iterator[Change]:
    """`a and b` becomes `a or b`; `mask & other` becomes `mask | other`."""
    if isinstance(node, ast.BoolOp):
        symbols = ("and", "or") if isinstance(node.op, ast.And) else ("or", "and")
        yield from _symbol(node, node.values[0], node.values[1], symbols, scope)
    elif isinstance(node, ast.BinOp) and (_is_condition(node.left) or _is_condition(node.right)):
        yield from _symbol(node, node.left, node.right, COMBINED.get(type(node.op)), scope)


def _is_condition(node: ast.expr) -> bool:
    """Whether it is true or false for each row: unlike a set or a dict, which have these operators too."""
    return isinstance(node, ast.Compare) or (isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Invert))


def swapped_arithmetic(node: ast.AST, scope: Scope) -> Iterator[Change]:
    """`a + b` becomes `a - b`, `a * b` becomes `a / b`; texts, lists and paths are left alone."""
    if isinstance(node, ast.BinOp) and not (_is_text(node.left) or _is_text(node.right) or _is_one(node.right)):
        yield from _symbol(node, node.left, node.right, SWAPPED.get(type(node.op)), scope)
    elif isinstance(node, ast.AugAssign) and not _is_text(node.value):
        symbols = SWAPPED.get(type(node.op))
        assigned = symbols and (f"{symbols[0]}=", f"{symbols[1]}=")
        yield from _symbol(node, node.target, node.value, assigned, scope)


def _is_text(node: ast.expr) -> bool:
    """Whether it is, or may well be, no number."""
    if isinstance(node, ast.BinOp):
        return _is_text(node.left) or _is_text(node.right)
    if isinstance(node, ast.Constant):
        return not isinstance(node.value, int | float)
    if isinstance(node, ast.Call) and called(node) in {"Path", "str", "list", "tuple", "join", "format", "sorted"}:
        return True
    name = node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")
    listed = (ast.JoinedStr, ast.List, ast.Tuple, ast.Dict, ast.Set, ast.ListComp, ast.GeneratorExp)
    return bool(PLACE.search(name)) or (name.isupper() and name.endswith("S")) or isinstance(node, listed)


def _is_one(node: ast.expr) -> bool:
    """Times one and by one are the same."""
    return isinstance(node, ast.Constant) and node.value == 1


def other_aggregate(node: ast.AST, scope: Scope) -> Iterator[Change]:
    """`x.min()` becomes `x.max()`, a mean becomes a sum."""
    if isinstance(node, ast.Call) and called(node) in OTHER_AGGREGATE:
        name = called(node)
        if isinstance(node.func, ast.Attribute) or name in {"min", "max", "any", "all"}:
            _, end = scope.text.span(node.func)
            yield Change(node, (Edit(end - len(name.encode()), end, OTHER_AGGREGATE[name].encode()),))


def off_by_one(node: ast.AST, scope: Scope) -> Iterator[Change]:
    """A bound of a slice, an index, a window or a range is one more, or the range one less."""
    if isinstance(node, ast.Subscript):
        yield from (Change(node, (edit,)) for edit in _moved_index(node.slice, scope))
    elif isinstance(node, ast.Call) and called(node) == "range" and not owner(node) and node.args:
        last = node.args[1] if len(node.args) > 1 else node.args[0]
        start, end = scope.text.span(last)
        yield Change(node, (Edit(start, start, b"("), Edit(end, end, b") - 1")))
    elif isinstance(node, ast.Call):
        yield from (Change(node, (edit,)) for value in _steps(node) for edit in _one_more(value, scope))


STEPPING = frozenset({"shift", "diff", "pct_change", "rolling", "head", "tail", "nlargest", "nsmallest", "roll"})
SPANS = frozenset({"days", "weeks", "months", "hours", "periods", "window", "lag", "lags"})


def _steps(call: ast.Call) -> Iterator[ast.expr]:
    """The arguments that count rows or days."""
    if called(call) in STEPPING and call.args:
        yield call.args[-1] if called(call) == "roll" else call.args[0]
    yield from (keyword.value for keyword in call.keywords if keyword.arg in SPANS)


def _moved_index(index: ast.expr, scope: Scope) -> Iterator[Edit]:
    if isinstance(index, ast.Tuple):
        for part in index.elts:
            yield from _moved_index(part, scope)
    elif isinstance(index, ast.Slice):
        for bound in (index.lower, index.upper):
            if bound is not None:
                yield from _one_more(bound, scope)
    elif isinstance(index, ast.Constant) and type(index.value) is int and index.value in (0, 1):
        yield scope.text.instead(index, str(1 - index.value).encode())
    elif not isinstance(index, ast.Name):  # which may well be the name of a column
        yield from _one_more(index, scope)


def _one_more(value: ast.expr, scope: Scope) -> Iterator[Edit]:
    """One further from zero: -1 becomes -2, 7 becomes 8, WINDOW becomes WINDOW + 1."""
    number = value.operand if isinstance(value, ast.UnaryOp) and isinstance(value.op, ast.USub) else value
    if isinstance(number, ast.Constant) and type(number.value) is int:
        yield scope.text.instead(number, str(number.value + 1).encode())
    elif isinstance(number, ast.Name) and number.id.isupper() and not number.id.endswith("S"):
        yield scope.text.instead(number, scope.text.of(number) + b" + 1")


def _symbol(
    shown: Positioned, left: ast.expr, right: ast.expr, symbols: tuple[str, str] | None, scope: Scope
) -> Iterator[Change]:
    """The operator between two operands replaced, where the text between them is the operator alone."""
    if symbols is None:
        return
    start, end = scope.text.span(left)[1], scope.text.span(right)[0]
    found = BETWEEN.fullmatch(scope.text.data[start:end])
    if found and b" ".join(found[2].split()) == symbols[0].encode():
        yield Change(shown, (Edit(start + found.start(2), start + found.end(2), symbols[1].encode()),))


LOGIC: Mapping[str, Operator] = {
    "negated comparison": negated_comparison,
    "moved boundary": moved_boundary,
    "negated condition": negated_condition,
    "other junction": other_junction,
    "swapped arithmetic": swapped_arithmetic,
    "another aggregate": other_aggregate,
    "off by one": off_by_one,
}
