"""The candidate's functions as statements that evaluate, bind and change, and what the names in them mean."""

from __future__ import annotations

import ast
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from graders.source.module import Function, Module, catches_all, last

#: Calls that find a thing by a name in a text, and that load a module by one.
BY_TEXT = frozenset({"globals", "locals", "vars", "eval", "exec", "attrgetter", "methodcaller"})
LOADERS = frozenset({"import_module", "__import__", "run_path", "run_module", "spec_from_file_location", "reload"})
#: Fields of a statement that are bound, and those that are statements of their own.
TARGETS, BLOCKS = frozenset({"target", "targets"}), frozenset({"body", "orelse", "finalbody", "handlers", "cases"})

Unit = Function | ast.ClassDef
Statement = ast.stmt | ast.excepthandler | ast.match_case
#: A local name with the identity of its scope, or 0 and a name of a module.
Key = tuple[int, str]
#: How a statement is done: for nothing, for its effect alone, or for its value.
IDLE, DONE, USED = 0, 1, 2


@dataclass(eq=False)
class Atom:
    """One statement, or the head of a block, with what it evaluates and binds; `above` is the head around it."""

    node: Statement
    above: Atom | None
    loop: Atom | None
    caught: bool  # an error in it is reacted to
    nested: bool  # in a function of a function
    values: tuple[ast.expr, ...] = ()
    stored: tuple[str, ...] = ()
    changed: tuple[ast.expr, ...] = ()
    state: int = IDLE

    def heads(self) -> Iterator[Statement]:
        """The statement and the heads around it."""
        atom: Atom | None = self
        while atom is not None:
            yield atom.node
            atom = atom.above


@dataclass(eq=False)
class Scope:
    """A function or method with its parts, or what a module or a class does as it is imported."""

    module: Module
    unit: Unit | None
    atoms: list[Atom]
    owner: ast.ClassDef | None = None
    parameters: tuple[str, ...] = ()
    locals: frozenset[str] = frozenset()
    bindings: dict[str, list[ast.expr]] = field(default_factory=dict)
    keyed: frozenset[str] = frozenset()  # tables of which only written keys are read, each by itself
    outward: bool = False
    changes: frozenset[Key] = frozenset()
    wanted: bool = False
    live: bool = False


class Program:
    """The scopes of all modules, and what names mean in them."""

    def __init__(self, modules: Sequence[Module]) -> None:
        self.modules = modules
        self.scopes: list[Scope] = []
        self.bodies: dict[int, Scope] = {}  # of modules and of classes
        self.of_unit: dict[int, Scope] = {}
        self.named: dict[str, list[tuple[Module, Unit]]] = defaultdict(list)
        self.methods: dict[str, list[Scope]] = defaultdict(list)
        self.by_class: dict[int, list[Scope]] = defaultdict(list)
        self.stems = {part for module in modules for part in PurePosixPath(module.path).with_suffix("").parts}
        self.aliases: dict[int, dict[str, str]] = {}
        self.starred: set[int] = set()
        self.foreign: dict[int, set[str]] = {}
        self.by_text = self.loads = False
        for module in modules:
            self._read(module)
        nodes = [node for module in modules for node in module.nodes]
        read = Counter(node.attr for node in nodes if isinstance(node, ast.Attribute))
        let_go = (call.func for node in nodes if isinstance(node, ast.Expr) for call in dropped(node))
        times_let_go = Counter(func.attr for func in let_go if isinstance(func, ast.Attribute))
        #: Methods whose value no call takes.
        self.dropped = {name for name, times in times_let_go.items() if times == read[name]}

    def _read(self, module: Module) -> None:
        self._read_imports(module)
        loose = [node for node in module.tree.body if not isinstance(node, Unit)]
        body = _scope(module, None, loose)
        self.bodies[id(module)] = body
        self.scopes.append(body)
        for node in module.tree.body:
            if isinstance(node, Function):
                self._add(_scope(module, node, node.body))
                self.named[node.name].append((module, node))
            elif isinstance(node, ast.ClassDef):
                self.named[node.name].append((module, node))
                self._read_class(module, node)

    def _read_class(self, module: Module, owner: ast.ClassDef) -> None:
        own = _scope(module, owner, [node for node in owner.body if not isinstance(node, Function)], owner)
        self.bodies[id(owner)] = own
        self._add(own)
        for node in owner.body:
            if isinstance(node, Function):
                scope = _scope(module, node, node.body, owner)
                self._add(scope)
                self.methods[node.name].append(scope)
                self.by_class[id(owner)].append(scope)

    def _add(self, scope: Scope) -> None:
        self.scopes.append(scope)
        self.of_unit[id(scope.unit)] = scope

    def _read_imports(self, module: Module) -> None:
        aliases: dict[str, str] = {}
        foreign: set[str] = set()
        for node in module.nodes:
            if isinstance(node, ast.ImportFrom):
                own = bool(node.level) or bool(self.stems & set((node.module or "").split(".")))
                for alias in node.names:
                    if not own:
                        foreign.add(alias.asname or alias.name)
                    elif alias.name == "*":
                        self.starred.add(id(module))
                    else:
                        aliases[alias.asname or alias.name] = alias.name
            elif isinstance(node, ast.Import):
                for alias in node.names:
                    name = alias.asname or alias.name.partition(".")[0]
                    if self.stems & set(alias.name.split(".")):
                        aliases[name] = alias.name.rpartition(".")[2] if alias.asname else name
                    else:
                        foreign.add(name)
            elif isinstance(node, ast.Call):
                called = last(node.func)
                computed = called == "getattr" and len(node.args) > 1 and not isinstance(node.args[1], ast.Constant)
                self.by_text |= called in BY_TEXT | LOADERS or computed
                self.loads |= called in LOADERS
        self.aliases[id(module)], self.foreign[id(module)] = aliases, foreign

    def units(self, name: str, module: Module) -> list[Unit]:
        """What a name that no scope binds means in a module."""
        here = [unit for where, unit in self.named.get(name, ()) if where is module]
        if here:
            return here
        if name in self.foreign[id(module)]:
            return []
        known = self.aliases[id(module)]
        if name in known or id(module) in self.starred:
            return [unit for _, unit in self.named.get(known.get(name, name), ())]
        return []

    def meant(self, node: ast.AST, scope: Scope) -> list[Unit]:
        """The functions and classes of the work's own that a name or a part of a module means."""
        if isinstance(node, ast.Name):
            return [] if node.id in scope.locals else self.units(node.id, scope.module)
        if isinstance(node, ast.Attribute) and node.attr in self.named and self._is_module(node.value, scope):
            return [unit for _, unit in self.named[node.attr]]
        return []

    def listed(self, node: ast.expr, scope: Scope) -> list[Unit]:
        """What a name means that stands for each of a written list of functions in turn; empty where it is in doubt."""
        if isinstance(node, ast.Subscript):
            return self._in_list(node.value, scope)
        if not isinstance(node, ast.Name):
            return []
        lists = [self._in_list(value, scope) for value in scope.bindings.get(node.id, ())]
        return [unit for units in lists for unit in units] if all(lists) else []

    def _in_list(self, node: ast.expr, scope: Scope) -> list[Unit]:
        while isinstance(node, ast.Call):
            if isinstance(node.func, ast.Attribute) and node.func.attr in {"items", "values"}:
                node = node.func.value
            elif last(node.func) in {"enumerate", "list", "tuple", "sorted", "reversed"} and len(node.args) == 1:
                node = node.args[0]
            else:
                return []
        written = [node]
        if isinstance(node, ast.Name):
            name = self.aliases[id(scope.module)].get(node.id, node.id)
            bodies = [self.bodies[id(module)] for module in self.modules]
            bound = [scope.bindings] if node.id in scope.locals else [body.bindings for body in bodies]
            written = [value for bindings in bound for value in bindings.get(name, ())]
        return [unit for value in written for unit in self._members(value, scope)] if written else []

    def _members(self, node: ast.expr, scope: Scope) -> list[Unit]:
        """The functions that a written list or table holds, beside texts and numbers; none where it holds others."""
        found: list[Unit] = []
        waiting: list[ast.expr] = [node] if isinstance(node, ast.List | ast.Tuple | ast.Dict | ast.Set) else []
        while waiting:
            one = waiting.pop()
            match one:
                case ast.List(elts=parts) | ast.Tuple(elts=parts) | ast.Set(elts=parts) | ast.Dict(values=parts):
                    waiting += parts
                case ast.Constant():
                    continue
                case _:
                    units = self.meant(one, scope)
                    if not units:
                        return []
                    found += units
        return found

    def _is_module(self, node: ast.expr, scope: Scope) -> bool:
        if self.loads:  # a module may stand under any name
            return True
        name = last(node)
        if isinstance(node, ast.Name):
            own = self.aliases[id(scope.module)].get(name)
            return own is not None and own in self.stems
        return name in self.stems


def root(node: ast.expr) -> tuple[ast.expr, list[str]]:
    """What a chain of attributes, places and calls begins with, and the names after it."""
    names: list[str] = []
    while True:
        if isinstance(node, ast.Attribute):
            names.append(node.attr)
            node = node.value
        elif isinstance(node, ast.Subscript | ast.Starred | ast.Await):
            node = node.value
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            node = node.func
        else:
            return node, names


def _scope(module: Module, unit: Unit | None, body: list[ast.stmt], owner: ast.ClassDef | None = None) -> Scope:
    atoms = list(_atoms(body))
    scope = Scope(module, unit, atoms, owner)
    if isinstance(unit, Function):
        given = unit.args
        named = [*given.posonlyargs, *given.args, *given.kwonlyargs]
        named += [extra for extra in (given.vararg, given.kwarg) if extra]
        scope.parameters = tuple(argument.arg for argument in named)
        outer = {name for node in ast.walk(unit) if isinstance(node, ast.Global) for name in node.names}
        stored = {node.id for node in ast.walk(unit) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
        stored |= {name for atom in atoms for name in atom.stored}
        stored |= {node.arg for node in ast.walk(unit) if isinstance(node, ast.arg)}
        inner = (node for node in ast.walk(unit) if isinstance(node, Unit) and node is not unit)
        scope.locals = frozenset((stored | {node.name for node in inner}) - outer)
    for atom in atoms:
        for name in atom.stored:
            bound = [v for v in atom.values if not isinstance(atom.node, ast.AnnAssign) or v is atom.node.value]
            scope.bindings.setdefault(name, []).extend(bound or [ast.Name(name, ast.Load())])
    for part in [inner for node in body for inner in ast.walk(node) if isinstance(inner, ast.comprehension)]:
        for target in _targets(part.target):
            scope.bindings.setdefault(last(target), []).append(part.iter)
    scope.keyed = _keyed(unit, scope) if isinstance(unit, Function) else frozenset()
    return scope


def _keyed(function: Function, scope: Scope) -> frozenset[str]:
    """Names that only stand for tables written here, and are only read by written keys."""
    nodes = list(ast.walk(function))
    read = Counter(node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load))
    keys = Counter(part[0] for node in nodes if (part := key_of(node)) is not None)
    written = {
        name
        for name, values in scope.bindings.items()
        if all(isinstance(v, ast.Dict) and all(isinstance(k, ast.Constant) for k in v.keys) for v in values)
    }
    return frozenset(name for name in written - set(scope.parameters) if read[name] == keys[name])


def key_of(node: ast.AST) -> tuple[str, str] | None:
    """Name and key of `table["key"]`."""
    match node:
        case ast.Subscript(value=ast.Name(id=name), slice=ast.Constant(value=str(key))):
            return name, key
    return None


def _atoms(body: list[ast.stmt]) -> Iterator[Atom]:
    """The statements of a body and of all blocks in it, in their order."""
    waiting: list[tuple[Statement, Atom | None, Atom | None, bool, bool]]
    waiting = [(statement, None, None, False, False) for statement in reversed(body)]
    while waiting:
        node, above, loop, caught, nested = waiting.pop()
        atom = Atom(node, above, loop, caught, nested, *_parts(node))
        if not isinstance(node, ast.Try | ast.TryStar):
            yield atom
        match node:
            case ast.Match(cases=cases):
                waiting += [(case, atom, loop, caught, nested) for case in reversed(cases)]
            case ast.Try() | ast.TryStar():
                reacts = caught or any(map(_reacts, node.handlers))
                rest: tuple[Statement, ...] = (*node.handlers, *node.orelse, *node.finalbody)
                waiting += [(n, above, loop, caught, nested) for n in reversed(rest)]
                waiting += [(n, above, loop, reacts, nested) for n in reversed(node.body)]
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                waiting += [(n, above, None, caught, True) for n in reversed(node.body)]
            case ast.For() | ast.AsyncFor() | ast.While():
                waiting += [(n, atom, atom, caught, nested) for n in reversed((*node.body, *node.orelse))]
            case ast.If():
                waiting += [(n, atom, loop, caught, nested) for n in reversed((*node.body, *node.orelse))]
            case ast.With() | ast.AsyncWith() | ast.ExceptHandler() | ast.match_case():
                waiting += [(n, atom, loop, caught, nested) for n in reversed(node.body)]


def _reacts(handler: ast.ExceptHandler) -> bool:
    """Whether it matters that an error is caught: one that is named, or that changes what comes next."""
    ways = ast.Raise | ast.Return | ast.Assign | ast.AugAssign | ast.Continue | ast.Break
    return not catches_all(handler) or any(isinstance(node, ways) for one in handler.body for node in ast.walk(one))


def _parts(node: ast.AST) -> tuple[tuple[ast.expr, ...], tuple[str, ...], tuple[ast.expr, ...]]:
    """What a statement evaluates by itself, which names it binds, and the places it stores into."""
    targets: list[ast.expr] = []
    values: list[ast.expr] = []
    names = [node.name] if isinstance(node, Unit | ast.ExceptHandler) and node.name else []
    for field_name, part in ast.iter_fields(node):
        parts = part if isinstance(part, list) else [part]
        if field_name in TARGETS:
            targets += parts
        elif field_name not in BLOCKS:
            for one in parts:
                if isinstance(one, ast.withitem):
                    values.append(one.context_expr)
                    targets += [one.optional_vars] if one.optional_vars else []
                elif isinstance(one, ast.expr):
                    values.append(one)
                elif isinstance(one, ast.pattern | ast.arguments | ast.keyword):
                    values += [inner for inner in ast.walk(one) if isinstance(inner, ast.expr)]
                    names += [inner.name for inner in ast.walk(one) if isinstance(inner, CAPTURES) and inner.name]
    flat = [part for target in targets for part in _targets(target)]
    names += [part.id for part in flat if isinstance(part, ast.Name)]
    changed = tuple(part for part in flat if not isinstance(part, ast.Name) or isinstance(node, ast.AugAssign))
    return tuple(values), tuple(names), changed


#: Patterns that bind what they match.
CAPTURES = (ast.MatchAs, ast.MatchStar)


def _targets(target: ast.expr) -> Iterator[ast.expr]:
    waiting = [target]
    while waiting:
        one = waiting.pop()
        if isinstance(one, ast.Tuple | ast.List):
            waiting += one.elts
        elif isinstance(one, ast.Starred):
            waiting.append(one.value)
        else:
            yield one


def dropped(node: Statement) -> Iterator[ast.Call]:
    """Calls whose value a statement lets go."""
    waiting: list[ast.expr] = [node.value] if isinstance(node, ast.Expr) else []
    while waiting:
        one = waiting.pop()
        match one:
            case ast.Call():
                yield one
            case ast.Await(value=value):
                waiting.append(value)
            case ast.ListComp(elt=value) | ast.SetComp(elt=value) | ast.GeneratorExp(elt=value):
                waiting.append(value)
            case ast.BoolOp(values=values) | ast.Tuple(elts=values) | ast.List(elts=values):
                waiting += values
            case ast.IfExp(body=first, orelse=second):
                waiting += [first, second]
