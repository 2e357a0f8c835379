"""What an expression gives."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from graders.checks.leakage.static.clocks import When, together
from graders.checks.leakage.static.containers import any_of, elements
from graders.checks.leakage.static.machine import Machine, Site, text
from graders.checks.leakage.static.rows import NO_ROWS, Cut, How, Side
from graders.checks.leakage.static.selection import best_of
from graders.checks.leakage.static.values import (
    UNKNOWN,
    Const,
    Data,
    File,
    Fit,
    Function,
    Kind,
    Mapping,
    Name,
    Sequence,
    Value,
    both,
    data_of,
    everything,
    join,
)


def _constant(site: Site[ast.Constant]) -> Value:
    return Const(site.node.value)


def _name(site: Site[ast.Name]) -> Value:
    holder = site.scope.holder(site.node.id)
    return holder.names[site.node.id] if holder is not None else Name(site.node.id)


def _sequence(site: Site[ast.List | ast.Tuple | ast.Set]) -> Value:
    items: list[Value] = []
    for element in site.node.elts[:200]:
        if isinstance(element, ast.Starred):
            inner = site.evaluate(element.value)
            items.extend(inner.items if isinstance(inner, Sequence) else [inner])
        else:
            items.append(site.evaluate(element))
    return Sequence(items)


def _dict(site: Site[ast.Dict]) -> Value:
    result = Mapping({})
    for key, value in list(zip(site.node.keys, site.node.values, strict=True))[:200]:
        held = site.evaluate(value)
        name = site.evaluate(key) if key is not None else UNKNOWN
        if key is None and isinstance(held, Mapping):
            result.items.update(held.items)
            result.rest = held.rest if result.rest is None else result.rest
        elif isinstance(name, Const):
            result.items[name.value] = held
        else:
            result.rest = held if result.rest is None else join(result.rest, held)
    return result


def _binary(site: Site[ast.BinOp]) -> Value:
    left, right = site.evaluate(site.node.left), site.evaluate(site.node.right)
    if isinstance(site.node.op, ast.BitOr) and isinstance(left, Mapping) and isinstance(right, Mapping):
        return Mapping({**left.items, **right.items}, left.rest if left.rest is not None else right.rest)
    if isinstance(left, Sequence) and isinstance(site.node.op, ast.Add | ast.Mult):
        return Sequence([*left.items, *(right.items if isinstance(right, Sequence) else [])][:200], left.open)
    if isinstance(site.node.op, ast.Div) and isinstance(right, Const) and isinstance(right.value, str):
        return File(right.value.rpartition("/")[2])
    if not isinstance(left, Data) and not isinstance(right, Data):
        return UNKNOWN
    return _reckoned(data_of(left), data_of(right), site)


def _reckoned(a: Data, b: Data, site: Site[ast.BinOp]) -> Data:
    """What is reckoned of two operands, of which one at least holds rows."""
    if isinstance(site.node.op, ast.MatMult) and a.turned:
        return product(a, b, site)
    if isinstance(site.node.op, ast.BitAnd):
        return replace(combined(a, b), picks=a.picks | b.picks)
    if isinstance(site.node.op, ast.Sub):
        return index_without(a, b) if a.column == b.column == "index" else combined(less_own(a) if b.target else a, b)
    result = combined(a, b)
    return replace(result, when=When.ROUND) if isinstance(site.node.op, ast.Mod) and result.when else result


def index_without(a: Data, b: Data) -> Data:
    """The index of the rows of `a` that are not among those of `b`."""
    gone = b.picks - a.picks
    return replace(a, picks=a.picks | complement(gone)) if gone else combined(a, b)


def less_own(data: Data) -> Data:
    """What is left where each row's own label is taken off, or everything is moved on to a later row."""
    whole = everything(data)
    return replace(whole, fits=frozenset(fit for fit in whole.fits if fit.kind is not Kind.OWN))


def combined(a: Data, b: Data) -> Data:
    """Row by row computing: the rows of the first that has rows, and what both rest on.

    Answers that went into one number, such as a factor that corrects others, are no answers for these rows."""
    if a.predictions and b.predictions and a.single is not b.single:
        a, b = (replace(data, rows=NO_ROWS, predictions=frozenset()) if data.single else data for data in (a, b))
    result = both(_fitted_to(b, a), _fitted_to(a, b))
    return replace(
        result,
        rows=a.rows or b.rows,
        picks=frozenset(),
        target=a.target or b.target,
        column="",
        units=a.units or b.units,
        arrangement=a.arrangement or b.arrangement,
        when=together(*(data.when for data in (a, b) if data.rows)),
        columns=(),
    )


def _fitted_to(answers: Data, other: Data) -> Data:
    """A figure of labels and answers that goes into answers, as a factor that corrects them: it was chosen by it."""
    return best_of(other) if answers.predictions and other.judged and not other.predictions else other


def product(a: Data, b: Data, site: Site[ast.expr]) -> Data:
    """A sum over rows, such as X.T @ y: coefficients of a model written by hand."""
    whole = everything(both(a, b))
    if not whole.rows:
        return whole
    fit = Fit(Kind.MODEL, whole.rows, text(site.node), site.place)
    return Data(fits=whole.fits | {fit})


def _unary(site: Site[ast.UnaryOp]) -> Value:
    value = site.evaluate(site.node.operand)
    if isinstance(value, Const):
        return _unary_constant(site.node.op, value)
    if isinstance(value, Data) and isinstance(site.node.op, ast.Invert | ast.Not):
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


def _boolean(site: Site[ast.BoolOp]) -> Value:
    values = [site.evaluate(value) for value in site.node.values]
    if all(isinstance(value, Const) for value in values):
        truths = [bool(value.value) for value in values if isinstance(value, Const)]
        return Const(all(truths) if isinstance(site.node.op, ast.And) else any(truths))
    return any_of(values)


_SAMES = {
    ast.Lt: ("<", 0),
    ast.GtE: ("<", 1),
    ast.Gt: (">", 1),
    ast.LtE: (">", 0),
    ast.Eq: ("=", 1),
    ast.NotEq: ("=", 0),
}


def _compare(site: Site[ast.Compare]) -> Value:
    left = site.evaluate(site.node.left)
    right = site.evaluate(site.node.comparators[0])
    op = site.node.ops[0]
    if isinstance(op, ast.Is | ast.IsNot):
        return _identity(op, left, right)
    if isinstance(left, Const) and isinstance(right, Const) and isinstance(op, ast.Eq | ast.NotEq):
        return Const((left.value == right.value) is isinstance(op, ast.Eq))
    if isinstance(op, ast.In | ast.NotIn) or not (isinstance(left, Data) or isinstance(right, Data)):
        return UNKNOWN
    a, b = data_of(left), data_of(right)
    sign, side = _SAMES.get(type(op), ("?", 0))
    key = f"{written(left, site.at(site.node.left))} {sign} {written(right, site.at(site.node.comparators[0]))}"
    cut = Cut(key, how_compared(site.machine, a, b), text(site.node), site.place)
    return replace(combined(a, b), picks=frozenset({(cut, side)}))


def written(value: Value, site: Site[ast.expr]) -> str:
    """How a side of a condition is known: a constant by itself, whatever it is called, and all else by its words."""
    plain = isinstance(value, Const) and isinstance(value.value, str | int | float)
    return repr(value.value)[:200] if isinstance(value, Const) and plain else site.key(site.node)


def how_compared(machine: Machine, a: Data, b: Data) -> How:
    """What a condition on the two parts rows by."""
    for data in (a, b):
        if data.arrangement == "shuffled" and not data.rows:
            return How.RANDOM
        if data.when in (When.SPAN, When.YEAR) or (data.column and data.column == machine.columns.time):
            return How.TIME
        if data.units or (data.column and data.column == machine.columns.group):
            return How.GROUP
    return How.OTHER


def _identity(op: ast.cmpop, left: Value, right: Value) -> Value:
    if not (isinstance(right, Const) and right.value is None) or isinstance(left, type(UNKNOWN)):
        return UNKNOWN
    is_none = isinstance(left, Const) and left.value is None
    return Const(is_none is isinstance(op, ast.Is))


def _choice(site: Site[ast.IfExp]) -> Value:
    test = site.evaluate(site.node.test)
    if isinstance(test, Const):
        return site.evaluate(site.node.body if test.value else site.node.orelse)
    return join(site.evaluate(site.node.body), site.evaluate(site.node.orelse))


def _lambda(site: Site[ast.Lambda]) -> Value:
    return Function(site.node, site.scope)


def _inner(site: Site[Any]) -> Value:
    return site.evaluate(site.node.value) if site.node.value is not None else UNKNOWN


def _yield(site: Site[ast.Yield]) -> Value:
    if site.node.value is not None:
        site.scope.yields.append(site.evaluate(site.node.value))
    return UNKNOWN


def _yield_from(site: Site[ast.YieldFrom]) -> Value:
    site.scope.yields.extend(elements(site.evaluate(site.node.value)))
    return UNKNOWN


def _walrus(site: Site[ast.NamedExpr]) -> Value:
    value = site.scope.names[site.node.target.id] = site.evaluate(site.node.value)
    return value


def _text(site: Site[ast.JoinedStr]) -> Value:
    for part in site.node.values:
        if isinstance(part, ast.FormattedValue):
            site.evaluate(part.value)
    return UNKNOWN


EXPRESSIONS: dict[type[ast.AST], Callable[[Site[Any]], Value]] = {
    ast.Constant: _constant,
    ast.Name: _name,
    ast.List: _sequence,
    ast.Tuple: _sequence,
    ast.Set: _sequence,
    ast.Dict: _dict,
    ast.BinOp: _binary,
    ast.UnaryOp: _unary,
    ast.BoolOp: _boolean,
    ast.Compare: _compare,
    ast.IfExp: _choice,
    ast.Lambda: _lambda,
    ast.Await: _inner,
    ast.Starred: _inner,
    ast.Yield: _yield,
    ast.YieldFrom: _yield_from,
    ast.NamedExpr: _walrus,
    ast.JoinedStr: _text,
}
