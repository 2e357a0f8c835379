"""Comprehensions: one turn for each known item, else one that stands for all."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

from graders.checks.leakage.static.containers import elements
from graders.checks.leakage.static.machine import Machine, Site, named, tell, text
from graders.checks.leakage.static.rows import Cut, How, Side
from graders.checks.leakage.static.stores import assign
from graders.checks.leakage.static.subscripts import narrowed
from graders.checks.leakage.static.values import UNKNOWN, Const, Data, Mapping, Scope, Sequence, Value, join


def comprehension(site: Site[Any]) -> Value:
    """A list, set or generator: one item for each known item, else one that stands for all."""
    found: list[Value] = []

    def take(inner: Scope) -> None:
        found.append(site.machine.evaluate(site.node.elt, inner))

    known = _generate(site.machine, site.node.generators, Scope(site.scope.path, parent=site.scope), take)
    return Sequence(found, open=not known)


def dict_comprehension(site: Site[ast.DictComp]) -> Value:
    result = Mapping({})

    def take(inner: Scope) -> None:
        key, value = (site.machine.evaluate(part, inner) for part in (site.node.key, site.node.value))
        if isinstance(key, Const):
            result.items[key.value] = value
        else:
            result.rest = value if result.rest is None else join(result.rest, value)

    _generate(site.machine, site.node.generators, Scope(site.scope.path, parent=site.scope), take)
    return result


def _sides(condition: Site[ast.expr]) -> list[Side]:
    """What each part of a condition leaves of the rows; one of which nothing is known leaves some."""
    node = condition.node
    if isinstance(node, ast.BoolOp) and isinstance(node.op, ast.And):
        return [side for part in node.values for side in _sides(condition.at(part))]
    held = condition.evaluate(node)
    if isinstance(held, Data) and held.picks:
        return list(held.picks)
    return [(Cut(f"if {condition.key(node)}", How.OTHER, text(node), condition.place, vague=True), 0)]


def _generate(
    machine: Machine, generators: list[ast.comprehension], scope: Scope, take: Callable[[Scope], None]
) -> bool:
    """Call `take` for every turn; True where the turns are the real ones."""
    if not generators:
        take(scope)
        return True
    first, rest = generators[0], generators[1:]
    source = machine.evaluate(first.iter, scope)
    values = elements(source)
    known = isinstance(source, Sequence | Mapping) and not getattr(source, "open", False)
    for turn, value in enumerate(values[:12]):
        assign(Site(machine, first.target, scope), value)
        for name in named(first.target) if known and len(values) > 1 else ():
            tell(scope, name, scope.names.get(name, UNKNOWN), f"turn {turn}")
        sides = [side for condition in first.ifs for side in _sides(Site(machine, condition, scope))]
        if sides and isinstance(value, Data) and value.rows:
            assign(Site(machine, first.target, scope), narrowed(value, frozenset(sides)))
        known = _generate(machine, rest, scope, take) and known and not first.ifs
    return known and len(values) <= 12
