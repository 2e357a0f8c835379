"""Calls of the submission's own functions and classes, walked with what they are given."""

from __future__ import annotations

import ast

from graders.checks.leakage.static.containers import any_of
from graders.checks.leakage.static.machine import Arguments, Machine, Site
from graders.checks.leakage.static.stores import update
from graders.checks.leakage.static.values import (
    UNKNOWN,
    Class,
    Const,
    Data,
    Function,
    Instance,
    Mapping,
    Scope,
    Sequence,
    Value,
)


def enter(machine: Machine, function: Function, arguments: Arguments, call: Site[ast.Call] | None = None) -> Value:
    """Walk a function's body with these arguments; what it returns, or its yields as an open list.

    `call` is where it is called, so that a frame it changes in place is changed there too.
    """
    if not machine.may_enter(function):
        return UNKNOWN
    machine.stack.append(function)
    machine.walked.append((function.scope.path, function.node))
    try:
        scope = Scope(function.scope.path, parent=function.scope)
        _bind(machine, function, arguments, scope)
        if isinstance(function.node, ast.Lambda):
            return machine.evaluate(function.node.body, scope)
        machine.execute(function.node.body, scope)
        if call is not None and scope.writes:
            _write_back(function, scope, call)
        return _result(scope)
    finally:
        machine.stack.pop()


def _result(scope: Scope) -> Value:
    if scope.yields:
        return Sequence(scope.yields[:12], open=len(scope.yields) != 1)
    return any_of(scope.returns) if scope.returns else Const(None)


def _bind(machine: Machine, function: Function, arguments: Arguments, scope: Scope) -> None:
    args = function.node.args
    names = [a.arg for a in [*args.posonlyargs, *args.args]]
    values = [function.owner, *arguments.positional] if function.owner is not None else arguments.positional
    _defaults(machine, function, names, scope)
    scope.names.update(zip(names, values, strict=False))
    if args.vararg:
        scope.names[args.vararg.arg] = Sequence(list(values[len(names) :]))
    known = {*names, *(a.arg for a in args.kwonlyargs)}
    scope.names.update({k: v for k, v in arguments.keywords.items() if k in known})
    if args.kwarg:
        scope.names[args.kwarg.arg] = Mapping({k: v for k, v in arguments.keywords.items() if k not in known})


def _defaults(machine: Machine, function: Function, names: list[str], scope: Scope) -> None:
    args, outer = function.node.args, function.scope
    for name in names:
        scope.names[name] = UNKNOWN
    if args.defaults:
        for name, default in zip(names[-len(args.defaults) :], args.defaults, strict=False):
            scope.names[name] = machine.evaluate(default, outer)
    for arg, given in zip(args.kwonlyargs, args.kw_defaults, strict=True):
        scope.names[arg.arg] = machine.evaluate(given, outer) if given is not None else UNKNOWN


def _write_back(function: Function, scope: Scope, call: Site[ast.Call]) -> None:
    """A frame that was changed in place inside is changed for the caller too."""
    args = function.node.args
    names = [a.arg for a in [*args.posonlyargs, *args.args]][int(function.owner is not None) :]
    for name, argument in zip(names, call.node.args, strict=False):
        if name in scope.writes and isinstance(argument, ast.Name) and isinstance(scope.names.get(name), Data):
            update(call.at(argument), scope.names[name])


def construct(machine: Machine, cls: Class, arguments: Arguments) -> Value:
    """A new instance; for a dataclass its fields are taken in order."""
    instance = Instance(cls, {})
    start = cls.members.get("__init__")
    if isinstance(start, Function):
        enter(machine, replace_owner(start, instance), arguments)
        return instance
    fields = [s.target.id for s in cls.node.body if isinstance(s, ast.AnnAssign) and isinstance(s.target, ast.Name)]
    instance.attributes.update(zip(fields, arguments.positional, strict=False))
    instance.attributes.update(arguments.keywords)
    for name in fields:
        if name not in instance.attributes and (made := _made_anew(machine, cls, name)) is not None:
            instance.attributes[name] = made
    return instance


def _made_anew(machine: Machine, cls: Class, name: str) -> Value | None:
    """What `name: T = field(default_factory=F)` puts into each instance."""
    written = next(s.value for s in cls.node.body if isinstance(s, ast.AnnAssign) and _is(s.target, name))
    given = written.keywords if isinstance(written, ast.Call) else []
    factory = next((k.value for k in given if k.arg == "default_factory"), None)
    return apply(machine, machine.evaluate(factory, cls.scope), Arguments()) if factory is not None else None


def _is(target: ast.expr, name: str) -> bool:
    return isinstance(target, ast.Name) and target.id == name


def replace_owner(function: Function, owner: Instance) -> Function:
    decorated = {d.id for d in getattr(function.node, "decorator_list", []) if isinstance(d, ast.Name)}
    return function if "staticmethod" in decorated else Function(function.node, function.scope, owner)


def method_of(
    machine: Machine, instance: Instance, name: str, arguments: Arguments, call: Site[ast.Call] | None = None
) -> Value:
    """`instance.name(...)`; what a base class of scikit-learn adds is known too."""
    if name in instance.attributes:
        return apply(machine, instance.attributes[name], arguments)
    member = instance.cls.members.get(name)
    if isinstance(member, Function):
        return enter(machine, replace_owner(member, instance), arguments, call)
    if name == "fit_transform":
        method_of(machine, instance, "fit", arguments)
        return method_of(machine, instance, "transform", Arguments(arguments.positional[:1]))
    return instance if name == "set_params" else UNKNOWN


def apply(machine: Machine, value: Value, arguments: Arguments) -> Value:
    """Call a value that came from somewhere, such as an argument of `map`."""
    if isinstance(value, Function):
        return enter(machine, value, arguments)
    if isinstance(value, Class):
        return construct(machine, value, arguments)
    if isinstance(value, Instance):
        return method_of(machine, value, "__call__", arguments)
    return UNKNOWN


def learns_nothing(instance: Instance) -> bool:
    """Whether the class keeps nothing in `fit`."""
    fit = instance.cls.members.get("fit")
    if not isinstance(fit, Function) or isinstance(fit.node, ast.Lambda):
        return True
    stores = (n for n in ast.walk(fit.node) if isinstance(n, ast.Attribute) and isinstance(n.ctx, ast.Store))
    return not any(True for _ in stores)
