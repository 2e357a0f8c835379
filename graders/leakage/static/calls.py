"""Calls: of the submission's own code, of methods of what is known, of the libraries."""

from __future__ import annotations

import ast

from graders.leakage.static.containers import blend, elements, mapping_method, sequence_method
from graders.leakage.static.expressions import evaluate
from graders.leakage.static.functions import apply, enter, method_of
from graders.leakage.static.knowledge import FITTING, FRAME_METHODS, PREDICTING, SCORING
from graders.leakage.static.learners import estimator_method
from graders.leakage.static.libraries import library_call
from graders.leakage.static.machine import Arguments, Machine, text
from graders.leakage.static.rows import origin
from graders.leakage.static.stores import update
from graders.leakage.static.tables import data_method
from graders.leakage.static.values import (
    UNKNOWN,
    Class,
    Const,
    Data,
    Estimator,
    Function,
    Instance,
    Mapping,
    Name,
    Scope,
    Sequence,
    Unknown,
    Value,
)


def call(machine: Machine, node: ast.Call, scope: Scope) -> Value:
    if isinstance(node.func, ast.Attribute):
        return _method(machine, node, node.func, scope)
    function = evaluate(machine, node.func, scope)
    given = arguments(machine, node, scope)
    if isinstance(function, Function):
        return enter(machine, function, given, node, scope)
    if isinstance(function, Name):
        return library_call(machine, function, given, node, scope)
    if isinstance(function, Estimator):
        return estimator_method(machine, function, "predict", given, node, scope)
    known = apply(machine, function, given)
    return known if not isinstance(known, Unknown) else blend(given.all)


def arguments(machine: Machine, node: ast.Call, scope: Scope) -> Arguments:
    given = Arguments()
    for argument in node.args[:60]:
        value = _guessed(machine, evaluate(machine, argument, scope), argument, node)
        given.positional.extend(elements(value) if isinstance(argument, ast.Starred) else [value])
    for keyword in node.keywords[:60]:
        value = _guessed(machine, evaluate(machine, keyword.value, scope), keyword.value, node)
        if keyword.arg is not None:
            given.keywords[keyword.arg] = value
        elif isinstance(value, Mapping):
            given.keywords.update({k: v for k, v in value.items.items() if isinstance(k, str)})
    return given


_ROW_USES = (
    FITTING | PREDICTING | SCORING | {"fit_transform", "transform", "train_test_split", "fit_resample", "DMatrix"}
)


def _guessed(machine: Machine, value: Value, written: ast.expr, node: ast.Call) -> Value:
    """Rows for something unknown that is used as rows, known from then on by what is written."""
    used = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    bare = isinstance(value, Unknown) or (isinstance(value, Data) and value.empty and not value.columns)
    if machine.guesses and bare and used in _ROW_USES and isinstance(written, ast.Name | ast.Attribute | ast.Subscript):
        return Data(rows=origin(f"unknown {text(written)}"))
    return value


def _method(machine: Machine, node: ast.Call, func: ast.Attribute, scope: Scope) -> Value:
    if isinstance(func.value, ast.Call) and isinstance(func.value.func, ast.Name) and func.value.func.id == "super":
        arguments(machine, node, scope)
        return UNKNOWN
    receiver = evaluate(machine, func.value, scope)
    given = arguments(machine, node, scope)
    if isinstance(receiver, Name):
        return _of_name(machine, receiver, func, given, node, scope)
    if isinstance(receiver, Data):
        return _of_data(machine, receiver, func, given, node, scope)
    return _of_object(machine, receiver, func, given, node, scope)


def _of_object(
    machine: Machine, receiver: Value, func: ast.Attribute, given: Arguments, node: ast.Call, scope: Scope
) -> Value:
    name = func.attr
    if isinstance(receiver, Estimator):
        return estimator_method(machine, receiver, name, given, node, scope)
    if isinstance(receiver, Instance):
        return method_of(machine, receiver, name, given, node, scope)
    if isinstance(receiver, Sequence):
        return sequence_method(receiver, name, given)
    if isinstance(receiver, Mapping):
        return mapping_method(receiver, name, given)
    if isinstance(receiver, Scope | Class):
        inside = receiver.names if isinstance(receiver, Scope) else receiver.members
        found = inside.get(name, UNKNOWN)
        return (
            enter(machine, found, given, node, scope) if isinstance(found, Function) else apply(machine, found, given)
        )
    if isinstance(receiver, Const):
        return UNKNOWN
    return _of_stranger(machine, func, given, node, scope)


def _of_name(
    machine: Machine, receiver: Name, func: ast.Attribute, given: Arguments, node: ast.Call, scope: Scope
) -> Value:
    """A function of a library, or a method of something that is defined nowhere."""
    undefined = isinstance(func.value, ast.Name) and receiver.dotted == func.value.id
    if undefined and func.attr in FITTING | PREDICTING | SCORING | {"fit_transform", "transform"}:
        return _of_stranger(machine, func, given, node, scope)
    return library_call(machine, Name(f"{receiver.dotted}.{func.attr}"), given, node, scope)


def _of_stranger(machine: Machine, func: ast.Attribute, given: Arguments, node: ast.Call, scope: Scope) -> Value:
    """A method of something unknown: when it is fitted, it becomes an estimator under that name."""
    if func.attr in FITTING or func.attr in {"fit_transform", "fit_resample", "fit_sample"}:
        stranger = Estimator(text(func.value, 40), "")
        if isinstance(func.value, ast.Name):
            update(machine, func.value, stranger, scope)
        return estimator_method(machine, stranger, func.attr, given, node, scope)
    if machine.guesses and isinstance(func.value, ast.Name) and func.attr in FRAME_METHODS:
        return data_method(machine, Data(rows=origin(f"unknown {func.value.id}")), func.attr, given, node, scope)
    return blend(given.all)


def _of_data(
    machine: Machine, receiver: Data, func: ast.Attribute, given: Arguments, node: ast.Call, scope: Scope
) -> Value:
    result = data_method(machine, receiver, func.attr, given, node, scope)
    inplace = given.keywords.get("inplace")
    if isinstance(inplace, Const) and inplace.value is True and isinstance(result, Data):
        update(machine, func.value, result, scope)
    return result
