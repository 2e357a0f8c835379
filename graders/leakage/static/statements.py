"""Walking statements in order; a loop's body is walked twice, branches are joined."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from collections.abc import Sequence as Items
from contextlib import contextmanager
from typing import Any

from graders.leakage.static.containers import elements
from graders.leakage.static.expressions import evaluate
from graders.leakage.static.machine import Machine, place
from graders.leakage.static.selection import prefer
from graders.leakage.static.stores import assign, bind
from graders.leakage.static.values import UNKNOWN, Class, Const, Data, Function, Name, Scope, Value, join

MOST_TURNS = 8  # of a loop over items that are known one by one


def run_body(machine: Machine, body: Items[ast.stmt], scope: Scope) -> bool:
    """Walk statements; True where the end of the body is not reached."""
    for statement in body:
        machine.tick()
        if run(machine, statement, scope):
            return True
    return False


def run(machine: Machine, statement: ast.stmt, scope: Scope) -> bool:
    handler = _HANDLERS.get(type(statement))
    return bool(handler(machine, statement, scope)) if handler else False


def _expression(machine: Machine, node: ast.Expr, scope: Scope) -> None:
    evaluate(machine, node.value, scope)


def _assign(machine: Machine, node: ast.Assign, scope: Scope) -> None:
    value = evaluate(machine, node.value, scope)
    for target in node.targets:
        assign(machine, target, value, scope)


def _annotated(machine: Machine, node: ast.AnnAssign, scope: Scope) -> None:
    if node.value is not None:
        assign(machine, node.target, evaluate(machine, node.value, scope), scope)


def _augmented(machine: Machine, node: ast.AugAssign, scope: Scope) -> None:
    load = ast.copy_location(ast.BinOp(_loaded(node.target), node.op, node.value), node)
    assign(machine, node.target, evaluate(machine, load, scope), scope)


def _loaded(target: ast.expr) -> ast.expr:
    """The same place, to be read."""
    if isinstance(target, ast.Name):
        return ast.copy_location(ast.Name(target.id, ast.Load()), target)
    return target


def _if(machine: Machine, node: ast.If, scope: Scope) -> bool:
    test = evaluate(machine, node.test, scope)
    if isinstance(test, Const):
        return run_body(machine, node.body if test.value else node.orelse, scope)
    before = dict(scope.names)
    ended = run_body(machine, node.body, scope)
    if isinstance(test, Data) and test.judged and machine.loops:
        prefer(node.body, test, scope)
    after = scope.names
    scope.names = before
    other_ended = run_body(machine, node.orelse, scope)
    if other_ended or not ended:
        scope.names = after if other_ended else _joined(after, scope.names)
    return ended and other_ended


def _joined(a: dict[str, Value], b: dict[str, Value]) -> dict[str, Value]:
    return {
        **a,
        **{name: join(a[name], value) if name in a else value for name, value in b.items() if a.get(name) is not value},
    }


def _for(machine: Machine, node: ast.For | ast.AsyncFor, scope: Scope) -> None:
    values = elements(evaluate(machine, node.iter, scope))
    turns = values if 1 < len(values) <= MOST_TURNS else [_any(values)] * (1 if machine.loops > 1 else 2)
    with _looping(machine):
        for value in turns:
            assign(machine, node.target, value, scope)
            machine.turning.update(dict.fromkeys(_named(node.target), place(node, scope)))
            run_body(machine, node.body, scope)
    run_body(machine, node.orelse, scope)


def _named(target: ast.expr) -> list[str]:
    return [n.id for n in ast.walk(target) if isinstance(n, ast.Name)]


def _any(values: Items[Value]) -> Value:
    result: Value = UNKNOWN
    for value in values:
        result = join(value, result)
    return result


def _while(machine: Machine, node: ast.While, scope: Scope) -> None:
    evaluate(machine, node.test, scope)
    with _looping(machine):
        for _ in range(1 if machine.loops > 2 else 2):
            run_body(machine, node.body, scope)
    run_body(machine, node.orelse, scope)


@contextmanager
def _looping(machine: Machine) -> Iterator[None]:
    machine.loops += 1
    try:
        yield
    finally:
        machine.loops -= 1


def _with(machine: Machine, node: ast.With | ast.AsyncWith, scope: Scope) -> bool:
    for item in node.items:
        value = evaluate(machine, item.context_expr, scope)
        if item.optional_vars is not None:
            assign(machine, item.optional_vars, value, scope)
    return run_body(machine, node.body, scope)


def _try(machine: Machine, node: Any, scope: Scope) -> bool:
    ended = run_body(machine, node.body, scope)
    for handler in node.handlers:
        kept = dict(scope.names)
        run_body(machine, handler.body, scope)
        scope.names = _joined(kept, scope.names)
    ended = run_body(machine, node.orelse, scope) or ended
    return run_body(machine, node.finalbody, scope) or (ended and not node.handlers)


def _match(machine: Machine, node: ast.Match, scope: Scope) -> None:
    evaluate(machine, node.subject, scope)
    for case in node.cases:
        kept = dict(scope.names)
        run_body(machine, case.body, scope)
        scope.names = _joined(kept, scope.names)


def _return(machine: Machine, node: ast.Return, scope: Scope) -> bool:
    if node.value is not None:
        scope.returns.append(evaluate(machine, node.value, scope))
    return True


def _stop(machine: Machine, node: ast.stmt, scope: Scope) -> bool:
    return True


def _function(machine: Machine, node: ast.FunctionDef | ast.AsyncFunctionDef, scope: Scope) -> None:
    bind(node.name, Function(node, scope), scope)


def _class(machine: Machine, node: ast.ClassDef, scope: Scope) -> None:
    inner = Scope(scope.path, parent=scope)
    for base in node.bases:
        inherited = evaluate(machine, base, scope)
        if isinstance(inherited, Class):
            inner.names.update(inherited.members)
    run_body(machine, node.body, inner)
    bind(node.name, Class(node, scope, inner.names), scope)


def _import(machine: Machine, node: ast.Import, scope: Scope) -> None:
    for alias in node.names:
        own = machine.module(alias.name if alias.asname else alias.name.partition(".")[0])
        shown = alias.asname or alias.name.partition(".")[0]
        bind(shown, own or Name(alias.name if alias.asname else shown), scope)


def _import_from(machine: Machine, node: ast.ImportFrom, scope: Scope) -> None:
    source = _absolute(node, scope)
    own = machine.module(source)
    for alias in node.names:
        if alias.name == "*":
            scope.names.update(own.names if own else {})
            continue
        child = machine.module(f"{source}.{alias.name}".lstrip("."))
        found = own.names.get(alias.name) if own else None
        bind(alias.asname or alias.name, found or child or Name(f"{source}.{alias.name}"), scope)


def _absolute(node: ast.ImportFrom, scope: Scope) -> str:
    """The dotted name of the module imported from."""
    if not node.level:
        return node.module or ""
    folders = scope.path.split("/")[: -node.level]
    return ".".join([*folders, *([node.module] if node.module else [])])


def _shared(machine: Machine, node: ast.Global | ast.Nonlocal, scope: Scope) -> None:
    scope.shared.update(node.names)


def _delete(machine: Machine, node: ast.Delete, scope: Scope) -> None:
    for target in node.targets:
        if isinstance(target, ast.Subscript):
            assign(machine, target, Data(), scope)


_HANDLERS: dict[type[ast.AST], Callable[[Machine, Any, Scope], bool | None]] = {
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
