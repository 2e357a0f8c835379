"""Assignments: to names, attributes, columns, items, and parts of a tuple."""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import Any

from graders.checks.leakage.static.containers import item_at
from graders.checks.leakage.static.machine import Machine, Site, named, text
from graders.checks.leakage.static.rows import NO_ROWS
from graders.checks.leakage.static.subscripts import column_names
from graders.checks.leakage.static.values import (
    Class,
    Const,
    Data,
    Estimator,
    Fit,
    Instance,
    Kind,
    Mapping,
    Scope,
    Sequence,
    Unknown,
    Value,
    both,
    data_of,
    everything,
)


def bind(name: str, value: Value, scope: Scope) -> None:
    """Give a name a value, in an outer scope where it was declared so."""
    if name in scope.shared:
        scope.top.names[name] = value
    else:
        scope.names[name] = value
        scope.writes.discard(name)
        scope.given.pop(name, None)


def assign(target: Site[Any], value: Value) -> None:
    """Put a value where `target` says."""
    node = target.node
    if isinstance(node, ast.Name):
        bind(node.id, value, target.scope)
    elif isinstance(node, ast.Starred):
        assign(target.at(node.value), value)
    elif isinstance(node, ast.Tuple | ast.List):
        for index, part in enumerate(node.elts):
            assign(target.at(part), item_at(value, index, _labels(node), nested=_nested(node)))
    elif isinstance(node, ast.Attribute):
        _store_attribute(target, value)
    elif isinstance(node, ast.Subscript):
        _store_item(target, value)


def _labels(target: ast.Tuple | ast.List) -> list[str]:
    return [part.id if isinstance(part, ast.Name) else "" for part in target.elts]


def _nested(target: ast.Tuple | ast.List) -> bool:
    return any(isinstance(part, ast.Tuple | ast.List) for part in target.elts)


def update(target: Site[Any], value: Value) -> None:
    """Put a changed object back where it was read from; the caller's name for it changes with it."""
    node, scope = target.node, target.scope
    if isinstance(node, ast.Name):
        (scope.holder(node.id) or scope).names[node.id] = value
        scope.writes.add(node.id)
    elif isinstance(node, ast.Attribute | ast.Subscript):
        assign(target, value)


def _store_attribute(target: Site[ast.Attribute], value: Value) -> None:
    name = target.node.attr
    base = target.evaluate(target.node.value)
    if isinstance(base, Instance):
        base.attributes[name] = value
    elif isinstance(base, Class):
        base.members[name] = value
    elif isinstance(base, Data):
        if name not in {"columns", "index", "name"}:
            update(target.at(target.node.value), with_column(base, name, data_of(value), target.machine))
    elif isinstance(base, Estimator):
        base.options[name] = value
    elif isinstance(base, Scope):
        base.names[name] = value


def _store_item(target: Site[ast.Subscript], value: Value) -> None:
    located = _whole(target.node.value)
    base = target.evaluate(located)
    if isinstance(base, Mapping):
        key = target.evaluate(target.node.slice)
        if isinstance(key, Const):
            base.items[key.value] = value
        else:
            base.rest = both(data_of(base.rest), data_of(value)) if base.rest is not None else value
    elif isinstance(base, Sequence):
        base.items.append(value)
    elif isinstance(base, Data | Unknown):
        update(target.at(located), _with_rows(target, data_of(base), data_of(value)))


def _with_rows(target: Site[ast.Subscript], held: Data, new: Data) -> Data:
    """`frame[...] = value`: a column where one is named, else something of every column."""
    target.evaluate(target.node.slice)
    names = column_names(target.at(target.node.slice))
    if not names:
        return replace(both(held, new), rows=held.rows or new.rows, columns=held.columns)
    changed = held
    partly = _whole(target.node.value) is not target.node.value
    for name in names:
        old = dict(held.columns).get(name, Data()) if partly else Data()
        changed = with_column(changed, name, both(new, old), target.machine)
    return changed


def tallied(target: Site[ast.Subscript], site: Site[ast.AugAssign]) -> bool:
    """`counts[row.key] += 1`, row by row: a statistic of these rows, kept by the object that counts.

    What is read of it while its loop still turns is of the rows before: what it counted is known at the end.
    False where it is none: what is counted into holds rows itself, or is looked up by positions."""
    node: ast.expr = target.node
    keys: list[Data] = []
    while isinstance(node, ast.Subscript):
        keys.append(everything(data_of(target.evaluate(node.slice))))
        node = node.value
    base, added = target.evaluate(node), everything(data_of(target.evaluate(site.node.value)))
    rows = next((key.rows for key in keys if key.rows and not key.picks and key.column != "index"), NO_ROWS)
    answers = any(data.predictions or data.judged for data in (*keys, added))
    if not rows or answers or not isinstance(base, Data | Unknown | Mapping) or (isinstance(base, Data) and base.rows):
        return False
    kind = Kind.TARGET if any(data.target for data in (*keys, added)) else Kind.FIT
    learned = Fit(kind, rows, text(site.node), site.place, next(key.name for key in keys if key.rows))
    tally = Data(fits=frozenset({learned}).union(added.fits, *(key.fits for key in keys)))
    _count(target.at(node), base, tally, learned, site)
    return True


def _count(counts: Site[ast.expr], base: Value, tally: Data, learned: Fit, site: Site[ast.AugAssign]) -> None:
    counting = site.machine.counting
    if counting is None:
        _put(counts, tally)
        return
    counting.at_end.append(lambda: _put(counts, tally))
    if learned.kind is Kind.TARGET and counting.turning & {*named(site.node)}:
        before = base.rest if isinstance(base, Mapping) else base
        counting.after_turn.append(lambda: _put(counts, before, anew=True))
        _put(counts, Data(fits=frozenset({replace(learned, kind=Kind.OWN)})))


def _put(counts: Site[ast.expr], tally: Value | None, anew: bool = False) -> None:
    """Put a tally beside what is counted there, or in its place."""
    held = counts.evaluate(counts.node)
    before = held.rest if isinstance(held, Mapping) else held
    if not anew and before is not None and tally is not None:
        tally = both(data_of(before), data_of(tally))
    if isinstance(held, Mapping):
        held.rest = tally
    elif tally is not None:
        update(counts, tally)


def _whole(node: ast.expr) -> ast.expr:
    """`frame` of `frame.loc`."""
    if isinstance(node, ast.Attribute) and node.attr in {"loc", "iloc", "at", "iat", "ix", "values"}:
        return node.value
    return node


def with_column(data: Data, name: str, value: Data, machine: Machine) -> Data:
    """The frame with one column (anew)."""
    flat = everything(value)
    column = replace(flat, rows=data.rows or flat.rows, column=name, target=name == machine.columns.target)
    others = tuple((n, c) for n, c in data.columns if n != name)[-60:]
    return replace(data, rows=data.rows or flat.rows, columns=(*others, (name, column)))
