"""Ways of parting rows: train_test_split, splitters, folds."""

from __future__ import annotations

import ast
from dataclasses import replace

from graders.checks.leakage.static.knowledge import DRAWS_ONCE, GROUP_SPLITTERS, SPLITTERS
from graders.checks.leakage.static.machine import Arguments, Site, text
from graders.checks.leakage.static.rows import Cut, How, Rows
from graders.checks.leakage.static.subscripts import narrowed
from graders.checks.leakage.static.values import UNKNOWN, Const, Data, Estimator, Sequence, Unknown, Value, data_of


def train_test_split(arguments: Arguments, site: Site[ast.Call]) -> Value:
    """Each argument as its two parts.  The same seed and size part the same rows alike."""
    datas = [data_of(value) for value in arguments.positional]
    first = datas[0] if datas else Data()
    seed, size = arguments.get(-1, "random_state"), arguments.get(-1, "test_size")
    at = site.place
    key = (
        f"split {_written(seed)} {_written(size)}"
        if isinstance(seed, Const) and seed.value is not None
        else f"split {at}"
    )
    how = _how_split(first, arguments)
    best = kept_for_its_score(seed)
    cut = fresh(Cut(key, how, text(site.node.func), at, draws=how is How.RANDOM, best=best), first.rows)
    parts: list[Value] = []
    for data in datas:
        parts.extend([_part(data, cut, 0), _part(data, cut, 1)])
    return Sequence(parts)


def kept_for_its_score(setting: Value) -> bool:
    """Whether a setting, such as a seed, was kept because a figure was the best of several with it."""
    return isinstance(setting, Data) and bool(setting.best)


def _written(value: Value) -> str:
    return repr(value.value)[:40] if isinstance(value, Const) else "?"


def _how_split(data: Data, arguments: Arguments) -> How:
    if data.units:
        return How.GROUP
    shuffle = arguments.get(-1, "shuffle")
    if isinstance(shuffle, Const) and shuffle.value is False:
        return How.TIME if data.arrangement == "time" else How.BLOCKS
    return How.RANDOM


def fresh(cut: Cut, rows: Rows) -> Cut:
    """The cut under a key that these rows did not go through yet."""
    taken = {c.key for atom in rows for c, _ in atom.sides}
    while cut.key in taken and len(cut.key) < 300:
        cut = replace(cut, key=cut.key + "'")
    return cut


def _part(data: Data, cut: Cut, side: int) -> Data:
    part = narrowed(data, frozenset({(cut, side)}))
    return part if data.rows else replace(part, picks=data.picks | {(cut, side)})


def folds(splitter: Value, arguments: Arguments, site: Site[ast.Call]) -> Cut:
    """The cut that one fold of a splitter makes in the rows it is given."""
    data = data_of(arguments.get(0, "X", "data"))
    groups = arguments.get(2, "groups")
    cut = Cut(f"fold {site.place}", how_folded(data, splitter, groups), _named(splitter), site.place)
    once = isinstance(splitter, Estimator) and splitter.name in DRAWS_ONCE
    kept = isinstance(splitter, Estimator) and any(kept_for_its_score(v) for v in splitter.options.values())
    return fresh(replace(cut, folds=not once, draws=once and cut.how is How.RANDOM, best=kept), data.rows)


def _named(splitter: Value) -> str:
    return splitter.name if isinstance(splitter, Estimator) else "cross-validation"


def how_folded(data: Data, splitter: Value, groups: Value) -> How:
    if data.units:
        return How.GROUP
    if not isinstance(splitter, Estimator):
        # An int or nothing means consecutive blocks; an object we could not follow may do anything.
        return _plain(data) if isinstance(splitter, Const) else How.OTHER
    if splitter.name not in SPLITTERS or splitter.name == "PredefinedSplit":
        return How.OTHER
    if splitter.name in GROUP_SPLITTERS:
        return How.GROUP
    if splitter.name == "TimeSeriesSplit":
        return How.TIME
    shuffle = splitter.options.get("shuffle", UNKNOWN)
    if splitter.name == "KFold" and (
        isinstance(shuffle, Unknown) or (isinstance(shuffle, Const) and not shuffle.value)
    ):
        return _plain(data)
    return How.RANDOM


def _plain(data: Data) -> How:
    if data.arrangement == "time":
        return How.TIME
    return How.RANDOM if data.arrangement != "group" else How.GROUP


def split_pairs(splitter: Estimator, arguments: Arguments, site: Site[ast.Call]) -> Value:
    """`splitter.split(X, y, groups)`: positions of the two sides, for every fold alike."""
    cut = folds(splitter, arguments, site)
    pair: Value = Sequence([Data(picks=frozenset({(cut, 0)})), Data(picks=frozenset({(cut, 1)}))])
    return Sequence([pair], open=True)
