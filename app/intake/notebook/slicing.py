"""Which statements of a notebook train, evaluate and predict depend on.

A name's value at some point comes from the statements before it that bind or alter the name, back to the
last one that binds it for certain.  From the three functions this is followed to everything they need:
what a statement looks up as it runs is followed from its own place, what its functions look up from the
place where they may be called: the end of the notebook, or an earlier statement that uses them.
"""

from __future__ import annotations

import ast
import builtins
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import count

from app.intake.notebook import effects
from app.intake.notebook.calls import ROOTS, Budget, Calls, holders, reads_data
from app.intake.notebook.units import NONE, Unit


@dataclass(frozen=True)
class Slice:
    """The kept units in order.  `needed` are all names they look up; `reads` pairs a kept unit that surely
    reads data as it is imported with the names that lead to it, from one of the three functions on."""

    kept: tuple[Unit, ...]
    needed: frozenset[str]
    reads: tuple[tuple[Unit, tuple[str, ...]], ...]


def cut(units: Sequence[Unit], files: frozenset[str]) -> Slice:
    """What train, evaluate and predict depend on.  `files` are the submission's own files, which may be
    read at import.  Raises Rejected where the dependencies are too many to follow."""
    budget = Budget()
    calls = Calls(units, budget)
    aliased = _aliased([calls.spread(unit) for unit in units])
    resolved = _without_data_work(aliased, calls, files)
    why = _follow(resolved, budget)
    kept = [units[i] for i in sorted(why)]
    needed = {name for unit in kept for name in unit.names.now | unit.names.later}
    reads = [(units[i], path) for i, path in sorted(why.items()) if reads_data(units[i], calls, files, certain=True)]
    return Slice(tuple(kept), frozenset(needed | ROOTS), tuple(reads))


def _aliased(units: list[Unit]) -> list[Unit]:
    """After `b = a`, what alters the one alters the other, until one is bound anew."""
    group: dict[str, int] = {}
    fresh = count()
    resolved = []
    for unit in units:
        groups = {group[name] for name in unit.alters | unit.touches if name in group}
        others = frozenset(n for n, g in group.items() if g in groups) if groups else frozenset()
        resolved.append(replace(unit, touches=unit.touches | others))
        before = {name: group[name] for name in unit.names.binds if name in group}
        for name in unit.names.binds:
            group[name] = next(fresh)
        for names in _same_object(unit):
            itself = names[-1] in names[:-1]  # `a = a` leaves the object what it was
            shared = before[names[-1]] if itself and names[-1] in before else group.setdefault(names[-1], next(fresh))
            group |= dict.fromkeys(names, shared)
    return resolved


def _same_object(unit: Unit) -> list[list[str]]:
    """Names that an assignment without computation makes one object: `b = a`, `a = b = []`."""
    sides = [[*n.targets, n.value] for n in unit.tree.body if isinstance(n, ast.Assign)]
    names = [[side.id for side in pair if isinstance(side, ast.Name)] for pair in sides]
    return [group for group in names if len(group) > 1]


def _without_data_work(units: list[Unit], calls: Calls, files: frozenset[str]) -> list[Unit]:
    """Fitting a global model on the notebook's data is exploration: what only may alter a value does not
    count where it depends on data."""
    tainted: set[str] = set()
    resolved = []
    for unit in units:
        used = {n for name in effects.called(effects.walk_now(unit.tree)) for n in calls.reach(name)}
        dirty = reads_data(unit, calls, files, certain=False) or bool((unit.names.now | used) & tainted)
        resolved.append(_clean(unit) if dirty else unit)
        tainted -= set() if dirty else unit.kills
        tainted |= unit.names.binds | unit.alters if dirty else set()
    return resolved


def _clean(unit: Unit) -> Unit:
    """A key read from a file into the environment belongs to the candidate's machine as much."""
    alters = NONE if effects.ambient(effects.walk_now(unit.tree)) else unit.alters
    return replace(unit, touches=NONE, alters=alters)


def _follow(units: Sequence[Unit], budget: Budget) -> dict[int, tuple[str, ...]]:
    """The units to keep by index, each with the names that led to it first."""
    finder = _Finder(units, budget)
    holding = holders(units)[0]
    end = len(units)
    why: dict[int, tuple[str, ...]] = {}
    waiting: list[tuple[int, int, tuple[str, ...]]]
    waiting = [(i, end, (root,)) for root in sorted(ROOTS) for i in finder.reaching(root, end)]
    waiting += [(i, end, ("import",)) for i, unit in enumerate(units) if _always(unit)]
    seen: set[tuple[int, int]] = set()
    while waiting:
        at, when, path = waiting.pop()
        why.setdefault(at, path)
        # When its functions may be called matters only for a value that may hold functions.
        when = when if at in holding else end
        if (at, when) in seen:
            continue
        seen.add((at, when))
        for name in units[at].names.now:
            found = finder.reaching(name, at)
            waiting += [(i, w, (*path, name)[:6]) for i in found for w in {at, when} if (i, w) not in seen]
        for name in units[at].names.later:
            found = finder.reaching(name, when)
            waiting += [(i, when, (*path, name)[:6]) for i in found if (i, when) not in seen]
    return why


def _always(unit: Unit) -> bool:
    """Future imports, and what changes the search path or the environment, matter to everything."""
    changes = bool(unit.alters | unit.touches)
    return unit.is_future or (changes and effects.ambient(effects.walk_now(unit.tree)))


class _Finder:
    """Which units give a name its value at a place."""

    def __init__(self, units: Sequence[Unit], budget: Budget) -> None:
        self._units = units
        self._budget = budget
        self._writers: dict[str, list[int]] = defaultdict(list)
        for i, unit in enumerate(units):
            for name in unit.writes:
                self._writers[name].append(i)

    def reaching(self, name: str, before: int) -> list[int]:
        """From the last unit before `before` back to the one that binds the name for certain."""
        found = []
        writers = self._writers.get(name, [])
        for n in range(bisect_left(writers, before) - 1, -1, -1):
            self._budget.spend(1)
            found.append(writers[n])
            if name in self._units[writers[n]].kills:
                return found
        stars = self._writers.get("*", []) if not hasattr(builtins, name) else []
        return found + [i for i in stars if i < before]
