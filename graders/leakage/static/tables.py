"""Methods of frames, columns and arrays."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import replace

from graders.leakage.static.containers import blend, elements
from graders.leakage.static.expressions import combined, complement, how_compared, index_without, product
from graders.leakage.static.functions import apply
from graders.leakage.static.knowledge import REDUCING
from graders.leakage.static.machine import Arguments, Machine, place, text
from graders.leakage.static.rows import NO_ROWS, Cut, How, overlap, rejoined
from graders.leakage.static.stores import with_column
from graders.leakage.static.subscripts import how_arranged, names_in, narrowed, own_sides, sides_of, without_columns
from graders.leakage.static.values import (
    UNKNOWN,
    Const,
    Data,
    Fit,
    Function,
    Kind,
    Mapping,
    Scope,
    Sequence,
    Value,
    both,
    data_of,
    everything,
)


def data_method(machine: Machine, data: Data, name: str, given: Arguments, node: ast.Call, scope: Scope) -> Value:
    special = _METHODS.get(name)
    if special is not None:
        return special(machine, data, given, node, scope)
    if name in REDUCING:
        return reduced(machine, data, given, node, scope)
    return _same(machine, data, given, node, scope)


def _same(machine: Machine, data: Data, given: Arguments, node: ast.Call, scope: Scope) -> Value:
    """A method that is not known to look across rows: its arguments take part row by row."""
    other = blend([v for v in given.all if isinstance(v, Data)])
    return data if other.empty else replace(combined(data, other), rows=data.rows or other.rows, picks=data.picks)


def reduced(machine: Machine, data: Data, given: Arguments, node: ast.Call, scope: Scope) -> Data:
    """A statistic.  Over columns it stays with its row; of a whole unit, with its unit."""
    axis = given.get(-1, "axis")
    if isinstance(axis, Const) and axis.value in (1, "columns", -1):
        return replace(everything(data), target=False)
    whole = everything(data)
    if not whole.rows or whole.predictions or whole.judged:
        return replace(whole, columns=())
    if data.by and data.by == machine.columns.group and not data.target:
        return replace(whole, units=True, by="")
    kind = Kind.TARGET if data.target and data.by else Kind.FIT
    fit = Fit(kind, whole.rows, text(node), place(node, scope), data.name)
    return Data(fits=whole.fits | {fit})


def _fillna(machine: Machine, data: Data, given: Arguments, node: ast.Call, scope: Scope) -> Value:
    filler = everything(data_of(given.get(0, "value", "other")))
    return _resting_on(data, filler)


def _resting_on(data: Data, other: Data) -> Data:
    return replace(data, fits=data.fits | other.fits, predictions=data.predictions | other.predictions)


def _map(machine: Machine, data: Data, given: Arguments, node: ast.Call, scope: Scope) -> Value:
    """map, apply, transform, pipe: with a function of the submission, what it does to the value."""
    function = given.get(0, "func", "arg")
    if isinstance(function, Function):
        return _through(machine, data, function, given)
    if data.by and not isinstance(function, Mapping | Data):
        return _within_groups(machine, data, node, scope)
    return _resting_on(replace(data, target=False, column="", by=""), everything(data_of(function)))


def _through(machine: Machine, data: Data, function: Function, given: Arguments) -> Value:
    item = _one_row(data) if given.get(1, "axis") in (Const(1), Const("columns")) else replace(data, by="")
    result = apply(machine, function, Arguments([item, *given.positional[1:]], _inner_keywords(given)))
    if not isinstance(result, Data):
        result = data_of(result)
    if result.empty:
        return replace(everything(replace(data, by="")), target=False, column="", picks=frozenset())
    return replace(result, rows=result.rows or data.rows, by="")


def _one_row(data: Data) -> Data:
    """A row by itself: a statistic of it learns nothing from other rows."""
    columns = tuple((name, replace(column, rows=NO_ROWS)) for name, column in data.columns)
    return replace(data, rows=NO_ROWS, columns=columns, by="")


def _inner_keywords(given: Arguments) -> dict[str, Value]:
    return {k: v for k, v in given.keywords.items() if k not in {"axis", "func", "args", "raw"}}


def _within_groups(machine: Machine, data: Data, node: ast.Call, scope: Scope) -> Data:
    """groupby(...).transform(...): every row gets a statistic of its group."""
    if data.by == machine.columns.group and not data.target:
        return replace(data, by="")
    kind = Kind.TARGET if data.target else Kind.FIT
    fit = Fit(kind, data.rows, text(node), place(node, scope), data.name)
    return replace(everything(data), fits=data.fits | {fit}, by="", target=False, column="")


def _groupby(machine: Machine, data: Data, given: Arguments, node: ast.Call, scope: Scope) -> Value:
    names = names_in(given.get(0, "by"))
    return replace(data, by=machine.columns.group if machine.columns.group in names else (names or ["?"])[0])


def _first(machine: Machine, data: Data, given: Arguments, node: ast.Call, scope: Scope) -> Value:
    """One row of each group."""
    return replace(data, by="", units=data.units or (bool(data.by) and data.by == machine.columns.group))


def _drop(machine: Machine, data: Data, given: Arguments, node: ast.Call, scope: Scope) -> Value:
    what = given.get(0, "labels", "columns", "index")
    if isinstance(what, Data):
        own = own_sides(data)
        sides = frozenset(s for s in what.picks or own_sides(what) if s not in own)
        return narrowed(data, complement(sides))
    return without_columns(data, names_in(what), machine)


def _pop(machine: Machine, data: Data, given: Arguments, node: ast.Call, scope: Scope) -> Value:
    from graders.leakage.static.subscripts import choose_columns

    return choose_columns(data, names_in(given.get(0, "item")), machine)


def _assign(machine: Machine, data: Data, given: Arguments, node: ast.Call, scope: Scope) -> Value:
    result = data
    for name, value in given.keywords.items():
        held = apply(machine, value, Arguments([result])) if isinstance(value, Function) else value
        result = with_column(result, name, data_of(held), machine)
    return result


def _sample(machine: Machine, data: Data, given: Arguments, node: ast.Call, scope: Scope) -> Value:
    at = place(node, scope)
    if _is(given.get(-1, "replace"), True):
        again = Cut(f"sample {at}", How.RANDOM, text(node), at, draws=True)
        return replace(narrowed(data, frozenset({(again, 0)})), repeats=True)
    if _is(given.get(1, "frac"), 1) or not given.all or _is(given.get(1, "frac"), 1.0):
        return replace(data, arrangement="shuffled")
    how = How.GROUP if data.units else How.RANDOM
    cut = Cut(f"sample {at}", how, text(node), at, draws=how is How.RANDOM)
    return narrowed(data, frozenset({(cut, 0)}))


def _is(value: Value, constant: object) -> bool:
    return isinstance(value, Const) and value.value == constant and type(value.value) is type(constant)


def _sort(machine: Machine, data: Data, given: Arguments, node: ast.Call, scope: Scope) -> Value:
    names = names_in(given.get(0, "by"))
    columns = machine.columns
    first = names[0] if names else data.column
    kind = {columns.time: "time", columns.group: "group"}.get(first, "sorted") if first else "sorted"
    return replace(data, arrangement=kind)


def _distinct(machine: Machine, data: Data, given: Arguments, node: ast.Call, scope: Scope) -> Value:
    """unique, drop_duplicates: one row of each unit, where they go by the group column."""
    names = names_in(given.get(0, "subset"))
    group = machine.columns.group
    by_unit = bool(group) and (names == [group] or (not names and data.column == group))
    return replace(data, units=data.units or by_unit, repeats=False)


def _unique(machine: Machine, data: Data, given: Arguments, node: ast.Call, scope: Scope) -> Value:
    found = _distinct(machine, data, Arguments(), node, scope)
    return replace(found, fits=data.fits) if isinstance(found, Data) else found


def _isin(machine: Machine, data: Data, given: Arguments, node: ast.Call, scope: Scope) -> Value:
    """A mask for the rows whose unit, or position, is among those given."""
    among = data_of(given.get(0, "values", "test_elements"))
    return mask_of(data, among, node, scope)


def mask_of(data: Data, among: Data, node: ast.Call, scope: Scope) -> Data:
    sides = sides_of(replace(among, units=True), data.rows) - own_sides(data)
    if not sides:
        how = How.GROUP if among.units else How.OTHER
        sides = frozenset({(Cut(f"in {text(node, 200)}", how, text(node), place(node, scope)), 1)})
    return replace(everything(data), picks=sides, column="", target=False, columns=())


def _difference(machine: Machine, data: Data, given: Arguments, node: ast.Call, scope: Scope) -> Value:
    other = data_of(given.get(0, "other"))
    return index_without(data, other) if data.column == other.column == "index" else data


def _query(machine: Machine, data: Data, given: Arguments, node: ast.Call, scope: Scope) -> Value:
    time = machine.columns.time
    written = text(node, 200)
    how = How.TIME if time and time in written else How.OTHER
    return narrowed(data, frozenset({(Cut(f"query {written}", how, text(node), place(node, scope)), 0)}))


_SIGNS = {"lt": ("<", 0), "ge": ("<", 1), "gt": (">", 1), "le": (">", 0), "eq": ("=", 1), "ne": ("=", 0)}


def _compared(machine: Machine, data: Data, given: Arguments, node: ast.Call, scope: Scope) -> Value:
    """`column.ge(x)`, the comparison as a method."""
    func = node.func
    assert isinstance(func, ast.Attribute)
    other = data_of(given.get(0, "other"))
    sign, side = _SIGNS[func.attr]
    key = f"{text(func.value, 200)} {sign} {text(node.args[0], 200) if node.args else ''}"
    cut = Cut(key, how_compared(machine, data, other), text(node), place(node, scope))
    return replace(combined(data, other), picks=frozenset({(cut, side)}))


def _append(machine: Machine, data: Data, given: Arguments, node: ast.Call, scope: Scope) -> Value:
    return stacked([data, *(data_of(v) for v in elements(given.get(0, "other")))], node, scope)


def stacked(parts: list[Data], node: ast.Call, scope: Scope) -> Data:
    """Rows of several under one another; some may come to stand there twice."""
    result = Data()
    for part in parts:
        result = both(result, part)
    twice = [p for i, p in enumerate(parts) if p.repeats or any(overlap(p.rows, q.rows) for q in parts[:i])]
    fits = frozenset(Fit(_again(p, parts), p.rows, text(node), place(node, scope)) for p in twice if p.rows)
    columns = parts[0].columns if parts and all(p.columns == parts[0].columns for p in parts) else ()
    return replace(
        result, rows=rejoined(result.rows), fits=result.fits | fits, columns=columns, repeats=False, arrangement=""
    )


def _again(part: Data, parts: list[Data]) -> Kind:
    """Some rows once more is resampling, all of them is repeating."""
    return Kind.RESAMPLED if part.repeats or any(q.rows != part.rows for q in parts) else Kind.REPEATED


def _join(machine: Machine, data: Data, given: Arguments, node: ast.Call, scope: Scope) -> Value:
    other = everything(data_of(given.get(0, "right", "other")))
    return _resting_on(replace(data, rows=data.rows or other.rows), other)


def _align(machine: Machine, data: Data, given: Arguments, node: ast.Call, scope: Scope) -> Value:
    return Sequence([data, given.get(0, "other")])


def _head(machine: Machine, data: Data, given: Arguments, node: ast.Call, scope: Scope) -> Value:
    cut = Cut(f"at {text(node, 200)}", how_arranged(data), text(node), place(node, scope))
    return data if data.by else narrowed(data, frozenset({(cut, 0)}))


def _dot(machine: Machine, data: Data, given: Arguments, node: ast.Call, scope: Scope) -> Value:
    other = data_of(given.get(0))
    return product(machine, data, other, node, scope) if data.turned else combined(data, other)


def _index(machine: Machine, data: Data, given: Arguments, node: ast.Call, scope: Scope) -> Value:
    return UNKNOWN


def _rank(machine: Machine, data: Data, given: Arguments, node: ast.Call, scope: Scope) -> Value:
    """Each row's place among the others; of predictions it is a step of the score."""
    whole = everything(data)
    axis = given.get(0, "axis")
    if whole.predictions or not whole.rows or data.by or axis in (Const(1), Const("columns")):
        return replace(whole, by="")
    fit = Fit(Kind.FIT, whole.rows, text(node), place(node, scope), data.name)
    return replace(whole, fits=whole.fits | {fit}, target=False, column="")


def _history(machine: Machine, data: Data, given: Arguments, node: ast.Call, scope: Scope) -> Value:
    """Rows told by their neighbours in order."""
    return replace(data, target=False, column="", by=data.by)


_Handler = Callable[[Machine, Data, Arguments, ast.Call, Scope], Value]
_METHODS: dict[str, _Handler] = {
    **dict.fromkeys(_SIGNS, _compared),
    "fillna": _fillna, "where": _same, "mask": _same, "replace": _map,
    "map": _map, "apply": _map, "applymap": _map, "transform": _map,
    "pipe": _map, "groupby": _groupby, "first": _first, "last": _first,
    "drop": _drop, "pop": _pop, "assign": _assign, "sample": _sample,
    "sort_values": _sort, "drop_duplicates": _distinct, "unique": _unique, "isin": _isin,
    "query": _query, "append": _append, "merge": _join, "join": _join,
    "head": _head, "tail": _head, "dot": _dot, "to_dict": _same,
    "keys": _index, "info": _index, "shift": _history, "rolling": _history,
    "cumsum": _history, "diff": _history, "cumcount": _history, "expanding": _history,
    "difference": _difference, "ngroup": _first, "rank": _rank, "align": _align,
}  # fmt: skip
