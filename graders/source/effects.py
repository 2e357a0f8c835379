"""What the candidate's functions and the calls in them change, beside giving a value."""

from __future__ import annotations

import ast
from collections import defaultdict

from graders.source import library
from graders.source.flow import Atom, Key, Program, Scope, Unit, dropped, key_of, root
from graders.source.module import Function, last

#: Something that cannot be followed.
UNKNOWN: Key = (-1, "")
#: Beyond so many steps of the search everything is taken to be used.
MOST_STEPS = 3_000_000


class Effects:
    """What each scope changes outside itself, and what calls in it change."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.callers: dict[int, list[Scope]] = defaultdict(list)
        self.globals = {name for module in program.modules for name in program.bodies[id(module)].bindings}
        self.steps = 0
        self.calls: dict[int, tuple[ast.Call, ...]] = {}  # of each statement
        self.spoken: dict[int, tuple[Scope, ...]] = {}  # the functions and classes that it names
        for scope in program.scopes:
            self._note_calls(scope)
        waiting = dict.fromkeys(program.scopes)
        while waiting and self.steps < MOST_STEPS:
            scope, _ = waiting.popitem()
            before = scope.outward, scope.changes
            self._summarise(scope)
            if before != (scope.outward, scope.changes):
                waiting |= dict.fromkeys(self.callers[id(scope)])

    def _note_calls(self, scope: Scope) -> None:
        known = dict[int, Scope]()
        for atom in scope.atoms:
            nodes = [inner for value in atom.values for inner in ast.walk(value)]
            named = [self._of_unit(unit) for node in nodes for unit in self.program.meant(node, scope)]
            self.calls[id(atom)] = tuple(node for node in nodes if isinstance(node, ast.Call))
            self.spoken[id(atom)] = tuple(named)
            called = [*named, *(m for one in named for m in self.program.by_class[id(one.unit)])]
            called += [
                m for node in nodes if isinstance(node, ast.Attribute) for m in self.program.methods.get(node.attr, ())
            ]
            known |= {id(one): one for one in called}
            self.steps += len(nodes)
        for one in known.values():
            self.callers[id(one)].append(scope)

    def _summarise(self, scope: Scope) -> None:
        outward, changed = False, set[Key]()
        for atom in scope.atoms:
            outward |= isinstance(atom.node, ast.Raise | ast.Assert)
            does, keys = self.of(atom, scope)
            outward |= does
            changed |= keys
            if isinstance(scope.unit, Function):
                changed |= {(0, name) for name in atom.stored if name not in scope.locals}
        scope.outward = outward or UNKNOWN in changed
        parameters = {(id(scope), name) for name in scope.parameters}
        scope.changes = frozenset(key for key in changed if key[0] == 0 or key in parameters)

    def of(self, atom: Atom, scope: Scope) -> tuple[bool, set[Key]]:
        """Whether a statement does something for others, and what it changes beside the names that it binds."""
        outward, changed = False, set[Key]()
        for place in atom.changed:
            changed |= self.roots(place, scope)
        let_go = {id(call) for call in dropped(atom.node)}
        outward |= any(one.outward for one in self.spoken[id(atom)])
        for call in self.calls[id(atom)]:
            self.steps += 1
            does, keys = self._of_call(call, id(call) in let_go, scope)
            outward |= does
            changed |= keys
        return outward, changed

    def _of_unit(self, unit: Unit) -> Scope:
        return self.program.of_unit[id(unit)]

    def _of_call(self, call: ast.Call, let_go: bool, scope: Scope) -> tuple[bool, set[Key]]:
        units = self.program.meant(call.func, scope) or self.program.listed(call.func, scope)
        if units:
            return self._of_own(call, [one for unit in units for one in self.called(unit)], scope)
        if isinstance(call.func, ast.Attribute):
            return self._of_method(call, call.func, let_go, scope)
        name = last(call.func)
        if name in scope.bindings and any(isinstance(n, ast.Name) and n.id == name for n in scope.bindings[name]):
            return False, set()  # a function in this one, whose statements are among these
        if name in {"setattr", "next", "delattr"} and call.args:
            return False, self.roots(call.args[0], scope)
        if library.is_pure(name):
            return False, set()
        return let_go or library.is_outward(name, name, frozenset()), set()

    def called(self, unit: Unit) -> list[tuple[Scope, int]]:
        """The scopes that a call of a function or class runs, each with how many parameters the call does not give."""
        if isinstance(unit, Function):
            return [(self._of_unit(unit), 0)]
        made = {"__init__", "__post_init__", "__new__"}
        return [(one, 1) for one in self.program.by_class[id(unit)] if one.unit and one.unit.name in made]

    def _of_own(self, call: ast.Call, called: list[tuple[Scope, int]], scope: Scope) -> tuple[bool, set[Key]]:
        changed = set[Key]()
        for one, skipped in called:
            for key in one.changes:
                if key[0] == 0:
                    changed.add(key)
                elif key[1] not in one.parameters[:skipped]:
                    for value in given(call, one, key[1], skipped):
                        changed |= self.roots(value, scope)
        return any(one.outward for one, _ in called), changed

    def _of_method(self, call: ast.Call, func: ast.Attribute, let_go: bool, scope: Scope) -> tuple[bool, set[Key]]:
        own = self.program.methods.get(func.attr, [])
        outward, changed = self._of_own(call, [(one, int(not _is_static(one))) for one in own], scope)
        if any((id(one), name) in one.changes for one in own for name in one.parameters[:1]):
            changed |= self.roots(func.value, scope)
        if own and self._is_own(func.value, scope):
            return outward, changed
        base, names = root(func.value)
        if any(k.arg == "inplace" for k in call.keywords) or func.attr in library.MUTATING:
            return outward, changed | self.roots(func.value, scope)
        if library.is_pure(func.attr):
            return outward, changed
        does = let_go or library.is_outward(func.attr, last(base), frozenset(names))
        return outward or does, changed

    def _is_own(self, node: ast.expr, scope: Scope) -> bool:
        """Whether a value was made by a class of the work's own, or is the object of a method."""
        if isinstance(node, ast.Name):
            if scope.owner is not None and node.id in scope.parameters[:1]:
                return True
            made = scope.bindings.get(node.id, [])
            return bool(made) and all(isinstance(one, ast.Call) and self._makes(one, scope) for one in made)
        return isinstance(node, ast.Call) and self._makes(node, scope)

    def _makes(self, call: ast.Call, scope: Scope) -> bool:
        units = self.program.meant(call.func, scope)
        return bool(units) and all(isinstance(unit, ast.ClassDef) for unit in units)

    def roots(self, node: ast.expr, scope: Scope) -> set[Key]:
        """The names whose values change when a part of this value does."""
        base: ast.expr = node
        while not isinstance(base, ast.Name):
            if (part := key_of(base)) is not None and part[0] in scope.keyed:
                return {(id(scope), "/".join(part))}
            if (base is not node or isinstance(base, ast.Call)) and self._is_fresh(base, scope):
                return set()
            match base:
                case ast.Attribute(value=value) | ast.Subscript(value=value) | ast.Starred(value=value):
                    base = value
                case ast.Await(value=value) | ast.Call(func=ast.Attribute(value=value)):
                    base = value
                case _:
                    return set() if self._is_fresh(base, scope) else {UNKNOWN}
        found, waiting = set[Key](), [base.id]
        seen: set[str] = set()
        while waiting:
            name = waiting.pop()
            if name in seen:
                continue
            seen.add(name)
            found.add(self.key(name, scope))
            for value in scope.bindings.get(name, ()):
                if not self._is_fresh(value, scope):
                    waiting += [inner.id for inner in ast.walk(value) if isinstance(inner, ast.Name)]
        return found

    def key(self, name: str, scope: Scope) -> Key:
        """What a name stands for; UNKNOWN where nothing of the work binds it."""
        if name.partition("/")[0] in scope.locals:
            return (id(scope), name)
        known = self.program.aliases[id(scope.module)].get(name, name)
        return (0, known) if known in self.globals or known in self.program.named else UNKNOWN

    def _is_fresh(self, node: ast.expr, scope: Scope) -> bool:
        """Whether a value is one that nobody else holds."""
        match node:
            case ast.Call():
                if units := self.program.meant(node.func, scope):
                    return not any(_gives_parameter(unit) for unit in units)
                return library.is_fresh(last(node.func))
            case ast.Subscript(slice=part):  # tables are copied by masks and lists of columns
                masked = isinstance(part, ast.BinOp) and isinstance(part.op, ast.BitAnd | ast.BitOr)
                return masked or isinstance(part, ast.Compare | ast.List)
        return not isinstance(node, SHARING)


#: Values that may be, or hold, one that has another name.
SHARING = (ast.Name, ast.Attribute, ast.BoolOp, ast.IfExp, ast.NamedExpr, ast.Starred, ast.Await)


def given(call: ast.Call, called: Scope, name: str, skipped: int) -> list[ast.expr]:
    """The values that a call may give to a parameter."""
    place = called.parameters.index(name) - skipped
    loose = any(isinstance(arg, ast.Starred) for arg in call.args) or any(k.arg is None for k in call.keywords)
    unit = called.unit
    extra = isinstance(unit, Function) and name in {a.arg for a in (unit.args.vararg, unit.args.kwarg) if a}
    if loose or extra:
        return [*call.args, *(k.value for k in call.keywords)]
    named = [k.value for k in call.keywords if k.arg == name]
    return named or ([call.args[place]] if 0 <= place < len(call.args) else [])


def _is_static(scope: Scope) -> bool:
    return isinstance(scope.unit, Function) and any(last(d) == "staticmethod" for d in scope.unit.decorator_list)


def _gives_parameter(unit: Unit) -> bool:
    """Whether a function returns what it was given, or a part of it."""
    if not isinstance(unit, Function):
        return False
    parameters = {node.arg for node in ast.walk(unit.args) if isinstance(node, ast.arg)}
    returned = (node.value for node in ast.walk(unit) if isinstance(node, ast.Return) and node.value is not None)
    return any(isinstance(base, ast.Name) and base.id in parameters for base, _ in map(root, returned))
