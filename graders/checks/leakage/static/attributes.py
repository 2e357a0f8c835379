"""`value.name`, where it is not called, and `value[...]`."""

from __future__ import annotations

import ast
from dataclasses import replace

from graders.checks.leakage.static.functions import enter, method_of, replace_owner
from graders.checks.leakage.static.knowledge import ROW_ATTRIBUTES, SHAPE_ATTRIBUTES
from graders.checks.leakage.static.machine import Arguments, Machine, Site
from graders.checks.leakage.static.subscripts import choose_columns, own_sides, part_of
from graders.checks.leakage.static.values import (
    UNKNOWN,
    Class,
    Comparison,
    Data,
    Estimator,
    Fit,
    Function,
    Instance,
    Kind,
    Name,
    Prediction,
    Scope,
    Value,
)


def attribute(site: Site[ast.Attribute]) -> Value:
    base, name = site.evaluate(site.node.value), site.node.attr
    if isinstance(base, Name):
        return Name(f"{base.dotted}.{name}")
    if isinstance(base, Data):
        return of_data(site.machine, base, name)
    if isinstance(base, Instance):
        return _of_instance(site.machine, base, name)
    if isinstance(base, Class):
        return base.members.get(name, UNKNOWN)
    if isinstance(base, Scope):
        return base.names.get(name) or site.machine.module(_child(base, name)) or UNKNOWN
    if isinstance(base, Estimator):
        return of_estimator(base, name)
    return UNKNOWN


def subscript(site: Site[ast.Subscript]) -> Value:
    base = site.evaluate(site.node.value)
    if isinstance(base, Instance) and base.parts is None:
        return method_of(site.machine, base, "__getitem__", Arguments([site.evaluate(site.node.slice)]))
    return part_of(base, site)


def _child(package: Scope, name: str) -> str:
    folder = package.path.removesuffix(".py").removesuffix("/__init__")
    return f"{folder}/{name}".replace("/", ".")


def of_data(machine: Machine, data: Data, name: str) -> Value:
    if name in SHAPE_ATTRIBUTES:
        return UNKNOWN
    if name in ROW_ATTRIBUTES or (name == "target" and not data.column):
        return data
    if name == "T":
        return replace(data, turned=not data.turned)
    if name == "index":
        if not data.rows:
            return Data(fits=data.fits, ranked=data.ranked)  # of a table of statistics: in the order of these, maybe
        return Data(data.rows, picks=own_sides(data), column="index", arrangement=data.arrangement, ranked=data.ranked)
    if name == "flat":
        return data
    return choose_columns(data, [name], machine)


def _of_instance(machine: Machine, instance: Instance, name: str) -> Value:
    if name in instance.attributes:
        return instance.attributes[name]
    member = instance.cls.members.get(name)
    if isinstance(member, Function):
        bound = replace_owner(member, instance)
        decorators = getattr(member.node, "decorator_list", [])
        if any(isinstance(d, ast.Name) and d.id in {"property", "cached_property"} for d in decorators):
            return enter(machine, bound, Arguments())
        return bound
    return member if member is not None else UNKNOWN


def of_estimator(estimator: Estimator, name: str) -> Value:
    """What a fitted object tells of the rows it saw."""
    if name in estimator.options:
        return estimator.options[name]
    if name in {"best_score_", "best_score"}:
        return Data(judged=estimator.best or _best_watched(estimator))
    if name in {"best_estimator_", "model", "booster_", "named_steps", "steps"}:
        return estimator
    if name.endswith("_") and not name.startswith("best_"):
        return Data(fits=frozenset(_learned(estimator)))
    return UNKNOWN


def _best_watched(estimator: Estimator) -> frozenset[Comparison]:
    """The best score on the rows that decided when to stop."""
    model = estimator.fitted
    if model is None or not model.watched:
        return frozenset()
    return frozenset(
        {Comparison(Prediction(model, model.watched, frozenset(), model.at), model.at, f"{model.name}.best_score")}
    )


def _learned(estimator: Estimator) -> list[Fit]:
    if estimator.learned is not None:
        return [estimator.learned]
    model = estimator.fitted
    return [Fit(Kind.FIT, model.rows, f"{model.name}.fit", model.at)] if model else []
