"""What an expression gives."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from graders.leakage.static.machine import Machine, place, text
from graders.leakage.static.rows import Cut, How, Side
from graders.leakage.static.values import (
    UNKNOWN,
    Const,
    Data,
    Fit,
    Function,
    Kind,
    Mapping,
    Name,
    Scope,
    Sequence,
    Value,
    both,
    data_of,
    everything,
    join,
)


def evaluate(machine: Machine, node: ast.AST, scope: Scope) -> Value:
    machine.tick()
    handler = _HANDLERS.get(type(node))
    return handler(machine, node, scope) if handler else UNKNOWN


def _constant(machine: Machine, node: ast.Constant, scope: Scope) -> Value:
    return Const(node.value)


def _name(machine: Machine, node: ast.Name, scope: Scope) -> Value:
    inner: Scope | None = scope
    while inner is not None:
        if node.id in inner.names:
            return inner.names[node.id]
        inner = inner.parent
    return Name(node.id)


def _attribute(machine: Machine, node: ast.Attribute, scope: Scope) -> Value:
    from graders.leakage.static.attributes import attribute

    return attribute(machine, evaluate(machine, node.value, scope), node, scope)


def _call(machine: Machine, node: ast.Call, scope: Scope) -> Value:
    from graders.leakage.static.calls import call

    return call(machine, node, scope)


def _subscript(machine: Machine, node: ast.Subscript, scope: Scope) -> Value:
    from graders.leakage.static.subscripts import subscript

    return subscript(machine, node, scope)


def _sequence(machine: Machine, node: ast.List | ast.Tuple | ast.Set, scope: Scope) -> Value:
    items: list[Value] = []
    for element in node.elts[:200]:
        if isinstance(element, ast.Starred):
            inner = evaluate(machine, element.value, scope)
            items.extend(inner.items if isinstance(inner, Sequence) else [inner])
        else:
            items.append(evaluate(machine, element, scope))
    return Sequence(items)


def _dict(machine: Machine, node: ast.Dict, scope: Scope) -> Value:
    result = Mapping({})
    for key, value in list(zip(node.keys, node.values, strict=True))[:200]:
        held = evaluate(machine, value, scope)
        name = evaluate(machine, key, scope) if key is not None else UNKNOWN
        if key is None and isinstance(held, Mapping):
            result.items.update(held.items)
            result.rest = held.rest if result.rest is None else result.rest
        elif isinstance(name, Const):
            result.items[name.value] = held
        else:
            result.rest = held if result.rest is None else join(result.rest, held)
    return result


def _binary(machine: Machine, node: ast.BinOp, scope: Scope) -> Value:
    left, right = evaluate(machine, node.left, scope), evaluate(machine, node.right, scope)
    if isinstance(node.op, ast.BitOr) and isinstance(left, Mapping) and isinstance(right, Mapping):
        return Mapping({**left.items, **right.items}, left.rest if left.rest is not None else right.rest)
    if isinstance(left, Sequence) and isinstance(node.op, ast.Add | ast.Mult):
        return Sequence([*left.items, *(right.items if isinstance(right, Sequence) else [])][:200], left.open)
    if not isinstance(left, Data) and not isinstance(right, Data):
        return UNKNOWN
    a, b = data_of(left), data_of(right)
    if isinstance(node.op, ast.MatMult) and a.turned:
        return product(machine, a, b, node, scope)
    if isinstance(node.op, ast.BitAnd):
        return replace(combined(a, b), picks=a.picks | b.picks)
    if isinstance(node.op, ast.Sub) and a.column == b.column == "index":
        return index_without(a, b)
    return combined(a, b)


def index_without(a: Data, b: Data) -> Data:
    """The index of the rows of `a` that are not among those of `b`."""
    gone = b.picks - a.picks
    return replace(a, picks=a.picks | complement(gone)) if gone else combined(a, b)


def combined(a: Data, b: Data) -> Data:
    """Row by row computing: the rows of the first that has rows, and what both rest on."""
    result = both(a, b)
    return replace(
        result,
        rows=a.rows or b.rows,
        picks=frozenset(),
        target=a.target or b.target,
        column="",
        units=a.units or b.units,
        arrangement=a.arrangement or b.arrangement,
        columns=(),
    )


def product(machine: Machine, a: Data, b: Data, node: ast.AST, scope: Scope) -> Data:
    """A sum over rows, such as X.T @ y: coefficients of a model written by hand."""
    whole = everything(both(a, b))
    if not whole.rows:
        return whole
    fit = Fit(Kind.MODEL, whole.rows, text(node), place(node, scope))
    return Data(fits=whole.fits | {fit})


def _unary(machine: Machine, node: ast.UnaryOp, scope: Scope) -> Value:
    value = evaluate(machine, node.operand, scope)
    if isinstance(value, Const):
        return _unary_constant(node.op, value)
    if isinstance(value, Data) and isinstance(node.op, ast.Invert | ast.Not):
        return replace(value, picks=complement(value.picks))
    return value


def _unary_constant(op: ast.unaryop, value: Const) -> Value:
    if isinstance(op, ast.Not):
        return Const(not value.value)
    if isinstance(op, ast.USub) and isinstance(value.value, int | float):
        return Const(-value.value)
    return value


def complement(sides: frozenset[Side]) -> frozenset[Side]:
    """The other side of a mask; of a mask with several conditions, one new cut."""
    if len(sides) == 1:
        return frozenset((cut, 1 - side if side in (0, 1) else 0) for cut, side in sides)
    if not sides:
        return sides
    first = min(sides, key=lambda s: s[0].key)[0]
    key = " & ".join(sorted(f"{cut.key}:{side}" for cut, side in sides))[:400]
    return frozenset({(replace(first, key=f"not {key}"), 0)})


def _boolean(machine: Machine, node: ast.BoolOp, scope: Scope) -> Value:
    values = [evaluate(machine, value, scope) for value in node.values]
    if all(isinstance(value, Const) for value in values):
        truths = [bool(value.value) for value in values if isinstance(value, Const)]
        return Const(all(truths) if isinstance(node.op, ast.And) else any(truths))
    found: Value = UNKNOWN
    for value in values:
        found = join(value, found)
    return found


_SAMES = {
    ast.Lt: ("<", 0),
    ast.GtE: ("<", 1),
    ast.Gt: (">", 1),
    ast.LtE: (">", 0),
    ast.Eq: ("=", 1),
    ast.NotEq: ("=", 0),
}


def _compare(machine: Machine, node: ast.Compare, scope: Scope) -> Value:
    left = evaluate(machine, node.left, scope)
    right = evaluate(machine, node.comparators[0], scope)
    op = node.ops[0]
    if isinstance(op, ast.Is | ast.IsNot):
        return _identity(op, left, right)
    if isinstance(left, Const) and isinstance(right, Const) and isinstance(op, ast.Eq | ast.NotEq):
        return Const((left.value == right.value) is isinstance(op, ast.Eq))
    if isinstance(op, ast.In | ast.NotIn) or not (isinstance(left, Data) or isinstance(right, Data)):
        return UNKNOWN
    a, b = data_of(left), data_of(right)
    sign, side = _SAMES.get(type(op), ("?", 0))
    key = f"{text(node.left, 200)} {sign} {text(node.comparators[0], 200)}"
    cut = Cut(key, how_compared(machine, a, b), text(node), place(node, scope))
    return replace(combined(a, b), picks=frozenset({(cut, side)}))


def how_compared(machine: Machine, a: Data, b: Data) -> How:
    """What a condition on the two parts rows by."""
    for data in (a, b):
        if data.arrangement == "shuffled" and not data.rows:
            return How.RANDOM
        if data.column and data.column == machine.columns.time:
            return How.TIME
        if data.units or (data.column and data.column == machine.columns.group):
            return How.GROUP
    return How.OTHER


def _identity(op: ast.cmpop, left: Value, right: Value) -> Value:
    if not (isinstance(right, Const) and right.value is None) or isinstance(left, type(UNKNOWN)):
        return UNKNOWN
    is_none = isinstance(left, Const) and left.value is None
    return Const(is_none is isinstance(op, ast.Is))


def _choice(machine: Machine, node: ast.IfExp, scope: Scope) -> Value:
    test = evaluate(machine, node.test, scope)
    if isinstance(test, Const):
        return evaluate(machine, node.body if test.value else node.orelse, scope)
    return join(evaluate(machine, node.body, scope), evaluate(machine, node.orelse, scope))


def _comprehension(machine: Machine, node: Any, scope: Scope) -> Value:
    from graders.leakage.static.comprehensions import comprehension, dict_comprehension

    make = dict_comprehension if isinstance(node, ast.DictComp) else comprehension
    return make(machine, node, scope)


def _lambda(machine: Machine, node: ast.Lambda, scope: Scope) -> Value:
    return Function(node, scope)


def _inner(machine: Machine, node: Any, scope: Scope) -> Value:
    return evaluate(machine, node.value, scope) if node.value is not None else UNKNOWN


def _yield(machine: Machine, node: ast.Yield, scope: Scope) -> Value:
    if node.value is not None:
        scope.yields.append(evaluate(machine, node.value, scope))
    return UNKNOWN


def _yield_from(machine: Machine, node: ast.YieldFrom, scope: Scope) -> Value:
    from graders.leakage.static.containers import elements

    scope.yields.extend(elements(evaluate(machine, node.value, scope)))
    return UNKNOWN


def _walrus(machine: Machine, node: ast.NamedExpr, scope: Scope) -> Value:
    value = scope.names[node.target.id] = evaluate(machine, node.value, scope)
    return value


def _text(machine: Machine, node: ast.JoinedStr, scope: Scope) -> Value:
    for part in node.values:
        if isinstance(part, ast.FormattedValue):
            evaluate(machine, part.value, scope)
    return UNKNOWN


_HANDLERS: dict[type[ast.AST], Callable[[Machine, Any, Scope], Value]] = {
    ast.Constant: _constant,
    ast.Name: _name,
    ast.Attribute: _attribute,
    ast.Call: _call,
    ast.Subscript: _subscript,
    ast.List: _sequence,
    ast.Tuple: _sequence,
    ast.Set: _sequence,
    ast.Dict: _dict,
    ast.BinOp: _binary,
    ast.UnaryOp: _unary,
    ast.BoolOp: _boolean,
    ast.Compare: _compare,
    ast.IfExp: _choice,
    ast.ListComp: _comprehension,
    ast.SetComp: _comprehension,
    ast.GeneratorExp: _comprehension,
    ast.DictComp: _comprehension,
    ast.Lambda: _lambda,
    ast.Await: _inner,
    ast.Starred: _inner,
    ast.Yield: _yield,
    ast.YieldFrom: _yield_from,
    ast.NamedExpr: _walrus,
    ast.JoinedStr: _text,
}
