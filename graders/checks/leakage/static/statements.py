"""Walking statements in order; a loop's body is walked twice, branches are joined."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from graders.checks.leakage.static.containers import any_of, elements
from graders.checks.leakage.static.machine import Counting, Machine, Site, meant, named, tell
from graders.checks.leakage.static.selection import prefer
from graders.checks.leakage.static.stores import assign, bind, tallied
from graders.checks.leakage.static.turns import EVERY, put_again
from graders.checks.leakage.static.values import (
    UNKNOWN,
    Class,
    Const,
    Data,
    Function,
    Name,
    Scope,
    Sequence,
    Value,
    data_of,
    join,
)

MOST_TURNS = 8  # of a loop over items that are known one by one


def _expression(site: Site[ast.Expr]) -> None:
    site.evaluate(site.node.value)


def _assign(site: Site[ast.Assign]) -> None:
    value, words = site.evaluate(site.node.value), meant(site.scope, site.node.value)
    for target in site.node.targets:
        assign(site.at(target), value)
        for name in named(target) if words else ():
            tell(site.scope, name, site.scope.names.get(name, UNKNOWN), words)


def _annotated(site: Site[ast.AnnAssign]) -> None:
    if site.node.value is not None:
        assign(site.at(site.node.target), site.evaluate(site.node.value))


def _augmented(site: Site[ast.AugAssign]) -> None:
    if isinstance(site.node.target, ast.Subscript) and tallied(site.at(site.node.target), site):
        return
    if isinstance(site.node.value, ast.List) and _extended(site, site.node.value):
        return
    load = ast.copy_location(ast.BinOp(_loaded(site.node.target), site.node.op, site.node.value), site.node)
    assign(site.at(site.node.target), site.evaluate(load))


def _extended(site: Site[ast.AugAssign], added: ast.List) -> bool:
    """`parts += [rows]`, where another turn had put its rows there."""
    held = site.evaluate(_loaded(site.node.target))
    if not isinstance(held, Sequence) or len(added.elts) != 1 or not site.machine.around:
        return False
    value = site.evaluate(added.elts[0])
    if not put_again(held, value, added.elts[0], added, site):
        held.items.append(value)
    return True


def _loaded(target: ast.expr) -> ast.expr:
    """The same place, to be read."""
    if isinstance(target, ast.Name):
        return ast.copy_location(ast.Name(target.id, ast.Load()), target)
    return target


def _if(site: Site[ast.If]) -> bool:
    test = site.evaluate(site.node.test)
    if isinstance(test, Const):
        taken, passed = (site.node.body, site.node.orelse) if test.value else (site.node.orelse, site.node.body)
        site.machine.taken.update(map(id, taken))
        site.machine.passed.update(map(id, passed))
        return site.execute(taken)
    site.machine.taken.update(map(id, site.node.body + site.node.orelse))
    before = dict(site.scope.names)
    site.machine.choosing += 1
    ended = site.execute(site.node.body)
    if isinstance(test, Data) and test.judged and site.machine.loops:
        prefer(site.node.body, test, site.scope)
    after = site.scope.names
    site.scope.names = before
    other_ended = site.execute(site.node.orelse)
    site.machine.choosing -= 0 if isinstance(site.node.body[-1], ast.Continue) else 1  # what follows depends on it too
    if other_ended or not ended:
        site.scope.names = after if other_ended else _joined(after, site.scope.names)
    return ended and other_ended


def _joined(a: dict[str, Value], b: dict[str, Value]) -> dict[str, Value]:
    return {
        **a,
        **{name: join(a[name], value) if name in a else value for name, value in b.items() if a.get(name) is not value},
    }


def _for(site: Site[ast.For | ast.AsyncFor]) -> None:
    values = elements(site.evaluate(site.node.iter))
    turns = values if 1 < len(values) <= MOST_TURNS else [any_of(values)] * (1 if site.machine.loops > 1 else 2)
    known, around = turns is values, site.machine.around
    with _looping(site.machine), _counting(site, values) as counting:
        for turn, value in enumerate(turns):
            site.machine.around = (*around, (site.node, turn if known else EVERY))
            assign(site.at(site.node.target), value)
            for name in named(site.node.target):
                tell(site.scope, name, site.scope.names.get(name, UNKNOWN))
            site.machine.turning.update(dict.fromkeys(named(site.node.target), site.place))
            site.execute(site.node.body)
            if counting is not None:
                counting.turned()
    site.execute(site.node.orelse)


def _while(site: Site[ast.While]) -> None:
    site.evaluate(site.node.test)
    around = site.machine.around
    with _looping(site.machine):
        site.machine.around = (*around, (site.node, EVERY))
        for _ in range(1 if site.machine.loops > 2 else 2):
            site.execute(site.node.body)
    site.execute(site.node.orelse)


@contextmanager
def _looping(machine: Machine) -> Iterator[None]:
    before, around = machine.choosing, machine.around
    machine.loops += 1
    try:
        yield
    finally:
        machine.loops, machine.choosing, machine.around = machine.loops - 1, before, around


@contextmanager
def _counting(site: Site[ast.For | ast.AsyncFor], values: list[Value]) -> Iterator[Counting | None]:
    """The outermost loop over rows: what it counts is put where it is kept once the loop is over."""
    machine = site.machine
    if machine.counting is not None or not any(data_of(value).rows for value in values):
        yield None
        return
    machine.counting = counting = Counting(frozenset(named(site.node.target)))
    try:
        yield counting
    finally:
        machine.counting = None
    for count in counting.at_end:
        count()


def _with(site: Site[ast.With | ast.AsyncWith]) -> bool:
    for item in site.node.items:
        value = site.evaluate(item.context_expr)
        if item.optional_vars is not None:
            assign(site.at(item.optional_vars), value)
    return site.execute(site.node.body)


def _try(site: Site[Any]) -> bool:
    ended = site.execute(site.node.body)
    for handler in site.node.handlers:
        kept = dict(site.scope.names)
        site.execute(handler.body)
        site.scope.names = _joined(kept, site.scope.names)
    ended = site.execute(site.node.orelse) or ended
    return site.execute(site.node.finalbody) or (ended and not site.node.handlers)


def _match(site: Site[ast.Match]) -> bool:
    subject, cases = site.evaluate(site.node.subject), site.node.cases
    values = [_constants(case) for case in cases]
    if isinstance(subject, Const) and None not in values:
        met = (c for c, of in zip(cases, values, strict=True) if not of or subject.value in of)
        return any(site.execute(case.body) for case in [*met][:1])
    for case in cases:
        kept = dict(site.scope.names)
        site.execute(case.body)
        site.scope.names = _joined(kept, site.scope.names)
    return False


def _constants(case: ast.match_case) -> list[object] | None:
    """What a case is for: nothing where it is for whatever is left, None where it is more than constants."""
    patterns = case.pattern.patterns if isinstance(case.pattern, ast.MatchOr) else [case.pattern]
    if case.guard is None and isinstance(case.pattern, ast.MatchAs) and case.pattern.pattern is None:
        return []
    values: list[object] = [
        p.value.value for p in patterns if isinstance(p, ast.MatchValue) and isinstance(p.value, ast.Constant)
    ]
    return values if case.guard is None and len(values) == len(patterns) else None


def _return(site: Site[ast.Return]) -> bool:
    if site.node.value is not None:
        site.scope.returns.append(site.evaluate(site.node.value))
    return True


def _stop(site: Site[ast.stmt]) -> bool:
    return True


def _function(site: Site[ast.FunctionDef | ast.AsyncFunctionDef]) -> None:
    bind(site.node.name, Function(site.node, site.scope), site.scope)


def _class(site: Site[ast.ClassDef]) -> None:
    inner = Scope(site.scope.path, parent=site.scope)
    for base in site.node.bases:
        inherited = site.evaluate(base)
        if isinstance(inherited, Class):
            inner.names.update(inherited.members)
    site.machine.execute(site.node.body, inner)
    bind(site.node.name, Class(site.node, site.scope, inner.names), site.scope)


def _import(site: Site[ast.Import]) -> None:
    for alias in site.node.names:
        own = site.machine.module(alias.name if alias.asname else alias.name.partition(".")[0])
        shown = alias.asname or alias.name.partition(".")[0]
        bind(shown, own or Name(alias.name if alias.asname else shown), site.scope)


def _import_from(site: Site[ast.ImportFrom]) -> None:
    source = _absolute(site)
    own = site.machine.module(source)
    for alias in site.node.names:
        if alias.name == "*":
            site.scope.names.update(own.names if own else {})
            continue
        child = site.machine.module(f"{source}.{alias.name}".lstrip("."))
        found = own.names.get(alias.name) if own else None
        bind(alias.asname or alias.name, found or child or Name(f"{source}.{alias.name}"), site.scope)


def _absolute(site: Site[ast.ImportFrom]) -> str:
    """The dotted name of the module imported from."""
    if not site.node.level:
        return site.node.module or ""
    folders = site.scope.path.split("/")[: -site.node.level]
    return ".".join([*folders, *([site.node.module] if site.node.module else [])])


def _shared(site: Site[ast.Global | ast.Nonlocal]) -> None:
    site.scope.shared.update(site.node.names)


def _delete(site: Site[ast.Delete]) -> None:
    for target in site.node.targets:
        if isinstance(target, ast.Subscript):
            assign(site.at(target), Data())


STATEMENTS: dict[type[ast.AST], Callable[[Site[Any]], bool | None]] = {
    ast.Expr: _expression,
    ast.Assign: _assign,
    ast.AnnAssign: _annotated,
    ast.AugAssign: _augmented,
    ast.If: _if,
    ast.For: _for,
    ast.AsyncFor: _for,
    ast.While: _while,
    ast.With: _with,
    ast.AsyncWith: _with,
    ast.Try: _try,
    ast.TryStar: _try,
    ast.Match: _match,
    ast.Return: _return,
    ast.Raise: _stop,
    ast.Break: _stop,
    ast.Continue: _stop,
    ast.FunctionDef: _function,
    ast.AsyncFunctionDef: _function,
    ast.ClassDef: _class,
    ast.Import: _import,
    ast.ImportFrom: _import_from,
    ast.Global: _shared,
    ast.Nonlocal: _shared,
    ast.Delete: _delete,
}
