"""Whether the turns of a loop choose rows: what two turns put into a list are other rows then."""

from __future__ import annotations

import ast
from typing import Any

from graders.checks.leakage.static.machine import Loop, Site, named
from graders.checks.leakage.static.values import Data, Sequence, Value

#: In place of the number of a turn: what is walked stands for all turns.
EVERY = -1
_CHOOSING = frozenset({"query", "get_group", "filter", "isin", "between", "eq", "take"})


def put_again(receiver: Sequence, value: Value, written: ast.expr, call: ast.AST, site: Site[Any]) -> bool:
    """Put the rows that a turn chose where another turn had put others: one part stands for all of them.

    False where no other turn had, or where rows were not chosen by the turn."""
    around = site.machine.around
    if not around or around[-1][1] != EVERY:
        return False
    loop = around[-1][0]
    before = receiver.put.setdefault((call, *(turn for _, turn in around)), len(receiver.items))
    if before >= len(receiver.items) or all(node is not call for node in ast.walk(loop)):
        return False
    keys, rows = _turned(loop)
    chosen = _chooses(written, keys) or rows & {*named(written)}
    if not chosen and not (keys & {*named(written)} and _narrowed(value, written, site)):
        return False
    receiver.items[before] = value
    return True


def _narrowed(value: Value, written: ast.expr, site: Site[Any]) -> bool:
    """Whether a function left fewer rows than each table that it was given."""
    tables = [site.scope.holder(name) for name in named(written)]
    given = {
        held.rows
        for name, holder in zip(named(written), tables, strict=True)
        if holder is not None and isinstance(held := holder.names[name], Data) and held.rows
    }
    return isinstance(value, Data) and bool(given) and value.rows not in given


def _turned(loop: Loop) -> tuple[set[str], set[str]]:
    """The names that turn in a loop, and those of rows that they chose.  A loop over groups turns rows themselves."""
    targets = [node.targets for node in ast.walk(loop) if isinstance(node, ast.Assign)]
    keys = (
        {name for several in targets for one in several for name in named(one)} & {*named(loop.test)}
        if isinstance(loop, ast.While)
        else {*named(loop.target)}
    )
    rows = keys if not isinstance(loop, ast.While) and "groupby" in _called(loop.iter) else set[str]()
    for node in ast.walk(loop):
        if isinstance(node, ast.Assign):
            made = {name for target in node.targets for name in named(target)}
            if _chooses(node.value, keys) or rows & {*named(node.value)}:
                rows = rows | made
            elif keys & {*named(node.value)}:
                keys = keys | made
    return keys, rows


def _chooses(written: ast.expr, keys: set[str]) -> bool:
    """Whether rows are picked by one of the keys: `rows[rows.month == month]`, `rows.query("month == @month")`."""
    for node in ast.walk(written):
        if isinstance(node, ast.Subscript) and keys & {*named(node.slice)}:
            return True
        if isinstance(node, ast.Call) and _CHOOSING & _called(node) and keys & {*_told(node)}:
            return True
    return False


def _called(written: ast.expr) -> set[str]:
    return {node.attr for node in ast.walk(written) if isinstance(node, ast.Attribute)}


def _told(call: ast.Call) -> list[str]:
    """The names in what a call is given, those of a query's text too."""
    words = [
        n.value for a in call.args for n in ast.walk(a) if isinstance(n, ast.Constant) and isinstance(n.value, str)
    ]
    return [
        *(n for a in call.args for n in named(a)),
        *(w.strip("@()") for text in words for w in text.split() if "@" in w),
    ]
