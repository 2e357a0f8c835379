"""Python's own functions, and those of the libraries that hand their argument on."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import replace

from graders.checks.leakage.static.containers import blend, elements
from graders.checks.leakage.static.functions import apply, ranked_by
from graders.checks.leakage.static.machine import Arguments, Site
from graders.checks.leakage.static.values import (
    UNKNOWN,
    Const,
    Data,
    Estimator,
    Instance,
    Mapping,
    Sequence,
    Value,
    data_of,
)


def _first(arguments: Arguments, site: Site[ast.Call]) -> Value:
    return arguments.get(0)


def _listed(arguments: Arguments, site: Site[ast.Call]) -> Value:
    value = arguments.get(0)
    if isinstance(value, Sequence):
        return Sequence(list(value.items), value.open)
    if isinstance(value, Mapping):
        return Sequence(elements(value))
    return value if isinstance(value, Data) else Sequence([], open=True)


def _sorted(arguments: Arguments, site: Site[ast.Call]) -> Value:
    value = _listed(arguments, site)
    if isinstance(value, Sequence):
        value.ranked = ranked_by(site.machine, value, arguments.keywords.get("key"))
    return value


def _distinct(arguments: Arguments, site: Site[ast.Call]) -> Value:
    """set(x), np.unique(x): of the group column, its units."""
    value = given = arguments.get(0)
    if isinstance(value, Data) and site.machine.columns.group and value.column == site.machine.columns.group:
        value = replace(value, units=True)
    extra = any(isinstance(v, Const) and v.value is True for v in arguments.keywords.values())
    return Sequence([value, blend([given])]) if extra else _listed(Arguments([value]), site)


def _enumerate(arguments: Arguments, site: Site[ast.Call]) -> Value:
    return Sequence([Sequence([UNKNOWN, item]) for item in elements(arguments.get(0))], open=True)


def _zip(arguments: Arguments, site: Site[ast.Call]) -> Value:
    columns = [elements(value) for value in arguments.positional]
    if not columns:
        return UNKNOWN
    known = all(isinstance(v, Sequence) and not v.open for v in arguments.positional)
    length = (min if known else max)(len(c) for c in columns)
    return Sequence([Sequence([c[min(i, len(c) - 1)] for c in columns]) for i in range(length)], open=not known)


def _next(arguments: Arguments, site: Site[ast.Call]) -> Value:
    return elements(arguments.get(0))[0]


def _map(arguments: Arguments, site: Site[ast.Call]) -> Value:
    return Sequence(
        [apply(site.machine, arguments.get(0), Arguments([item])) for item in elements(arguments.get(1))[:12]],
        open=True,
    )


def _dict(arguments: Arguments, site: Site[ast.Call]) -> Value:
    first = arguments.get(0)
    result = Mapping(dict(first.items), first.rest) if isinstance(first, Mapping) else Mapping({})
    if not isinstance(first, Mapping) and arguments.positional:
        result.rest = data_of(first)
    result.items.update(arguments.keywords)
    return result


def _settings(arguments: Arguments, site: Site[ast.Call]) -> Value:
    """asdict(x), vars(x): what a class of the submission holds, by name."""
    held = arguments.get(0)
    return Mapping(dict(held.attributes.items())) if isinstance(held, Instance) else UNKNOWN


def _changed(arguments: Arguments, site: Site[ast.Call]) -> Value:
    """dataclasses.replace(x, name=value)."""
    held = arguments.get(0)
    if isinstance(held, Instance):
        return Instance(held.cls, {**held.attributes, **arguments.keywords})
    return blend(arguments.all)


def _nothing(arguments: Arguments, site: Site[ast.Call]) -> Value:
    return UNKNOWN


def _clone(arguments: Arguments, site: Site[ast.Call]) -> Value:
    model = arguments.get(0)
    return (
        Estimator(model.name, model.dotted, model.parts, model.options, model.given)
        if isinstance(model, Estimator)
        else model
    )


_Handler = Callable[[Arguments, Site[ast.Call]], Value]
PLAIN: dict[str, _Handler] = {
    "tuple": _listed, "list": _listed, "sorted": _sorted, "set": _distinct, "frozenset": _distinct,
    "unique": _distinct, "reversed": _listed, "enumerate": _enumerate, "zip": _zip, "tqdm": _first,
    "deepcopy": _first, "copy": _first, "next": _next, "iter": _first, "map": _map,
    "dict": _dict, "OrderedDict": _dict, "defaultdict": _dict, "len": _nothing, "range": _nothing,
    "print": _nothing, "display": _nothing, "isinstance": _nothing, "type": _nothing, "clone": _clone,
    "float": _first, "round": _first, "eval": _nothing, "exec": _nothing, "hasattr": _nothing,
    "id": _nothing, "str": _nothing, "Timestamp": _nothing, "Timedelta": _nothing,
    "seed": _nothing, "asdict": _settings, "vars": _settings, "replace": _changed,
}  # fmt: skip
