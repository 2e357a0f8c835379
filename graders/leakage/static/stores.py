"""Assignments: to names, attributes, columns, items, and parts of a tuple."""

from __future__ import annotations

import ast
from dataclasses import replace

from graders.leakage.static.containers import item_at
from graders.leakage.static.expressions import evaluate
from graders.leakage.static.machine import Machine
from graders.leakage.static.subscripts import column_names
from graders.leakage.static.values import (
    Const,
    Data,
    Estimator,
    Instance,
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


def assign(machine: Machine, target: ast.expr, value: Value, scope: Scope) -> None:
    if isinstance(target, ast.Name):
        bind(target.id, value, scope)
    elif isinstance(target, ast.Starred):
        assign(machine, target.value, value, scope)
    elif isinstance(target, ast.Tuple | ast.List):
        for index, part in enumerate(target.elts):
            assign(machine, part, item_at(value, index, _labels(target), nested=_nested(target)), scope)
    elif isinstance(target, ast.Attribute):
        _store_attribute(machine, target, value, scope)
    elif isinstance(target, ast.Subscript):
        _store_item(machine, target, value, scope)


def _labels(target: ast.Tuple | ast.List) -> list[str]:
    return [part.id if isinstance(part, ast.Name) else "" for part in target.elts]


def _nested(target: ast.Tuple | ast.List) -> bool:
    return any(isinstance(part, ast.Tuple | ast.List) for part in target.elts)


def update(machine: Machine, target: ast.expr, value: Value, scope: Scope) -> None:
    """Put a changed object back where it was read from; the caller's name for it changes with it."""
    if isinstance(target, ast.Name):
        owner: Scope | None = scope
        while owner is not None and target.id not in owner.names:
            owner = owner.parent
        (owner or scope).names[target.id] = value
        scope.writes.add(target.id)
    elif isinstance(target, ast.Attribute | ast.Subscript):
        assign(machine, target, value, scope)


def _store_attribute(machine: Machine, target: ast.Attribute, value: Value, scope: Scope) -> None:
    base = evaluate(machine, target.value, scope)
    if isinstance(base, Instance):
        base.attributes[target.attr] = value
    elif isinstance(base, Data):
        if target.attr not in {"columns", "index", "name"}:
            update(machine, target.value, with_column(base, target.attr, data_of(value), machine), scope)
    elif isinstance(base, Estimator):
        base.options[target.attr] = value
    elif isinstance(base, Scope):
        base.names[target.attr] = value


def _store_item(machine: Machine, target: ast.Subscript, value: Value, scope: Scope) -> None:
    located = _whole(target.value)
    base = evaluate(machine, located, scope)
    if isinstance(base, Mapping):
        key = evaluate(machine, target.slice, scope)
        if isinstance(key, Const):
            base.items[key.value] = value
        else:
            base.rest = both(data_of(base.rest), data_of(value)) if base.rest is not None else value
    elif isinstance(base, Sequence):
        base.items.append(value)
    elif isinstance(base, Data | Unknown):
        _store_rows(machine, target, located, base, value, scope)


def _store_rows(
    machine: Machine, target: ast.Subscript, located: ast.expr, base: Value, value: Value, scope: Scope
) -> None:
    """`frame[...] = value`: a column where one is named, else something of every column."""
    held, new = data_of(base), data_of(value)
    evaluate(machine, target.slice, scope)
    names = column_names(machine, target.slice, scope)
    if not names:
        blended = both(held, new)
        changed = replace(blended, rows=held.rows or new.rows, columns=held.columns)
    else:
        changed = held
        partly = located is not target.value
        for name in names:
            old = dict(held.columns).get(name, Data()) if partly else Data()
            changed = with_column(changed, name, both(new, old), machine)
    update(machine, located, changed, scope)


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
