"""What the result depends on: which functions and classes give something that is used, or do something.

A result is used where it is returned, stored where it is read, raised, written or handed to what uses it.  A call whose
value nobody reads, of a function that changes nothing outside itself, does nothing; what it calls does nothing either.
Whatever is in doubt is taken to be used: a library's function that is not known, a name that is looked up by text.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from graders.source.effects import MOST_STEPS, UNKNOWN, Effects, given
from graders.source.flow import DONE, IDLE, USED, Atom, Key, Program, Scope, Unit, key_of
from graders.source.module import Module, last

#: What the grader and people call.
ENTRIES = frozenset({"train", "evaluate", "predict", "main"})
#: Decorators that leave a function to those who call it.
QUIET_MARKS = frozenset(
    {"cache", "lru_cache", "cached", "contextmanager", "dataclass", "jit", "njit", "wraps", "total_ordering", "final"}
    | {"staticmethod", "classmethod", "property", "cached_property", "abstractmethod", "override", "overload", "define"}
)

#: Calls that give None where they find nothing.
MAY_BE_NONE = frozenset({"get", "match", "search", "fullmatch", "next", "getattr", "find", "pop", "which", "getenv"})

#: A shorter piece of a text names nothing.
LEAST_PART = 3


def unneeded(
    modules: Sequence[Module], entries: frozenset[str], mentioned: Iterable[str] = ()
) -> dict[str, tuple[ast.stmt, ...]]:
    """By path, the statements of modules on which nothing depends that train, evaluate, predict or main give.

    Functions and classes are named whole; `entries` are the paths of the modules that offer these, and `mentioned` are
    names that other files call.
    """
    product = [module for module in modules if not module.is_test]
    program = Program(product)
    outside = {name for module in modules if module.is_test for node in module.nodes for name in _spoken(node)}
    inside = {name for module in product for node in module.nodes for name in _spoken(node)}
    effects = Effects(program)
    marks = _Marks(program, effects, entries)
    finished = effects.steps <= MOST_STEPS and marks.run((outside - inside) | set(mentioned))
    return {module.path: tuple(_left(module, program, marks)) for module in product} if finished else {}


def _left(module: Module, program: Program, marks: _Marks) -> Iterator[ast.stmt]:
    units = [node for node in module.tree.body if isinstance(node, Unit)]
    idle = [node for node in units if not marks.is_live(node)]
    if not idle:
        return
    yield from idle
    if len(idle) < len(units):
        return
    busy = {id(node) for atom in program.bodies[id(module)].atoms if atom.state for node in atom.heads()}
    kept = (ast.Try, ast.TryStar)
    yield from (n for n in module.tree.body if not isinstance(n, Unit | kept[0] | kept[1]) and id(n) not in busy)


def _spoken(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
        yield node.id
    elif isinstance(node, ast.Attribute):
        yield node.attr


class _Marks:
    """Which scopes are run for something, and which names are read."""

    def __init__(self, program: Program, effects: Effects, entries: frozenset[str]) -> None:
        self.program, self.effects, self.entries = program, effects, entries
        self.used: set[Key] = set()
        self.steps = 0
        self.waiting: list[tuple[Scope, Atom]] = []
        self.does: dict[int, tuple[bool, set[Key]]] = {}
        #: By a name, what gives it or what it stands for a value; by a block, what leaves it; by a scope, who calls it.
        self.of_name: dict[Key, list[tuple[Scope, Atom]]] = defaultdict(list)
        self.of_block: dict[int, list[tuple[Scope, Atom]]] = defaultdict(list)
        self.callers: dict[int, list[tuple[Scope, Atom]]] = defaultdict(list)
        for scope in program.scopes:
            for atom in scope.atoms:
                self._note(scope, atom)

    def _note(self, scope: Scope, atom: Atom) -> None:
        self.does[id(atom)] = self.effects.of(atom, scope)
        names = {self.effects.key(name, scope) for name in atom.stored}
        names |= {key for name in atom.stored if name in scope.keyed for key in _keys(name, atom, scope)}
        for key in names | self.does[id(atom)][1]:
            self.of_name[key].append((scope, atom))
        if atom.loop is not None and isinstance(atom.node, ast.Break | ast.Continue):
            self.of_block[id(atom.loop)].append((scope, atom))
        for node in (inner for value in atom.values for inner in ast.walk(value)):
            if isinstance(node, ast.Call):
                for unit in self.program.meant(node.func, scope):
                    for one, _ in self.effects.called(unit):
                        self.callers[id(one)].append((scope, atom))

    def is_live(self, unit: Unit) -> bool:
        """Whether something depends on a function or class, or on the larger part of it."""
        scope = self.program.of_unit[id(unit)]
        methods = [one for one in self.program.by_class[id(unit)] if one.unit and one.unit.name != "__init__"]
        return scope.live and (self._does_most(scope) if not methods else any(map(self._does_most, methods)))

    def _does_most(self, scope: Scope) -> bool:
        """Whether at least half of what a function evaluates is for its effect, where nobody takes its value."""
        sizes = [(sum(1 for value in a.values for _ in ast.walk(value)), a.state) for a in scope.atoms]
        return scope.wanted or 2 * sum(size for size, state in sizes if state) >= sum(size for size, _ in sizes)

    def run(self, spoken: Iterable[str]) -> bool:
        """Follow everything from the entries; False where there is too much to follow."""
        for module in self.program.modules:
            self._reach(self.program.bodies[id(module)], wanted=module.has_cells)
        spoken = {*spoken, *self._by_text()}
        for name, found in self.program.named.items():
            for module, unit in found:
                entered = name in ENTRIES and module.path in self.entries
                if (
                    entered
                    or name in spoken
                    or any(last(_called_of(m)) not in QUIET_MARKS for m in unit.decorator_list)
                ):
                    self._reach(self.program.of_unit[id(unit)])
        for module in self.program.modules:
            for name in ENTRIES if module.path in self.entries else ():
                self._use(name, self.program.bodies[id(module)])
        while self.waiting and self.steps <= MOST_STEPS:
            self._follow(*self.waiting.pop())
        return self.steps <= MOST_STEPS

    def _by_text(self) -> Iterator[str]:
        """Names that a text gives, where something is looked up by one, and classes that are found by their base."""
        nodes = [node for module in self.program.modules for node in module.nodes]
        if any(isinstance(node, ast.Attribute) and node.attr == "__subclasses__" for node in nodes) or (
            "__init_subclass__" in self.program.methods
        ):
            for name, found in self.program.named.items():
                if any(isinstance(unit, ast.ClassDef) and unit.bases for _, unit in found):
                    yield name
        if not self.program.by_text:
            return
        texts = {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}
        parts = {
            value.value
            for node in nodes
            if isinstance(node, ast.JoinedStr | ast.BinOp)
            for value in ast.walk(node)
            if isinstance(value, ast.Constant) and isinstance(value.value, str) and len(value.value) >= LEAST_PART
        }
        ends = tuple(parts)
        yield from (n for n in self.program.named if n in texts or n.startswith(ends) or n.endswith(ends))

    def _reach(self, scope: Scope, wanted: bool = True) -> None:
        if scope.live and scope.wanted >= wanted:
            return
        fresh, scope.live, scope.wanted = not scope.live, True, scope.wanted or wanted
        self.waiting += [(scope, atom) for atom in scope.atoms]
        if fresh and scope.unit is not None:
            self._head(scope.unit, self.program.bodies[id(scope.module)])
        if isinstance(scope.unit, ast.ClassDef):
            plain = not (scope.unit.bases or scope.unit.keywords or scope.unit.decorator_list)
            for method in self.program.by_class[id(scope.unit)]:
                self._reach(method, wanted=not (plain and method.unit and method.unit.name in self.program.dropped))

    def _head(self, unit: Unit, outer: Scope) -> None:
        """What is evaluated where a function or class is defined."""
        values: list[ast.expr | None] = [*unit.decorator_list]
        if isinstance(unit, ast.ClassDef):
            values += [*unit.bases, *(k.value for k in unit.keywords)]
        else:
            given = unit.args
            values += [*given.defaults, *given.kw_defaults, unit.returns]
            values += [a.annotation for a in ast.walk(given) if isinstance(a, ast.arg)]
        for value in values:
            if value is not None:
                self._take(value, outer, wanted=True)

    def _follow(self, scope: Scope, atom: Atom) -> None:
        """Look at a statement anew, and at what it reads if it is done."""
        self.steps += 1
        atom.state = max(atom.state, self._state(atom, scope))
        above: Atom | None = atom
        while above is not None and above.state > IDLE:
            self._take_all(above, scope)
            self.waiting += self.of_block.pop(id(above), ())
            above = above.above
            if above is None or above.state == USED:
                return
            above.state = USED

    def _state(self, atom: Atom, scope: Scope) -> int:
        """How a statement is done, as far as it is known what is read."""
        if isinstance(scope.unit, ast.ClassDef) or (scope.unit is None and scope.module.has_cells):
            return USED
        if self._directs(atom, scope) or any(self.effects.key(name, scope) in self.used for name in atom.stored):
            return USED
        outward, changed = self.does[id(atom)]
        parameters = {(id(scope), name) for name in scope.parameters}
        if changed & (self.used | parameters | {UNKNOWN}):
            return USED
        leaves = isinstance(atom.node, ast.Return) and atom.above is not None  # what comes after it is left out
        return DONE if outward or leaves else IDLE

    def _directs(self, atom: Atom, scope: Scope) -> bool:
        """Whether a statement gives the value of its function, or decides what is done next."""
        match atom.node:
            case ast.Raise():
                return True
            case ast.Assert(test=test):
                return not self._is_there(test, scope)
            case ast.Return(value=value):
                return atom.nested or scope.wanted or value is None
            case ast.Break() | ast.Continue():
                return atom.loop is not None and atom.loop.state > IDLE
        inner = {type(node) for value in atom.values for node in ast.walk(value)}
        if atom.caught and ast.Call in inner:
            return True
        return (scope.wanted or atom.nested) and bool(inner & {ast.Yield, ast.YieldFrom})

    def _is_there(self, test: ast.expr, scope: Scope) -> bool:
        """Whether an assertion only asks that functions of the work gave something, which they always do."""
        match test:
            case ast.BoolOp(values=parts):
                return all(self._is_there(part, scope) for part in parts)
            case (
                ast.Compare(left=subject, ops=[ast.IsNot()], comparators=[ast.Constant(value=None)])
                | ast.Call(func=ast.Name(id="isinstance"), args=[subject, _])
            ):
                bound = isinstance(subject, ast.Name) and subject.id not in scope.parameters
                values = scope.bindings.get(subject.id, []) if bound and isinstance(subject, ast.Name) else [subject]
                made = [
                    self.program.meant(value.func, scope) if isinstance(value, ast.Call) else [] for value in values
                ]
                return bool(made) and all(units and all(map(_always_gives, units)) for units in made)
        return False

    def _take_all(self, atom: Atom, scope: Scope) -> None:
        values = () if isinstance(atom.node, ast.Return) and atom.state == DONE else atom.values
        if len(atom.stored) == 1 and atom.stored[0] in scope.keyed and isinstance(values[0], ast.Dict):
            pairs = zip(_keys(atom.stored[0], atom, scope), values[0].values, strict=True)
            values = tuple(value for key, value in pairs if key in self.used)
        kept = atom.state == USED
        for value in (*values, *(part for place in atom.changed for part in _places(place, named=kept))):
            self._take(value, scope, wanted=kept and (atom.caught or not isinstance(atom.node, ast.Expr)))

    def _take(self, value: ast.expr, scope: Scope, wanted: bool) -> None:
        """Follow what an expression reads and calls."""
        waiting: list[tuple[ast.AST, bool]] = [(value, wanted)]
        while waiting:
            node, used = waiting.pop()
            self.steps += 1
            if (part := key_of(node)) is not None and part[0] in scope.keyed:
                self._use(part[0], scope)
                self._use("/".join(part), scope)
                continue
            units = self.program.meant(node.func, scope) if isinstance(node, ast.Call) else []
            if isinstance(node, ast.Call) and units:
                for unit in units:
                    self._reach(self.program.of_unit[id(unit)], used)
                waiting += [(arg, True) for arg in self._needed_values(node, units)]
                continue
            if isinstance(node, ast.Name):
                if isinstance(node.ctx, ast.Load) or value is node:
                    self._use(node.id, scope)
                continue
            if isinstance(node, ast.Attribute):
                for unit in self.program.meant(node, scope):
                    self._reach(self.program.of_unit[id(unit)])
                self._read(node.attr)
            waiting += [(child, True) for child in ast.iter_child_nodes(node)]

    def _needed_values(self, call: ast.Call, units: list[Unit]) -> Iterator[ast.expr]:
        """The arguments of a call that what is called makes something of."""
        values = [*call.args, *(k.value for k in call.keywords)]
        left = {id(value) for value in values}
        for unit in units:
            ways = self.effects.called(unit)
            if not ways:
                yield from values
                return
            for one, skipped in ways:
                idle = [
                    n for n in one.parameters if (id(one), n) not in self.used and n not in one.parameters[:skipped]
                ]
                unread = {id(value) for name in idle for value in given(call, one, name, skipped)}
                taken = [n for n in one.parameters if n not in idle]
                read = {id(value) for name in taken for value in given(call, one, name, skipped)}
                left &= unread - read
        yield from (value for value in values if id(value) not in left)

    def _use(self, name: str, scope: Scope) -> None:
        key = self.effects.key(name, scope)
        if key[0] == 0:
            for unit in self.program.units(name, scope.module):
                self._reach(self.program.of_unit[id(unit)])
        if key not in self.used:
            self.used.add(key)
            self.waiting += [(where, atom) for where, atom in self.of_name[key] if where.live]
            if name in scope.parameters and key[0]:
                self.waiting += [(where, atom) for where, atom in self.callers[id(scope)] if where.live]

    def _read(self, name: str) -> None:
        """A part of something is read, which may be a name of a module."""
        if (0, name) not in self.used:
            self.used.add((0, name))
            self.waiting += [(where, atom) for where, atom in self.of_name[0, name] if where.live]


def _always_gives(unit: Unit) -> bool:
    """Whether a call never gives None: of a class, or of a function that ends with a value and returns no None."""
    if isinstance(unit, ast.ClassDef):
        return True
    parts = list(ast.walk(unit))
    values = [node.value for node in parts if isinstance(node, ast.Return)]
    named = {value.id for value in values if isinstance(value, ast.Name)}
    empty = any(
        isinstance(node, ast.Assign | ast.AnnAssign) and _may_be_none(node.value) and named & _targets(node)
        for node in parts
    )
    return isinstance(unit.body[-1], ast.Return) and not empty and not any(map(_may_be_none, values))


def _targets(node: ast.Assign | ast.AnnAssign) -> set[str]:
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    return {target.id for target in targets if isinstance(target, ast.Name)}


def _may_be_none(value: ast.expr | None) -> bool:
    """Whether an expression is None, may choose it, or asks a library for what may not be there."""
    match value:
        case None | ast.Constant(value=None):
            return True
        case ast.IfExp(body=body, orelse=orelse):
            return _may_be_none(body) or _may_be_none(orelse)
        case ast.BoolOp(values=values):
            return any(map(_may_be_none, values))
        case ast.Call(func=func):
            return last(func) in MAY_BE_NONE
    return False


def _keys(name: str, atom: Atom, scope: Scope) -> list[Key]:
    """The keys of a table that is written, each as a name of its own."""
    table = atom.values[0]
    return [(id(scope), f"{name}/{getattr(key, 'value', '')!s}") for key in getattr(table, "keys", ())]


def _places(node: ast.expr, named: bool) -> Iterator[ast.expr]:
    """What is evaluated to find the place that is stored into; the name of what holds it only where that is `named`."""
    while isinstance(node, ast.Attribute | ast.Subscript | ast.Starred):
        if isinstance(node, ast.Subscript):
            yield node.slice
        node = node.value
    if named or not isinstance(node, ast.Name):
        yield node


def _called_of(mark: ast.expr) -> ast.expr:
    return mark.func if isinstance(mark, ast.Call) else mark
