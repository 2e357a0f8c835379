"""Calls of the submission's own functions and classes, walked with what they are given."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from graders.checks.leakage.static.containers import any_of
from graders.checks.leakage.static.machine import Arguments, Machine, Site, tell, text
from graders.checks.leakage.static.stores import update
from graders.checks.leakage.static.values import (
    UNKNOWN,
    Class,
    Const,
    Data,
    Function,
    Instance,
    Mapping,
    Name,
    Scope,
    Sequence,
    Value,
    data_of,
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
        _tell(function, arguments, scope, call)
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


def _tell(function: Function, arguments: Arguments, scope: Scope, call: Site[ast.Call] | None) -> None:
    """Note what the parameters stand for in this call: a helper asked twice about other things leaves other rows."""
    args = function.node.args
    names = [a.arg for a in [*args.posonlyargs, *args.args]][int(function.owner is not None) :]
    written: dict[str, ast.expr] = {}
    if call is not None and not any(isinstance(a, ast.Starred) for a in call.node.args):
        written.update(zip(names, call.node.args, strict=False))
        written.update({k.arg: k.value for k in call.node.keywords if k.arg is not None})
    for name, value in [*zip(names, arguments.positional, strict=False), *arguments.keywords.items()]:
        tell(scope, name, value, call.key(written[name]) if call is not None and name in written else "")


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
    instance.attributes.update(_settings(machine, cls))
    instance.attributes.update(zip(instance.fields, arguments.positional, strict=False))
    instance.attributes.update(arguments.keywords)
    return instance


def _settings(machine: Machine, cls: Class) -> Iterator[tuple[str, Value]]:
    """What the fields of a dataclass hold unless they are given."""
    for field in cls.node.body:
        if not isinstance(field, ast.AnnAssign) or not isinstance(field.target, ast.Name) or field.value is None:
            continue
        given = {k.arg: k.value for k in field.value.keywords} if isinstance(field.value, ast.Call) else {}
        if "default_factory" in given:
            yield field.target.id, _made_by(machine, machine.evaluate(given["default_factory"], cls.scope))
        elif "ClassVar" not in text(field.annotation):
            yield field.target.id, machine.evaluate(given.get("default", field.value), cls.scope)


def _made_by(machine: Machine, factory: Value) -> Value:
    if isinstance(factory, Name) and factory.dotted in ("list", "dict"):
        return Sequence([]) if factory.dotted == "list" else Mapping({})
    return apply(machine, factory, Arguments())


def replace_owner(function: Function, owner: Instance | Class) -> Function:
    """A function of a class as it is called: with the instance, with the class, or by itself."""
    decorated = {d.id for d in getattr(function.node, "decorator_list", []) if isinstance(d, ast.Name)}
    if "classmethod" in decorated:
        return Function(function.node, function.scope, owner.cls if isinstance(owner, Instance) else owner)
    alone = "staticmethod" in decorated or isinstance(owner, Class)
    return function if alone else Function(function.node, function.scope, owner)


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


def ranked_by(machine: Machine, items: Sequence, key: Value | None) -> Data | None:
    """The figure by which these items are sorted: what the key gives, or what stands first in each."""
    one = any_of(items.items)
    first = one.items[0] if isinstance(one, Sequence) and one.items else one
    figure = data_of(apply(machine, key, Arguments([one])) if key is not None else first)
    return figure if figure.judged else None


def learns_nothing(instance: Instance) -> bool:
    """Whether the class keeps nothing in `fit`."""
    fit = instance.cls.members.get("fit")
    if not isinstance(fit, Function) or isinstance(fit.node, ast.Lambda):
        return True
    stores = (n for n in ast.walk(fit.node) if isinstance(n, ast.Attribute) and isinstance(n.ctx, ast.Store))
    return not any(True for _ in stores)
