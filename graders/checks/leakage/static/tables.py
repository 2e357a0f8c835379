"""Methods of frames, columns and arrays."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from dataclasses import replace

from graders.checks.leakage.static import polars
from graders.checks.leakage.static.containers import blend, elements, item_at
from graders.checks.leakage.static.expressions import combined, complement, how_compared, index_without, product
from graders.checks.leakage.static.functions import apply
from graders.checks.leakage.static.knowledge import REDUCING
from graders.checks.leakage.static.machine import Arguments, Machine, Site, meant, text
from graders.checks.leakage.static.rows import NO_ROWS, Cut, How, overlap, rejoined
from graders.checks.leakage.static.selection import best_of
from graders.checks.leakage.static.stores import with_column
from graders.checks.leakage.static.subscripts import (
    choose_columns,
    holds_no_labels,
    how_arranged,
    names_in,
    narrowed,
    own_sides,
    sides_of,
    without_columns,
)
from graders.checks.leakage.static.values import (
    LATEST_FIRST,
    MOMENT,
    UNKNOWN,
    WINDOW,
    Const,
    Data,
    Fit,
    Function,
    Kind,
    Mapping,
    Sequence,
    Value,
    both,
    data_of,
    everything,
)


def data_method(data: Data, name: str, arguments: Arguments, site: Site[ast.Call]) -> Value:
    special = _METHODS.get(name)
    if special is not None:
        return special(data, arguments, site)
    if name in ("idxmax", "idxmin", "argmax", "argmin") and everything(data).judged:
        return best_of(everything(data))
    if name in REDUCING:
        return reduced(data, arguments, site)
    return _same(data, arguments, site)


def _same(data: Data, arguments: Arguments, site: Site[ast.Call]) -> Value:
    """A method that is not known to look across rows: its arguments take part row by row."""
    other = blend([v for v in arguments.all if isinstance(v, Data)])
    return data if other.empty else replace(combined(data, other), rows=data.rows or other.rows, picks=data.picks)


def reduced(data: Data, arguments: Arguments, site: Site[ast.Call]) -> Data:
    """A statistic.  Over columns it stays with its row; of a whole unit, with its unit."""
    axis = arguments.get(-1, "axis")
    if isinstance(axis, Const) and axis.value in (1, "columns", -1):
        return replace(everything(data), target=False)
    whole = everything(data)
    if data.by == WINDOW:
        return replace(whole, target=False, by="")
    if not whole.rows or whole.predictions or whole.judged:
        return replace(whole, fits=_of_all_times(data), columns=(), single=not arguments.all and not data.by)
    if data.by and data.by == site.machine.columns.group and not data.target:
        return replace(whole, units=True, by="")
    inner = polars.fits_of(arguments, whole.rows)
    of_labels = (data.target and (data.by or whole.rows == polars.ANY)) or any(f.kind is Kind.TARGET for f in inner)
    own = _statistic(data if data.plain else replace(data, plain=_without_labels(data, arguments, site.machine)))
    kind = Kind.TARGET if of_labels else own
    fit = Fit(kind, whole.rows, text(site.node), site.place, data.name)
    inner = frozenset(replace(f, kind=own) if f.kind is Kind.FIT else f for f in inner)
    return Data(fits=whole.fits | inner | {fit})


def _statistic(data: Data) -> Kind:
    return Kind.MOMENT if data.by == MOMENT and data.plain else Kind.FIT


def _without_labels(data: Data, arguments: Arguments, machine: Machine) -> bool:
    """Whether what `agg` is given names columns, and none that holds labels: of a whole table nobody knows."""
    names: list[str] = []
    for value in arguments.all:
        if isinstance(value, Data):
            if value.rows == polars.ANY and not value.plain:
                return False
        elif isinstance(value, Mapping):
            names += [name for name in value.items if isinstance(name, str)]
        elif isinstance(value, Sequence) and value.items:
            names += names_in(value.items[0])
    expressions = any(isinstance(value, Data) for value in arguments.all)
    return holds_no_labels(data, names, machine) if names else expressions


def _of_all_times(data: Data) -> frozenset[Fit]:
    """What the data rests on, once figures of several moments are put into one: no cut in time keeps them apart."""
    fits = everything(data).fits
    if data.by == MOMENT:
        return fits
    return frozenset(replace(fit, kind=Kind.FIT) if fit.kind is Kind.MOMENT else fit for fit in fits)


def _fillna(data: Data, arguments: Arguments, site: Site[ast.Call]) -> Value:
    filler = everything(data_of(arguments.get(0, "value", "other")))
    return _resting_on(data, filler)


def _resting_on(data: Data, other: Data) -> Data:
    return replace(data, fits=data.fits | other.fits, predictions=data.predictions | other.predictions)


def _map(data: Data, arguments: Arguments, site: Site[ast.Call]) -> Value:
    """map, apply, transform, pipe: with a function of the submission, what it does to the value."""
    function = arguments.get(0, "func", "arg")
    if isinstance(function, Function):
        return _through(site.machine, data, function, arguments)
    if data.by and not isinstance(function, Mapping | Data):
        return _within_groups(data, site)
    return _resting_on(replace(data, target=False, column="", by=""), everything(data_of(function)))


def _through(machine: Machine, data: Data, function: Function, arguments: Arguments) -> Value:
    item = _one_row(data) if arguments.get(1, "axis") in (Const(1), Const("columns")) else replace(data, by="")
    result = apply(machine, function, Arguments([item, *arguments.positional[1:]], _inner_keywords(arguments)))
    if not isinstance(result, Data):
        result = data_of(result)
    if result.empty:
        return replace(everything(replace(data, by="")), target=False, column="", picks=frozenset())
    return replace(result, rows=result.rows or data.rows, by="")


def _one_row(data: Data) -> Data:
    """A row by itself: a statistic of it learns nothing from other rows."""
    columns = tuple((name, replace(column, rows=NO_ROWS)) for name, column in data.columns)
    return replace(data, rows=NO_ROWS, columns=columns, by="")


def _inner_keywords(arguments: Arguments) -> dict[str, Value]:
    return {k: v for k, v in arguments.keywords.items() if k not in {"axis", "func", "args", "raw"}}


def _within_groups(data: Data, site: Site[ast.Call]) -> Data:
    """groupby(...).transform(...): every row gets a statistic of its group."""
    if data.by in (site.machine.columns.group, WINDOW) and not data.target:
        return replace(data, by="")
    kind = Kind.TARGET if data.target else _statistic(data)
    fit = Fit(kind, data.rows, text(site.node), site.place, data.name)
    return replace(everything(data), fits=_of_all_times(data) | {fit}, by="", target=False, column="")


def _groupby(data: Data, arguments: Arguments, site: Site[ast.Call]) -> Value:
    given = arguments.positional or [arguments.get(-1, "by")]  # polars takes several
    names = [name for value in given for name in names_in(value)]
    columns = site.machine.columns
    known = {columns.group: columns.group, columns.time: MOMENT}
    return replace(data, by=next((by for name, by in known.items() if name and name in names), (names or ["?"])[0]))


def _group(data: Data, arguments: Arguments, site: Site[ast.Call]) -> Value:
    """`groups.get_group(name)`: how it relates to groups of other names is left open."""
    cut = Cut(f"group {site.key(site.node)}", How.OTHER, text(site.node), site.place)
    return narrowed(replace(data, by=""), frozenset({(cut, 0)}))


def _first(data: Data, arguments: Arguments, site: Site[ast.Call]) -> Value:
    """One row of each group."""
    return replace(data, by="", units=data.units or (bool(data.by) and data.by == site.machine.columns.group))


def _drop(data: Data, arguments: Arguments, site: Site[ast.Call]) -> Value:
    what = arguments.get(0, "labels", "columns", "index")
    if isinstance(what, Data):
        own = own_sides(data)
        sides = frozenset(s for s in what.picks or own_sides(what) if s not in own)
        return narrowed(data, complement(sides))
    return without_columns(data, names_in(what), site.machine)


def _pop(data: Data, arguments: Arguments, site: Site[ast.Call]) -> Value:
    return choose_columns(data, names_in(arguments.get(0, "item")), site.machine)


def _assign(data: Data, arguments: Arguments, site: Site[ast.Call]) -> Value:
    result = data
    for name, value in arguments.keywords.items():
        held = apply(site.machine, value, Arguments([result])) if isinstance(value, Function) else value
        result = with_column(result, name, data_of(held), site.machine)
    return result


def _sample(data: Data, arguments: Arguments, site: Site[ast.Call]) -> Value:
    at = site.place
    if _is(arguments.get(-1, "replace"), True):
        again = Cut(f"sample {at}", How.RANDOM, text(site.node), at, draws=True)
        return replace(narrowed(data, frozenset({(again, 0)})), repeats=True)
    if _is(arguments.get(1, "frac"), 1) or not arguments.all or _is(arguments.get(1, "frac"), 1.0):
        return replace(data, arrangement="shuffled")
    how = How.GROUP if data.units else How.RANDOM
    cut = Cut(f"sample {at}", how, text(site.node), at, draws=how is How.RANDOM)
    return narrowed(data, frozenset({(cut, 0)}))


def _is(value: Value, constant: object) -> bool:
    return isinstance(value, Const) and value.value == constant and type(value.value) is type(constant)


def _sort(data: Data, arguments: Arguments, site: Site[ast.Call]) -> Value:
    names = names_in(arguments.get(0, "by"))
    columns = site.machine.columns
    first = names[0] if names else data.column
    kind = {columns.time: "time", columns.group: "group"}.get(first, "sorted") if first else "sorted"
    back = columns.time in names and _falling(arguments.get(1, "ascending"), names.index(columns.time))
    return replace(data, arrangement=LATEST_FIRST if back else kind)


def _falling(ascending: Value, index: int) -> bool:
    """Whether the key at `index` goes down."""
    return _is(item_at(ascending, index, []) if isinstance(ascending, Sequence) else ascending, False)


def _distinct(data: Data, arguments: Arguments, site: Site[ast.Call]) -> Value:
    """unique, drop_duplicates: one row of each unit, where they go by the group column."""
    names = names_in(arguments.get(0, "subset"))
    group = site.machine.columns.group
    by_unit = bool(group) and (names == [group] or (not names and data.column == group))
    return replace(data, units=data.units or by_unit, repeats=False)


def _unique(data: Data, arguments: Arguments, site: Site[ast.Call]) -> Value:
    found = _distinct(data, Arguments(), site)
    return replace(found, fits=data.fits) if isinstance(found, Data) else found


def _isin(data: Data, arguments: Arguments, site: Site[ast.Call]) -> Value:
    """A mask for the rows whose unit, or position, is among those given."""
    among = data_of(arguments.get(0, "values", "test_elements"))
    return mask_of(data, among, site)


def mask_of(data: Data, among: Data, site: Site[ast.Call]) -> Data:
    sides = sides_of(replace(among, units=True), data.rows) - own_sides(data)
    if not sides:
        how = How.GROUP if among.units else How.OTHER
        sides = frozenset({(Cut(f"in {site.key(site.node)}", how, text(site.node), site.place), 1)})
    return replace(everything(data), picks=sides, column="", target=False, columns=())


def _difference(data: Data, arguments: Arguments, site: Site[ast.Call]) -> Value:
    other = data_of(arguments.get(0, "other"))
    return index_without(data, other) if data.column == other.column == "index" else data


def _named_in(site: Site[ast.Call]) -> str:
    """What the names in the text of a query, `@name`, stand for."""
    names = re.findall(r"@(\w+)", text(site.node, 200))
    return "".join(meant(site.scope, ast.Name(name)) for name in names)


def _query(data: Data, arguments: Arguments, site: Site[ast.Call]) -> Value:
    time = site.machine.columns.time
    how = How.TIME if time and time in text(site.node, 200) else How.OTHER
    return narrowed(
        data, frozenset({(Cut(f"query {site.key(site.node)}{_named_in(site)}", how, text(site.node), site.place), 0)})
    )


_SIGNS = {"lt": ("<", 0), "ge": ("<", 1), "gt": (">", 1), "le": (">", 0), "eq": ("=", 1), "ne": ("=", 0)}


def _compared(data: Data, arguments: Arguments, site: Site[ast.Call]) -> Value:
    """`column.ge(x)`, the comparison as a method."""
    func = site.node.func
    assert isinstance(func, ast.Attribute)
    other = data_of(arguments.get(0, "other"))
    sign, side = _SIGNS[func.attr]
    key = f"{site.key(func.value)} {sign} {site.key(site.node.args[0]) if site.node.args else ''}"
    cut = Cut(key, how_compared(site.machine, data, other), text(site.node), site.place)
    return replace(combined(data, other), picks=frozenset({(cut, side)}))


def _append(data: Data, arguments: Arguments, site: Site[ast.Call]) -> Value:
    return stacked([data, *(data_of(v) for v in elements(arguments.get(0, "other")))], site)


def stacked(parts: list[Data], site: Site[ast.Call]) -> Data:
    """Rows of several under one another; some may come to stand there twice."""
    result = Data()
    for part in parts:
        result = both(result, part)
    twice = [p for i, p in enumerate(parts) if p.repeats or any(overlap(p.rows, q.rows) for q in parts[:i])]
    fits = frozenset(Fit(_again(p, parts), p.rows, text(site.node), site.place) for p in twice if p.rows)
    columns = parts[0].columns if parts and all(p.columns == parts[0].columns for p in parts) else ()
    return replace(
        result, rows=rejoined(result.rows), fits=result.fits | fits, columns=columns, repeats=False, arrangement=""
    )


def _again(part: Data, parts: list[Data]) -> Kind:
    """Some rows once more is resampling, all of them is repeating."""
    return Kind.RESAMPLED if part.repeats or any(q.rows != part.rows for q in parts) else Kind.REPEATED


def _join(data: Data, arguments: Arguments, site: Site[ast.Call]) -> Value:
    if (narrower := polars.looked_up(data, arguments, site)) is not None:
        return narrower
    other = everything(data_of(arguments.get(0, "right", "other")))
    return _resting_on(replace(data, rows=data.rows or other.rows), other)


def _align(data: Data, arguments: Arguments, site: Site[ast.Call]) -> Value:
    return Sequence([data, arguments.get(0, "other")])


def _head(data: Data, arguments: Arguments, site: Site[ast.Call]) -> Value:
    cut = Cut(f"at {site.key(site.node)}", how_arranged(data), text(site.node), site.place)
    return data if data.by else narrowed(data, frozenset({(cut, 0)}))


def _dot(data: Data, arguments: Arguments, site: Site[ast.Call]) -> Value:
    other = data_of(arguments.get(0))
    return product(data, other, site) if data.turned else combined(data, other)


def _index(data: Data, arguments: Arguments, site: Site[ast.Call]) -> Value:
    return UNKNOWN


def _rank(data: Data, arguments: Arguments, site: Site[ast.Call]) -> Value:
    """Each row's place among the others; of predictions it is a step of the score."""
    whole = everything(data)
    axis = arguments.get(0, "axis")
    if whole.predictions or not whole.rows or data.by or axis in (Const(1), Const("columns")):
        return replace(whole, by="")
    fit = Fit(Kind.FIT, whole.rows, text(site.node), site.place, data.name)
    return replace(whole, fits=whole.fits | {fit}, target=False, column="")


def _gaps_from_later(data: Data, arguments: Arguments, site: Site[ast.Call]) -> Value:
    """bfill, interpolate: gaps are filled from later rows, maybe within groups.  What is put into it is put row by row.

    Rows of one unit lie on one side of a cut by units, as those of one moment do of a cut in time."""
    return replace(data, fits=_with_later(data, site), by="", column="")


def _with_later(data: Data, site: Site[ast.Call]) -> frozenset[Fit]:
    if data.target or data.by in (site.machine.columns.group or "?", MOMENT):
        return data.fits
    later = {Fit(Kind.FIT, data.rows, text(site.node), site.place, data.name)} if data.rows else frozenset()
    return _of_all_times(data) | later


def _history(data: Data, arguments: Arguments, site: Site[ast.Call]) -> Value:
    """Rows told by their neighbours in order; labels of later ones are a feature that nobody has in time, and a window
    about each row is of later rows too."""
    ahead = Fit(Kind.AHEAD, data.rows, text(site.node), site.place, data.name)
    fits = (
        data.fits | {ahead} if data.target and _looks_ahead(site.node, data.arrangement == LATEST_FIRST) else data.fits
    )
    if _centred(site.node):
        fits = fits | _with_later(data, site)
    moved = data.target or data.moved
    windowed = isinstance(site.node.func, ast.Attribute) and site.node.func.attr in ("rolling", "expanding", "ewm")
    by = WINDOW if windowed and not moved else data.by
    return replace(data, target=False, moved=moved, column="", by=by, fits=fits)


def _centred(node: ast.Call) -> bool:
    return any(k.arg == "center" and isinstance(k.value, ast.Constant) and k.value.value is True for k in node.keywords)


def _looks_ahead(node: ast.Call, back: bool) -> bool:
    """A window about each row, or a shift from later rows to earlier ones: downwards where the latest come first."""
    if _centred(node):
        return True
    by = [*node.args[:1], *(k.value for k in node.keywords if k.arg == "periods")]
    moved = isinstance(node.func, ast.Attribute) and node.func.attr in ("shift", "diff")
    return moved and back is not any(isinstance(step, ast.UnaryOp) and isinstance(step.op, ast.USub) for step in by)


_Handler = Callable[[Data, Arguments, Site[ast.Call]], Value]
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
    "ewm": _history, "get_group": _group,
    "bfill": _gaps_from_later, "backfill": _gaps_from_later, "interpolate": _gaps_from_later,
    "filter": polars.filtered, "with_columns": polars.asked, "select": polars.asked, "group_by": _groupby,
    "difference": _difference, "ngroup": _first, "rank": _rank, "align": _align,
}  # fmt: skip
