"""What calling the notebook's own functions brings about."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from app.intake.notebook import effects
from app.intake.notebook.units import Unit
from app.intake.problems import rejected
from app.words import _

ROOTS = frozenset({"train", "evaluate", "predict"})
#: Steps a slice may take; a notebook of 500 statements takes some thousands.
MAX_STEPS = 500_000


class Budget:
    """A bound on work that does not depend on the machine's speed."""

    def __init__(self) -> None:
        self._left = MAX_STEPS

    def spend(self, steps: int) -> None:
        self._left -= steps
        if self._left < 0:
            raise rejected("CODE_TOO_COMPLEX", _("The notebook's statements depend on each other in too many ways."))


class Calls:
    """What calling each of the notebook's own functions brings about, through further calls."""

    def __init__(self, units: Sequence[Unit], budget: Budget) -> None:
        self._budget = budget
        self._imports = {name for unit in units for name in unit.imports}
        self._definers: dict[str, list[Unit]] = defaultdict(list)
        for unit in units:
            for name in unit.names.binds if effects.walk_later(unit.tree) else ():
                self._definers[name].append(unit)
        self._holders: dict[str, list[Unit]] = defaultdict(list)
        self._held = holders(units)[1]
        for unit in units:
            for name in (unit.names.binds | unit.alters) & self._held:
                self._holders[name].append(unit)
        self._hidden: dict[str, frozenset[str]] = {}
        self._reach: dict[str, frozenset[str]] = {}
        self._changers: dict[str, bool] = {}
        direct = {n for n, us in self._definers.items() for u in us if effects.reads(effects.walk_later(u.tree))}
        self.readers = {name for name in self._definers if self.reach(name) & direct}

    def reach(self, name: str) -> frozenset[str]:
        """`name` and all globals that calling it may look up."""
        if name not in self._reach:
            seen, waiting = {name}, [name]
            while waiting:
                for unit in self._definers.get(waiting.pop(), ()):
                    self._budget.spend(len(unit.names.later))
                    waiting += unit.names.later - seen
                    seen |= unit.names.later
            self._reach[name] = frozenset(seen)
        self._budget.spend(len(self._reach[name]))
        return self._reach[name]

    def spread(self, unit: Unit) -> Unit:
        """The unit with what it and the functions it uses may alter; trying out train and the others counts
        for nothing."""
        if unit.names.now & ROOTS:
            return unit
        touches = effects.touched(effects.walk_now(unit.tree), self._imports)
        hidden = {altered for name in unit.names.now & self._held for altered in self._alters(name)}
        return replace(unit, touches=frozenset(touches | hidden | self._altered_arguments(unit)))

    def _alters(self, name: str) -> frozenset[str]:
        """Globals that may be altered by calling a function that `name` may hold, under whatever name."""
        if name not in self._hidden:
            altered: set[str] = set()
            seen, waiting = {name}, [name]
            while waiting:
                for unit in self._holders.get(waiting.pop(), ()):
                    new = (unit.names.later | effects.mentioned(effects.walk_now(unit.tree))) & self._held - seen
                    self._budget.spend(1 + len(new))
                    altered |= unit.later_alters
                    waiting += new
                    seen |= new
            self._hidden[name] = frozenset(altered)
        return self._hidden[name]

    def _altered_arguments(self, unit: Unit) -> set[str]:
        """Names handed to an own function that alters one of its parameters."""
        names: set[str] = set()
        for node in effects.walk_now(unit.tree):
            if isinstance(node, ast.Call) and self._changes_parameter(effects.base(node.func) or ""):
                values = [*node.args, *(k.value for k in node.keywords)]
                names |= {name for v in values if (name := effects.base(v)) is not None}
        return names

    def _changes_parameter(self, function: str) -> bool:
        if function not in self._changers:
            definitions = [n for u in self._definers.get(function, ()) for n in u.tree.body]
            self._changers[function] = any(
                effects.altered(list(ast.walk(d))) & {a.arg for a in d.args.args}
                for d in definitions
                if isinstance(d, ast.FunctionDef)
            )
        return self._changers[function]


def reads_data(unit: Unit, calls: Calls, files: frozenset[str], *, certain: bool) -> bool:
    """Whether the unit reads data that is not part of the submission; `certain` leaves out what a condition
    or an exception handler guards."""
    walk = effects.walk_certain if certain else effects.walk_now
    found = effects.reads(walk(unit.tree)) is not None or bool(effects.called(walk(unit.tree)) & calls.readers)
    return found and not effects.names_file(unit.tree, files)


def holders(units: Sequence[Unit]) -> tuple[frozenset[int], frozenset[str]]:
    """The units, by index, whose value may hold one of the notebook's functions, and the names of such values:
    definitions, what mentions such a value other than to call it, and what calls a function that may return
    a function."""
    factories = {name for unit in units if effects.nests(unit.tree) for name in unit.names.binds}
    names: set[str] = set()
    found: set[int] = set()
    for _time in range(2):  # twice, since a function may be put into a place that is read further up
        for i, unit in enumerate(units):
            mentions = effects.mentioned(effects.walk_now(unit.tree))
            calls = effects.called(effects.walk_now(unit.tree))
            if effects.walk_later(unit.tree) or mentions & names or calls & factories:
                found.add(i)
                names |= unit.names.binds | unit.alters | unit.touches
    return frozenset(found), frozenset(names)
