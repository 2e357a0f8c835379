"""Calls: of the submission's own code, of methods of what is known, of the libraries."""

from __future__ import annotations

import ast

from graders.checks.leakage.static import files
from graders.checks.leakage.static.containers import blend, elements, mapping_method, sequence_method
from graders.checks.leakage.static.functions import apply, enter, method_of, ranked_by, replace_owner
from graders.checks.leakage.static.knowledge import FITTING, FRAME_METHODS, PREDICTING, SCORING
from graders.checks.leakage.static.learners import estimator_method
from graders.checks.leakage.static.libraries import library_call
from graders.checks.leakage.static.machine import Arguments, Site, text
from graders.checks.leakage.static.rows import BATCH, Cut, How, origin
from graders.checks.leakage.static.stores import update
from graders.checks.leakage.static.subscripts import narrowed
from graders.checks.leakage.static.tables import data_method
from graders.checks.leakage.static.turns import put_again
from graders.checks.leakage.static.values import (
    UNKNOWN,
    Class,
    Const,
    Data,
    Estimator,
    File,
    Function,
    Instance,
    Mapping,
    Name,
    Scope,
    Sequence,
    Unknown,
    Value,
    data_of,
    everything,
)


def call(site: Site[ast.Call]) -> Value:
    if isinstance(site.node.func, ast.Attribute):
        return _method(site.node.func, site)
    function = site.evaluate(site.node.func)
    given = arguments(site)
    if isinstance(function, Function):
        return enter(site.machine, function, given, site)
    if isinstance(function, Name):
        return library_call(function, given, site)
    if isinstance(function, Estimator):
        return estimator_method(function, "predict", given, site)
    known = apply(site.machine, function, given)
    return known if not isinstance(known, Unknown) else _of_something(given, site)


def _of_something(given: Arguments, site: Site[ast.Call]) -> Data:
    """What a function that is not known makes of rows: all of them, or some."""
    cut = Cut(f"of {site.key(site.node)}", How.OTHER, text(site.node), site.place, vague=True)
    return narrowed(blend(given.all), frozenset({(cut, 0)}))


def arguments(site: Site[ast.Call]) -> Arguments:
    given = Arguments()
    for argument in site.node.args[:60]:
        value = _guessed(site.evaluate(argument), argument, site)
        given.positional.extend(elements(value) if isinstance(argument, ast.Starred) else [value])
    for keyword in site.node.keywords[:60]:
        value = _guessed(site.evaluate(keyword.value), keyword.value, site)
        if keyword.arg is not None:
            given.keywords[keyword.arg] = value
        elif isinstance(value, Mapping):
            given.keywords.update({k: v for k, v in value.items.items() if isinstance(k, str)})
            if value.rest is not None:
                given.keywords["**"] = value.rest  # under names that are not known
    return given


_ROW_USES = (
    FITTING | PREDICTING | SCORING | {"fit_transform", "transform", "train_test_split", "fit_resample", "DMatrix"}
)


def _guessed(value: Value, written: ast.expr, site: Site[ast.Call]) -> Value:
    """Rows for something unknown that is used as rows, known from then on by what is written."""
    func = site.node.func
    used = func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "")
    bare = isinstance(value, Unknown) or (isinstance(value, Data) and value.empty and not value.columns)
    readable = isinstance(written, ast.Name | ast.Attribute | ast.Subscript)
    if site.machine.guesses and bare and used in _ROW_USES and readable:
        return Data(rows=origin(f"unknown {text(written)}"))
    return value


def _method(func: ast.Attribute, site: Site[ast.Call]) -> Value:
    if isinstance(func.value, ast.Call) and isinstance(func.value.func, ast.Name) and func.value.func.id == "super":
        arguments(site)
        return UNKNOWN
    receiver = site.evaluate(func.value)
    given = arguments(site)
    _tell_whose([*given.all, *([] if isinstance(receiver, Name) else [receiver])], site)
    if isinstance(receiver, Name):
        return _of_name(receiver, func, given, site)
    if isinstance(receiver, Data):
        return _of_data(receiver, func, given, site)
    return _of_object(receiver, func, given, site)


def _tell_whose(values: list[Value], site: Site[ast.Call]) -> None:
    """Note whether a call is about something known of which no part is the batch, such as what train had saved."""
    found = [everything(data_of(value)) for value in values]
    known = any(data.rows or data.fits for data in found)
    batch = any(atom.origin == BATCH for data in found for atom in data.rows)
    (site.machine.elsewhere if known and not batch else site.machine.here).add(id(site.node))


def _of_object(receiver: Value, func: ast.Attribute, arguments: Arguments, site: Site[ast.Call]) -> Value:
    name = func.attr
    if isinstance(receiver, Estimator):
        return estimator_method(receiver, name, arguments, site)
    if isinstance(receiver, Instance):
        return method_of(site.machine, receiver, name, arguments, site)
    if isinstance(receiver, Sequence):
        return _of_list(receiver, name, arguments, site)
    if isinstance(receiver, Mapping):
        return mapping_method(receiver, name, arguments)
    if isinstance(receiver, Scope | Class):
        inside = receiver.names if isinstance(receiver, Scope) else receiver.members
        found = inside.get(name, UNKNOWN)
        if isinstance(found, Function):
            bound = replace_owner(found, receiver) if isinstance(receiver, Class) else found
            return enter(site.machine, bound, arguments, site)
        return apply(site.machine, found, arguments)
    if isinstance(receiver, File):
        return files.method(receiver, name, arguments, site.machine)
    if isinstance(receiver, Const):
        return UNKNOWN
    return _of_stranger(func, arguments, site)


def _of_list(receiver: Sequence, name: str, arguments: Arguments, site: Site[ast.Call]) -> Value:
    if name == "sort":
        receiver.ranked = ranked_by(site.machine, receiver, arguments.keywords.get("key"))
    dealt = _dealt(arguments, site)
    if name == "append" and site.node.args and put_again(receiver, dealt.get(0), site.node.args[0], site.node, site):
        return UNKNOWN
    return sequence_method(receiver, name, dealt)


def _dealt(arguments: Arguments, site: Site[ast.Call]) -> Arguments:
    """Rows that are put into a list under some condition are a part of which no more is known."""
    if not site.machine.choosing:
        return arguments
    cut = Cut(f"put at {site.place}", How.OTHER, text(site.node), site.place, vague=True)
    parts: list[Value] = [
        narrowed(value, frozenset({(cut, 0)})) if isinstance(value, Data) and value.rows else value
        for value in arguments.positional
    ]
    return Arguments(parts, arguments.keywords)


def _of_name(receiver: Name, func: ast.Attribute, arguments: Arguments, site: Site[ast.Call]) -> Value:
    """A function of a library, or a method of something that is defined nowhere."""
    undefined = isinstance(func.value, ast.Name) and receiver.dotted == func.value.id
    if undefined and func.attr in FITTING | PREDICTING | SCORING | {"fit_transform", "transform"}:
        return _of_stranger(func, arguments, site)
    return library_call(Name(f"{receiver.dotted}.{func.attr}"), arguments, site)


def _of_stranger(func: ast.Attribute, arguments: Arguments, site: Site[ast.Call]) -> Value:
    """A method of something unknown: when it is fitted, it becomes an estimator under that name."""
    if func.attr in FITTING or func.attr in {"fit_transform", "fit_resample", "fit_sample"}:
        stranger = Estimator(text(func.value, 40), "")
        if isinstance(func.value, ast.Name):
            update(site.at(func.value), stranger)
        return estimator_method(stranger, func.attr, arguments, site)
    if site.machine.guesses and isinstance(func.value, ast.Name) and func.attr in FRAME_METHODS:
        return data_method(Data(rows=origin(f"unknown {func.value.id}")), func.attr, arguments, site)
    return blend(arguments.all)


def _of_data(receiver: Data, func: ast.Attribute, arguments: Arguments, site: Site[ast.Call]) -> Value:
    result = data_method(receiver, func.attr, arguments, site)
    inplace = arguments.keywords.get("inplace")
    if isinstance(inplace, Const) and inplace.value is True and isinstance(result, Data):
        update(site.at(func.value), result)
    return result
