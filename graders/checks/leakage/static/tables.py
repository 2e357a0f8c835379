"""Methods of frames, columns and arrays."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from dataclasses import replace

from graders.checks.leakage.static import polars
from graders.checks.leakage.static.clocks import When, left_of, letters, spans
from graders.checks.leakage.static.containers import blend, elements, item_at
from graders.checks.leakage.static.expressions import (
    combined,
    complement,
    how_compared,
    index_without,
    less_own,
    product,
)
from graders.checks.leakage.static.functions import apply
from graders.checks.leakage.static.knowledge import OF_ORDER, PRESENT, REDUCING
from graders.checks.leakage.static.learners import scored
from graders.checks.leakage.static.machine import Arguments, Machine, Site, meant, text
from graders.checks.leakage.static.rows import NO_ROWS, Cut, How, overlap, rejoined
from graders.checks.leakage.static.selection import best_of
from graders.checks.leakage.static.stores import with_column
from graders.checks.leakage.static.subscripts import (
    choose_columns,
    holds_no_labels,
    how_arranged,
    kept_row,
    names_in,
    narrowed,
    own_sides,
    sides_of,
    without_columns,
)
from graders.checks.leakage.static.values import (
    BEFORE,
    LATEST_FIRST,
    MOMENT,
    UNKNOWN,
    WINDOW,
    Const,
    Data,
    Estimator,
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
    if name.startswith("rolling_"):
        return _of_window(replace(data, by=_window(arguments)), site)  # polars
    return _same(data, arguments, site)


def _same(data: Data, arguments: Arguments, site: Site[ast.Call]) -> Value:
    """A method that is not known to look across rows: its arguments take part row by row."""
    other = blend([v for v in arguments.all if isinstance(v, Data)])
    if other.empty:
        return replace(data, when=_clock(data, arguments, site)) if data.when else data
    return replace(combined(data, other), rows=data.rows or other.rows, picks=data.picks)


def _clock(data: Data, arguments: Arguments, site: Site[ast.Call]) -> When:
    """What a method such as `dt.strftime("%Y-%m")` leaves of a time."""
    name = site.node.func.attr if isinstance(site.node.func, ast.Attribute) else ""
    if name == "slice":
        return letters(data.when, *[*site.node.args, None, None][:2])
    return left_of(data.when, name, (value.value for value in arguments.all if isinstance(value, Const)))


def reduced(data: Data, arguments: Arguments, site: Site[ast.Call]) -> Data:
    """A statistic.  Over columns it stays with its row; of a whole unit, with its unit."""
    axis = arguments.get(-1, "axis")
    if isinstance(axis, Const) and axis.value in (1, "columns", -1):
        return replace(everything(data), target=False)
    if data.by in (WINDOW, BEFORE):
        return _of_window(data, site)
    whole = everything(data)
    if data.when in (When.SPAN, When.YEAR) and not data.by and _asked(site) in OF_ORDER:
        return Data(fits=whole.fits)  # a day, which says when rows are and nothing of what they hold
    if data.target and whole.predictions and not data.by:
        return scored(whole, text(site.node.func), site)  # of labels and answers together: a score by hand
    if not whole.rows or whole.predictions or whole.judged:
        return replace(whole, fits=_of_all_times(data), columns=(), single=not arguments.all and not data.by)
    if data.by and data.by == site.machine.columns.group and not data.target:
        return replace(whole, units=True, by="")
    inner = polars.fits_of(arguments, whole.rows)
    of_labels = bool(data.target and (data.by or whole.rows == polars.ANY)) or any(f.kind is Kind.TARGET for f in inner)
    data = data if data.plain else replace(data, plain=_without_labels(data, arguments, site))
    fit = Fit(_statistic(data, of_labels), whole.rows, text(site.node), site.place, data.name)
    inner = frozenset(replace(f, kind=_statistic(data)) if f.kind is Kind.FIT else f for f in inner)
    return Data(fits=whole.fits | inner | {fit}, columns=_keys(data))


def _asked(site: Site[ast.Call]) -> str:
    """The last word of what is called."""
    func = site.node.func
    return func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "")


def _of_window(data: Data, site: Site[ast.Call]) -> Data:
    """A statistic of the rows about each row, or of those before it: a row's own, and of labels its own label."""
    whole = everything(data)
    own = Fit(Kind.OWN, whole.rows, text(site.node), site.place, data.name)
    told = frozenset({own}) if data.target and data.by == WINDOW else frozenset()
    return replace(whole, fits=whole.fits | told, target=False, column="", by="")


def _keys(data: Data) -> tuple[tuple[str, Data], ...]:
    """What a table of each time by itself still tells of the time."""
    if data.by != MOMENT:
        return ()
    return tuple((name, Data(when=column.when, column=name)) for name, column in data.columns if column.when)


def _statistic(data: Data, of_labels: bool = False) -> Kind:
    if of_labels:
        return Kind.DATED if data.by == MOMENT else Kind.TARGET
    return Kind.MOMENT if data.by == MOMENT and data.plain else Kind.FIT


def _without_labels(data: Data, arguments: Arguments, site: Site[ast.Call]) -> bool:
    """Whether what `agg` is given names columns, and none that holds labels: of a whole table nobody knows."""
    if isinstance(site.node.func, ast.Attribute) and site.node.func.attr == "size":
        return True  # a number of rows
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
    return holds_no_labels(data, names, site.machine) if names else expressions


def _of_all_times(data: Data) -> frozenset[Fit]:
    """What the data rests on, once figures of several moments are put into one: no cut in time keeps them apart."""
    fits = everything(data).fits
    if data.by == MOMENT:
        return fits
    return frozenset(replace(fit, kind=_OF_ALL.get(fit.kind, fit.kind)) for fit in fits)


_OF_ALL = {Kind.MOMENT: Kind.FIT, Kind.DATED: Kind.TARGET}


def _moved_on(data: Data) -> Data:
    """Rows told what earlier ones hold: no row's own label is left, and of a table of times none of its own time."""
    past = less_own(data)
    fits = (replace(fit, kind=Kind.MOMENT) if fit.kind is Kind.DATED else fit for fit in past.fits)
    return past if past.rows else replace(past, fits=frozenset(fits))


def _fillna(data: Data, arguments: Arguments, site: Site[ast.Call]) -> Value:
    filler = everything(data_of(arguments.get(0, "value", "other")))
    return _resting_on(data, filler)


def _resting_on(data: Data, other: Data) -> Data:
    fits, predictions = data.fits | other.fits, data.predictions | other.predictions
    return replace(data, fits=fits, predictions=predictions, judged=data.judged | other.judged)


def _map(data: Data, arguments: Arguments, site: Site[ast.Call]) -> Value:
    """map, apply, transform, pipe: with a function of the submission, what it does to the value."""
    function = arguments.get(0, "func", "arg")
    if data.by in (WINDOW, BEFORE):
        return _of_window(data, site)
    if isinstance(function, Const) and function.value in _IN_ORDER:
        return _history(data, arguments, site)
    if isinstance(function, Function):
        return _through(site.machine, data, function, arguments)
    if data.by and not isinstance(function, Mapping | Data):
        return _within_groups(data, site)
    return _resting_on(replace(data, target=False, column="", by=""), everything(data_of(function)))


def _through(machine: Machine, data: Data, function: Function, arguments: Arguments) -> Value:
    apart = data.by if data.by and data.by in (MOMENT, machine.columns.group) else ""
    item = _one_row(data) if arguments.get(1, "axis") in (Const(1), Const("columns")) else replace(data, by=apart)
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
    if data.by == site.machine.columns.group and not data.target:
        return replace(data, by="")
    kind = _statistic(data, data.target)
    fit = Fit(kind, data.rows, text(site.node), site.place, data.name)
    return replace(everything(data), fits=_of_all_times(data) | {fit}, by="", target=False, column="")


def _groupby(data: Data, arguments: Arguments, site: Site[ast.Call]) -> Value:
    return replace(data, by=grouped(data, arguments.positional or [arguments.get(-1, "by")], site))  # polars: several


def grouped(data: Data, keys: list[Value], site: Site[ast.Call]) -> str:
    """What rows are grouped by: the unit, spans of time, or whatever comes first."""
    parts = [one for key in keys for one in (key.items if isinstance(key, Sequence) else [key])]
    names = [name for key in parts for name in names_in(key)]
    group = site.machine.columns.group
    if group and (group in names or any(isinstance(key, Data) and key.column == group for key in parts)):
        return group
    return MOMENT if spans(_when(data, key, site) for key in parts) else (names or ["?"])[0]


def _when(data: Data, key: Value, site: Site[ast.Call]) -> When:
    """What a key of a grouping tells of the time of rows."""
    if isinstance(key, Estimator) and key.name == "Grouper":
        key = key.options.get("key", UNKNOWN)
    if isinstance(key, Data):
        return key.when
    return choose_columns(data, names_in(key), site.machine).when if names_in(key) else When.NEVER


def _in_spans(data: Data, arguments: Arguments, site: Site[ast.Call]) -> Value:
    """resample, group_by_dynamic: rows of one span of time after another."""
    return replace(data, by=MOMENT)


def _pivoted(data: Data, arguments: Arguments, site: Site[ast.Call]) -> Value:
    """pivot_table: a statistic for each pair of keys."""
    values = arguments.get(0, "values")
    keys = [arguments.get(1, "index"), arguments.get(2, "columns")]
    return reduced(pivoted(data, values, keys, site), arguments, site)


def pivoted(data: Data, values: Value, keys: list[Value], site: Site[ast.Call]) -> Data:
    """The values that a table by pairs of keys is made of, grouped by these."""
    chosen = choose_columns(data, names_in(values), site.machine) if names_in(values) else data
    return replace(chosen, columns=data.columns, by=grouped(data, keys, site))


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
    by = everything(choose_columns(data, names[:1], site.machine) if names else data)
    if by.judged and not data.rows:
        return replace(data, ranked=by.judged)
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


def present(data: Data, asked: ast.expr, side: int, site: Site[ast.Call]) -> Data:
    """A mask for the rows of which a value is there (1), or missing (0): a part that any other one shares rows with."""
    cut = Cut(f"{site.key(asked)} is there", How.OTHER, text(site.node), site.place, draws=True)
    return replace(everything(data), picks=frozenset({(cut, side)}), column="", target=False)


def _present(data: Data, arguments: Arguments, site: Site[ast.Call]) -> Value:
    func = site.node.func
    assert isinstance(func, ast.Attribute)
    return present(data, func.value, PRESENT[func.attr], site)


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
    if data.ranked:
        return kept_row(data, Data(judged=data.ranked))
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
    name = _in_what_order(site.node)
    ahead = _looks_ahead(site.node, name, data.arrangement == LATEST_FIRST)
    fits = data.fits
    if _centred(site.node):
        fits = fits | _with_later(data, site)
    elif ahead and not data.rows:
        fits = _of_all_times(data)
    if data.target and (ahead or name in _WITH_OWN):
        fits = fits | {Fit(Kind.AHEAD if ahead else Kind.OWN, data.rows, text(site.node), site.place, data.name)}
    if name in _WINDOWS:
        return replace(data, by=_window(arguments), fits=fits)
    moved = replace(data, target=False, column="", fits=fits)
    return moved if name != "shift" or ahead else _moved_on(moved)


def _centred(node: ast.Call) -> bool:
    return any(k.arg == "center" and isinstance(k.value, ast.Constant) and k.value.value is True for k in node.keywords)


def _looks_ahead(node: ast.Call, name: str, back: bool) -> bool:
    """A window about each row, or a shift from later rows to earlier ones: downwards where the latest come first."""
    if _centred(node):
        return True
    by = [*node.args[:1], *(k.value for k in node.keywords if k.arg == "periods")]
    down = any(isinstance(step, ast.UnaryOp) and isinstance(step.op, ast.USub) for step in by)
    return name in ("shift", "diff") and back is not down


def _window(arguments: Arguments) -> str:
    """Whether a window holds the row that it is of."""
    return BEFORE if arguments.get(-1, "closed") in (Const("left"), Const("neither"), Const("none")) else WINDOW


def _in_what_order(node: ast.Call) -> str:
    """`shift` of `groups.shift()`, and of `groups.transform("shift")`."""
    name = node.func.attr if isinstance(node.func, ast.Attribute) else ""
    first = node.args[0] if node.args else None
    return str(first.value) if name in ("transform", "apply") and isinstance(first, ast.Constant) else name


def _less(data: Data, arguments: Arguments, site: Site[ast.Call]) -> Value:
    """`column.sub(other)`."""
    other = data_of(arguments.get(0, "other"))
    return _same(less_own(data) if other.target else data, arguments, site)


_WINDOWS = frozenset({"rolling", "expanding", "ewm"})
#: What a row's neighbours in order give: a sum so far holds the row itself.
_WITH_OWN = frozenset({"cumsum", "cummax", "cummin", "cumprod", "diff", "cum_sum", "cum_max", "cum_min"})
_IN_ORDER = _WITH_OWN | {"shift", "cumcount"}


_Handler = Callable[[Data, Arguments, Site[ast.Call]], Value]
_METHODS: dict[str, _Handler] = {
    **dict.fromkeys(_SIGNS, _compared), **dict.fromkeys(PRESENT, _present),
    "fillna": _fillna, "where": _same, "mask": _same, "replace": _map,
    "map": _map, "apply": _map, "applymap": _map, "transform": _map,
    "pipe": _map, "groupby": _groupby, "first": _first, "last": _first,
    "drop": _drop, "pop": _pop, "assign": _assign, "sample": _sample,
    "sort_values": _sort, "drop_duplicates": _distinct, "unique": _unique, "isin": _isin,
    "query": _query, "append": _append, "merge": _join, "join": _join,
    "head": _head, "tail": _head, "dot": _dot, "to_dict": _same,
    "keys": _index, "info": _index, "shift": _history, "rolling": _history,
    "cumcount": _history, "expanding": _history,
    "ewm": _history, "get_group": _group, **dict.fromkeys(_WITH_OWN, _history),
    "resample": _in_spans, "group_by_dynamic": _in_spans, "pivot_table": _pivoted, "sub": _less, "subtract": _less,
    "bfill": _gaps_from_later, "backfill": _gaps_from_later, "interpolate": _gaps_from_later,
    "alias": polars.named, "filter": polars.filtered, "with_columns": polars.asked, "select": polars.asked,
    "group_by": _groupby,
    "difference": _difference, "ngroup": _first, "rank": _rank, "align": _align,
}  # fmt: skip
