"""Preferring one model to others by a figure: what is kept then rests on the rows of that figure."""

from __future__ import annotations

import ast
from collections.abc import Sequence as Items
from dataclasses import replace

from graders.checks.leakage.static.containers import any_of, estimators_in
from graders.checks.leakage.static.values import (
    Const,
    Data,
    Estimator,
    Instance,
    Mapping,
    Scope,
    Sequence,
    Unknown,
    Value,
    data_of,
)


def prefer(body: Items[ast.stmt], test: Data, scope: Scope) -> None:
    """After `if score > best:` in a loop, mark what the body keeps."""
    for target in (t for s in body if isinstance(s, ast.Assign) for t in _targets(s)):
        held = _holder(target, scope)
        name = target.id if isinstance(target, ast.Name) else getattr(target, "attr", "")
        value = held.get(name)
        if isinstance(value, Data) and value.judged:
            held[name] = best_of(value)
        elif isinstance(value, Const | Unknown) and name:
            held[name] = best_of(Data(judged=test.judged))  # a threshold, a setting: kept for its score
        elif isinstance(value, Estimator) and value.fitted is not None:
            _mark(value, test)


def _holder(target: ast.expr, scope: Scope) -> dict[str, Value]:
    """Where an assigned name or attribute lives."""
    if isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name):
        owner = scope.names.get(target.value.id)
        return owner.attributes if isinstance(owner, Instance) else {}
    return scope.names


def _targets(statement: ast.Assign) -> list[ast.expr]:
    return [e for t in statement.targets for e in (t.elts if isinstance(t, ast.Tuple) else [t])]


def _mark(estimator: Estimator, test: Data) -> None:
    for judged in test.judged:
        if estimator.fitted is not None and not judged.prediction.model.search:
            estimator.fitted = replace(estimator.fitted, chosen=estimator.fitted.chosen | judged.prediction.rows)


def best_of(value: Data) -> Data:
    return replace(value, judged=frozenset(replace(j, best_of=True) for j in value.judged))


def extreme(values: list[Value]) -> Value:
    """max(...) and min(...): the best of a collection of figures is the best of many."""
    for value in values:
        if isinstance(value, Mapping):
            _mark_all(value)
    merged = data_of(Sequence(list(values)))
    many = any(isinstance(v, Sequence | Mapping) for v in values) or len(merged.judged) > 1
    return best_of(merged) if merged.judged and many else merged


def preferred(items: list[Value], figure: Data) -> Value:
    """`max(items, key=score)`: one of them, kept for this figure."""
    for model in estimators_in(Sequence(items)):
        _mark(model, figure)
    one = any_of(items)
    if isinstance(one, Const | Unknown):
        return best_of(Data(judged=figure.judged))  # a threshold, a setting
    if isinstance(one, Mapping):
        return _best_settings(one, figure)
    return _best_split(one)


def _best_settings(settings: Mapping, figure: Data) -> Mapping:
    """Settings by name, each kept for the figure that all of them gave."""
    kept = best_of(Data(judged=figure.judged))
    plain: dict[object, Value] = {k: kept if isinstance(v, Const | Unknown) else v for k, v in settings.items.items()}
    return Mapping(plain, kept if isinstance(settings.rest, Data) and settings.rest.empty else settings.rest)


def _best_split(value: Value) -> Value:
    """Positions of the sides of a split, and the split known as the best of several."""
    if isinstance(value, Sequence):
        return Sequence([_best_split(item) for item in value.items], value.open)
    if isinstance(value, Data) and value.picks and not value.rows:
        return replace(value, picks=frozenset((replace(cut, best=True), side) for cut, side in value.picks))
    return value


def _mark_all(scores: Mapping) -> None:
    """`max(scores, key=scores.get)`: whichever figure is looked up next is the best of them."""
    for key, value in scores.items.items():
        scores.items[key] = best_of(value) if isinstance(value, Data) else value
    if isinstance(scores.rest, Data):
        scores.rest = best_of(scores.rest)
