"""Preferring one model to others by a figure: what is kept then rests on the rows of that figure."""

from __future__ import annotations

import ast
from collections.abc import Sequence as Items
from dataclasses import replace
from functools import reduce

from graders.checks.leakage.static.containers import any_of, estimators_in
from graders.checks.leakage.static.rows import overlap, union
from graders.checks.leakage.static.values import (
    Comparison,
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

#: The setting by which an estimator that was kept for a figure is known.
KEPT = "kept for its score"


def prefer(body: Items[ast.stmt], test: Data, scope: Scope) -> None:
    """After `if score > best:` in a loop, mark what the body keeps."""
    for target in (t for s in body if isinstance(s, ast.Assign) for t in _targets(s)):
        held = _holder(target, scope)
        name = target.id if isinstance(target, ast.Name) else getattr(target, "attr", "")
        value = held.get(name)
        if name and value is not None:
            held[name] = kept(value, test)


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
    merged = data_of(Sequence(list(values)))
    many = any(isinstance(v, Sequence | Mapping) for v in values) or len(merged.judged) > 1
    return best_of(merged) if merged.judged and many else merged


def preferred(items: list[Value], figure: Data) -> Value:
    """`max(items, key=score)`: one of them, kept for this figure."""
    for model in estimators_in(Sequence(items)):
        _mark(model, figure)
    return kept(any_of(items), figure)


def kept(value: Value, figure: Data, depth: int = 3) -> Value:
    """A value that was kept for a figure: whatever is made with it then rests on the rows of that figure."""
    best = best_of(Data(judged=figure.judged))
    if isinstance(value, Const | Unknown) or _names(value):
        return best  # a threshold, a setting, columns
    if isinstance(value, Estimator):
        # As it is now, and for when it is fitted again; the one that a loop goes on with was not picked.
        options: dict[str, Value] = {**value.options, KEPT: best}
        picked = replace(value, options=options)
        _mark(picked, figure)
        return picked
    if isinstance(value, Data):
        return kept_data(value, best)
    if depth and isinstance(value, Sequence):
        return Sequence([kept(item, figure, depth - 1) for item in value.items], value.open)
    if depth and isinstance(value, Mapping):
        rest = best if isinstance(value.rest, Data) and value.rest.empty else value.rest
        return Mapping({key: kept(item, figure, depth - 1) for key, item in value.items.items()}, rest)
    if depth and isinstance(value, Instance):
        return Instance(value.cls, {name: kept(item, figure, depth - 1) for name, item in value.attributes.items()})
    return value


def _same_rows(one: Comparison, figure: Data) -> bool:
    return any(overlap(one.prediction.rows, other.prediction.rows) for other in figure.judged)


def _names(value: Value) -> bool:
    """Whether it is a list of constants, such as columns."""
    return isinstance(value, Sequence) and bool(value.items) and all(isinstance(item, Const) for item in value.items)


def kept_data(value: Data, best: Data) -> Data:
    """Figures of the same rows are the best of several, and so is a split by its positions.

    Answers are those of a model that was chosen so."""
    if value.judged:
        alike = (replace(one, best_of=one.best_of or _same_rows(one, best)) for one in value.judged)
        return replace(value, judged=frozenset(alike))
    if value.picks and not value.rows:
        return replace(value, picks=frozenset((replace(cut, best=True), side) for cut, side in value.picks))
    rows = [one.prediction.rows for one in best.judged if not one.prediction.model.search]
    answers = (
        replace(p, model=replace(p.model, chosen=reduce(union, rows, p.model.chosen))) for p in value.predictions
    )
    return replace(value, predictions=frozenset(answers), judged=best.judged if value.empty else value.judged)
