"""`frame[...]`: columns, masks, positions and slices."""

from __future__ import annotations

import ast
import zlib
from dataclasses import replace
from typing import Any

from graders.checks.leakage.static.clocks import When, left_of, letters
from graders.checks.leakage.static.containers import blend, item_of
from graders.checks.leakage.static.machine import Machine, Site, meant, text, turn
from graders.checks.leakage.static.rows import Cut, How, Rows, Side, narrow, overlap, rejoined, union
from graders.checks.leakage.static.selection import kept_data, preferred
from graders.checks.leakage.static.values import (
    UNKNOWN,
    Const,
    Data,
    Estimator,
    Fit,
    Instance,
    Kind,
    Mapping,
    Name,
    Sequence,
    Unknown,
    Value,
    everything,
    merge,
)


def part_of(base: Value, site: Site[ast.Subscript]) -> Value:
    """`base[...]`."""
    if isinstance(base, Data):
        return _of_data(base, site)
    if isinstance(base, Sequence) and isinstance(site.node.slice, ast.Slice):
        return _part_of(base, site.node.slice, site)
    key = site.evaluate(site.node.slice)
    if isinstance(base, Instance):
        base = Sequence(base.parts or [])
    if isinstance(base, Sequence | Mapping):
        return _chosen(base, key)
    if isinstance(base, Estimator):
        return base
    if isinstance(base, Name) and base.last in {"c_", "r_"}:
        return replace(blend(key.items if isinstance(key, Sequence) else [key]), picks=frozenset())
    if isinstance(key, Data):
        return key  # a table looked up for every row
    return UNKNOWN


def _chosen(base: Sequence | Mapping, key: Value) -> Value:
    """One item; the one that a figure tells is kept for it."""
    figure = Data(judged=key.best) if isinstance(key, Data) else Data()
    if isinstance(base, Sequence) and base.ranked is not None and key in (Const(0), Const(-1)):
        figure = base.ranked
    return preferred(_inside(base), figure) if figure.judged else item_of(base, key)


def _part_of(base: Sequence, part: ast.Slice, site: Site[ast.Subscript]) -> Sequence:
    """`items[1:]`, where all items are known and the bounds are whole numbers; else any of them."""
    bounds = [Const(None) if bound is None else site.evaluate(bound) for bound in (part.lower, part.upper, part.step)]
    known = [bound.value for bound in bounds if isinstance(bound, Const) and isinstance(bound.value, int | None)]
    if base.open or len(known) < len(bounds):
        return base
    low, high, step = known
    return Sequence(base.items[low:high:step]) if step != 0 else base


def _inside(container: Sequence | Mapping) -> list[Value]:
    if isinstance(container, Sequence):
        return container.items
    return [*container.items.values(), *([container.rest] if container.rest is not None else [])]


def _of_data(base: Data, site: Site[ast.Subscript]) -> Data:
    base = _labelled(base, site)
    if base.ranked and (base.column == "index" or _line_by_place(site.node)):
        base = kept_row(base, Data(judged=base.ranked))
    names = column_names(site.at(site.node.slice))
    index = _row_index(site.node.slice)
    if index is not None:
        base = _rows_at(base, index, site)
    elif not names:
        site.evaluate(site.node.slice)
    return choose_columns(base, names, site.machine) if names else base


def _line_by_place(node: ast.Subscript) -> bool:
    """`frame.iloc[0]`, and not all lines of some columns."""
    lines = node.slice.elts[0] if isinstance(node.slice, ast.Tuple) and node.slice.elts else node.slice
    every = isinstance(lines, ast.Slice) and lines.lower is lines.upper is None
    return isinstance(node.value, ast.Attribute) and node.value.attr in {"iloc", "iat"} and not every


def _labelled(base: Data, site: Site[ast.Subscript]) -> Data:
    """`frame.loc["train"]`: rows of one label are never those of another."""
    label = (
        site.node.slice.elts[0] if isinstance(site.node.slice, ast.Tuple) and site.node.slice.elts else site.node.slice
    )
    located = isinstance(site.node.value, ast.Attribute) and site.node.value.attr in {"loc", "xs"}
    if not located or not base.rows or not (isinstance(label, ast.Constant) and isinstance(label.value, str)):
        return base
    cut = Cut("label", How.OTHER, text(site.node), site.place)
    return narrowed(base, frozenset({(cut, 2 + zlib.crc32(label.value.encode()))}))


def _row_index(index: ast.expr) -> ast.expr | None:
    """The part of an index that speaks of rows; None where it can only mean columns."""
    if isinstance(index, ast.Tuple):
        index = index.elts[0] if index.elts else index
    if isinstance(index, ast.Constant | ast.Tuple | ast.List):
        return None
    return index


def _rows_at(base: Data, index: ast.expr, site: Site[ast.Subscript]) -> Data:
    if isinstance(index, ast.Slice):
        return _slice(base, index, site)
    chosen = site.evaluate(index)
    if not isinstance(chosen, Data):
        return _vaguely(base, chosen, index, site)
    return _of_neighbours(base, chosen, site) if chosen.places else _chosen_rows(base, chosen, index, site)


def _chosen_rows(base: Data, chosen: Data, index: ast.expr, site: Site[ast.Subscript]) -> Data:
    positions = base.picks or base.arrangement
    if everything(chosen).predictions and chosen.rows and not positions and not overlap(base.rows, chosen.rows):
        return _looked_up(base, chosen)
    if base.arrangement and not base.rows and not base.picks and _of_values(chosen):
        return replace(everything(chosen), fits=chosen.fits | base.fits, target=False, arrangement="")
    base = replace(base, fits=base.fits | _picked_by(chosen, site))
    if chosen.best:
        return kept_row(base, chosen)
    if chosen.rows and not chosen.picks and not chosen.units and not chosen.arrangement and chosen.column != "index":
        return _vaguely(base, UNKNOWN, index, site)
    moved = replace(base, arrangement=chosen.arrangement) if chosen.arrangement and not chosen.rows else base
    return narrowed(moved, sides_of(chosen, base.rows))


def _of_values(index: Data) -> bool:
    """Whether what rows hold is the index: then each row gets what its value is given, as a fold for each unit."""
    return bool(index.rows) and not (index.picks or index.arrangement) and index.column != "index"


def _of_neighbours(base: Data, places: Data, site: Site[ast.Subscript]) -> Data:
    """What other rows hold, for each row that was asked about: of labels it is a rate of those rows."""
    whole = everything(base)
    learned = Fit(Kind.TARGET if base.target else Kind.FIT, whole.rows, text(site.node), site.place, base.name)
    fits = places.fits | whole.fits | (frozenset({learned}) if whole.rows else frozenset())
    return replace(places, fits=fits, places=False)


def kept_row(base: Data, figure: Data) -> Data:
    """The row, or the columns, that a figure chose; or the rows on one side of a bound that it chose."""
    if base.rows:
        return narrowed(replace(base, judged=base.judged | figure.judged), figure.picks)
    columns = tuple((name, kept_data(column, figure)) for name, column in base.columns)
    return replace(kept_data(base, figure), columns=columns)


def _looked_up(base: Data, index: Data) -> Data:
    """Names of classes by the numbers that a model gave: still its answers."""
    whole = everything(index)
    return replace(whole, fits=whole.fits | base.fits, picks=frozenset(), column="", single=False)


def _picked_by(index: Data, site: Site[ast.Subscript]) -> frozenset[Fit]:
    """What rows rest on that stay because of a model's answers for them: all the rows that the model had seen."""
    whole = everything(index)
    seen = (rejoined(union(p.model.rows, p.rows)) if p.model.search else p.model.rows for p in whole.predictions)
    picked = (Fit(Kind.PICKED, rows, text(site.node), site.place) for rows in seen if rows)
    return frozenset({*picked, *(fit for fit in whole.fits if fit.kind is Kind.PICKED)})


def _vaguely(base: Data, chosen: Value, index: ast.expr, site: Site[ast.Subscript]) -> Data:
    """Some rows, of which only the name of their index is known.  What may as well be columns is left whole."""
    located = isinstance(site.node.value, ast.Attribute) and site.node.value.attr in {"iloc", "loc"}
    if isinstance(chosen, Const) or not (located or isinstance(chosen, Unknown)):
        return base
    how = How.GROUP if base.units else How.OTHER
    cut = Cut(f"index {site.key(index)}", how, text(site.node), site.place, vague=not base.units)
    return narrowed(base, frozenset({(cut, 0)}))


def sides_of(index: Data, rows: Rows) -> frozenset[Side]:
    """The sides that an index or mask leaves of `rows`."""
    if index.picks:
        return index.picks
    return own_sides(index) if index.units or index.column == "index" else frozenset()


def own_sides(data: Data) -> frozenset[Side]:
    """The sides that all of the data's rows have in common."""
    sides = [atom.sides for atom in data.rows]
    return frozenset.intersection(*sides) if sides else frozenset()


def narrowed(base: Data, sides: frozenset[Side]) -> Data:
    """The rows of `base` on the given sides; positions and units, when they are themselves picked, pick less."""
    if not sides:
        return base
    return replace(
        _on_sides(base, sides),
        picks=base.picks | sides if not base.rows or base.picks else base.picks,
        columns=tuple((n, _on_sides(c, sides)) for n, c in base.columns),
    )


def _on_sides(data: Data, sides: frozenset[Side]) -> Data:
    """The rows on the given sides, and of answers to these rows those that are left."""
    left = frozenset(replace(p, rows=narrow(p.rows, sides)) if p.rows == data.rows else p for p in data.predictions)
    return replace(data, rows=narrow(data.rows, sides), predictions=left)


def _slice(base: Data, index: ast.Slice, site: Site[ast.Subscript]) -> Data:
    if index.step is not None:
        return _every(base, index, site)
    if base.when:
        base = replace(base, when=letters(base.when, index.lower, index.upper))
        if isinstance(site.node.value, ast.Attribute) and site.node.value.attr == "str":
            return base
    low, high = _bound(site, index.lower), _bound(site, index.upper)
    if low and high:
        return narrowed(base, frozenset({(_cut(base, low, site), 1), (_cut(base, high, site), 0)}))
    if not low and not high:
        return base
    return narrowed(base, frozenset({(_cut(base, low or high, site), int(bool(low)))}))


def _every(base: Data, index: ast.Slice, site: Site[ast.Subscript]) -> Data:
    """Every n-th row; other starts leave other rows."""
    how = How.GROUP if base.units else How.RANDOM
    start = index.lower.value if isinstance(index.lower, ast.Constant) and isinstance(index.lower.value, int) else 0
    cut = Cut(
        f"every {text(index.step, 200)}{meant(site.scope, index)}",
        how,
        text(site.node),
        site.place,
        draws=how is How.RANDOM,
    )
    return base if text(index.step) == "-1" else narrowed(base, frozenset({(cut, start)}))


def _bound(site: Site[Any], bound: ast.expr | None) -> str:
    if bound is None or (isinstance(bound, ast.Constant) and bound.value in (0, None)):
        return ""
    return site.key(bound) + turn(site.machine, bound)


def _cut(base: Data, bound: str, site: Site[ast.Subscript]) -> Cut:
    return Cut(f"at {bound} {base.name}", how_arranged(base), text(site.node), site.place)


def how_arranged(data: Data) -> How:
    """What cutting at a position parts the rows by."""
    if data.units:
        return How.GROUP
    if data.arrangement == "shuffled":
        return How.RANDOM
    return How.TIME if data.arrangement == "time" else How.BLOCKS


def column_names(index: Site[Any]) -> list[str]:
    """The columns an index names, empty where it names none that is known."""
    node = index.node
    if isinstance(node, ast.Tuple):
        return column_names(index.at(node.elts[-1])) if len(node.elts) > 1 else []
    return [] if isinstance(node, ast.Slice) else names_in(index.evaluate(node))


def names_in(value: Value) -> list[str]:
    """Text constants in a value."""
    if isinstance(value, Const) and isinstance(value.value, str):
        return [value.value]
    if isinstance(value, Sequence) and not value.open:
        found = [item.value for item in value.items if isinstance(item, Const) and isinstance(item.value, str)]
        return found if len(found) == len(value.items) else []
    return []


def choose_columns(base: Data, names: list[str], machine: Machine) -> Data:
    """The frame with these columns only."""
    known = dict(base.columns)
    if len(names) == 1 and names[0] in known:
        return replace(known[names[0]], by=base.by, arrangement=base.arrangement, units=known[names[0]].units)
    chosen = merge(known[name] for name in names if name in known)
    return replace(
        base,
        fits=base.fits | chosen.fits,
        predictions=base.predictions | chosen.predictions,
        judged=base.judged | chosen.judged,
        columns=tuple((n, c) for n, c in base.columns if n in names) if len(names) > 1 else (),
        column=names[0] if len(names) == 1 else "",
        when=When.SPAN
        if machine.columns.time and names == [machine.columns.time]
        else left_of(base.when, names[0])
        if len(names) == 1
        else When.NEVER,
        target=machine.columns.target in names and bool(machine.columns.target),
        plain=holds_no_labels(base, names, machine),
    )


def holds_no_labels(base: Data, names: list[str], machine: Machine) -> bool:
    """Whether these columns are known by name, and each is one of the data or was made of such."""
    known = dict(base.columns)
    may = {name for name, column in known.items() if not column.plain} | {machine.columns.target}
    return bool(names) and may.isdisjoint(names)


def without_columns(base: Data, names: list[str], machine: Machine) -> Data:
    return replace(
        base,
        columns=tuple((n, c) for n, c in base.columns if n not in names),
        target=base.target and machine.columns.target not in names,
    )
