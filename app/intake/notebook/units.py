"""Top-level statements of a notebook, each with the names it binds, needs and alters."""

from __future__ import annotations

import ast
import symtable
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from app.intake.contract.syntax import parse, scopes
from app.intake.notebook import effects
from app.intake.notebook.magics import Cell
from app.intake.problems import Rejected, rejected
from app.words import _

MAX_UNITS = 3000
#: Scopes of symtable that run where they stand, though it calls them functions.
COMPREHENSIONS = frozenset({"listcomp", "setcomp", "dictcomp", "genexpr"})
NONE: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Names:
    """Global names of a statement: bound by it; looked up as it runs (`now`) or when a function it defines
    runs (`later`); bound by such a function through `global` (`later_binds`)."""

    binds: frozenset[str]
    now: frozenset[str]
    later: frozenset[str]
    later_binds: frozenset[str]


@dataclass(frozen=True)
class Unit:
    """One top-level statement, or several that share a line.

    `kills` are names it binds on every path, `alters` names whose values it changes in place, `touches`
    names whose values it may change (slicing finds them out).  `later_alters` is what its functions alter when called.
    """

    cell: int
    first: int
    lines: tuple[str, ...]
    tree: ast.Module
    names: Names
    kills: frozenset[str]
    alters: frozenset[str]
    touches: frozenset[str]
    later_alters: frozenset[str]

    @property
    def imports(self) -> frozenset[str]:
        return self.names.binds if all(isinstance(n, ast.Import | ast.ImportFrom) for n in self.tree.body) else NONE

    @property
    def is_future(self) -> bool:
        return any(isinstance(n, ast.ImportFrom) and n.module == "__future__" for n in self.tree.body)

    @property
    def writes(self) -> frozenset[str]:
        return self.names.binds | self.alters | self.touches


def units(cells: Iterable[Cell]) -> list[Unit]:
    """The statements of all cells in order; each cell must compile."""
    found = [unit for cell in cells for unit in _split(cell)]
    if len(found) > MAX_UNITS:
        raise too_many()
    return found


def too_many() -> Rejected:
    says = _("The notebook has more than {max_units} top-level statements.").format(max_units=MAX_UNITS)
    return rejected("CODE_TOO_COMPLEX", says)


def _split(cell: Cell) -> Iterator[Unit]:
    lines = cell.source.split("\n")
    group: list[ast.stmt] = []
    for statement in parse(cell.source).body:
        if group and _start(statement) > (group[-1].end_lineno or 0):
            yield from _unit(cell.number, lines, group)
            group = []
        group.append(statement)
    if group:
        yield from _unit(cell.number, lines, group)


def _start(statement: ast.stmt) -> int:
    decorators: list[ast.expr] = getattr(statement, "decorator_list", [])
    return min([statement.lineno, *(d.lineno for d in decorators)])


def _unit(cell: int, lines: list[str], group: list[ast.stmt]) -> Iterator[Unit]:
    if _is_main_guard(group[0]):
        return
    first = _start(group[0])
    own = tuple(lines[first - 1 : group[-1].end_lineno])
    tree = ast.Module(body=group, type_ignores=[])
    names = _names("\n".join(own), tree)
    later = effects.walk_later(tree)
    yield Unit(
        cell=cell,
        first=first,
        lines=own,
        tree=tree,
        names=names,
        kills=_kills(group) & names.binds,
        alters=frozenset(effects.altered(effects.walk_now(tree))),
        touches=NONE,
        later_alters=frozenset(effects.altered(later)) & names.later | names.later_binds,
    )


def _is_main_guard(statement: ast.stmt) -> bool:
    """Whether this is `if __name__ == "__main__":`, which is false where the pipeline is imported."""
    if not isinstance(statement, ast.If) or statement.orelse or not isinstance(statement.test, ast.Compare):
        return False
    sides = [statement.test.left, *statement.test.comparators]
    return any(isinstance(side, ast.Name) and side.id == "__name__" for side in sides)


def _names(source: str, tree: ast.Module) -> Names:
    """What symtable, which is the compiler's own, says of the statement's names."""
    table = scopes(source)
    now = {s.get_name() for s in table.get_symbols() if s.is_referenced()}
    later: set[str] = set()
    later_binds: set[str] = set()
    _descend(table, now, later, later_binds)
    binds = {s.get_name() for s in table.get_symbols() if s.is_assigned() or s.is_imported()}
    updated = {n.target.id for n in ast.walk(tree) if isinstance(n, ast.AugAssign) and isinstance(n.target, ast.Name)}
    return Names(*map(frozenset, ((binds | _bound(tree)) - _deleted(tree), now | updated, later, later_binds)))


def _bound(tree: ast.Module) -> set[str]:
    """What symtable does not call assigned: `:=` in a comprehension; `*` stands for all that a module has."""
    walrus = {n.target.id for n in effects.walk_now(tree) if isinstance(n, ast.NamedExpr)}
    stars = [n for n in ast.walk(tree) if isinstance(n, ast.alias) and n.name == "*"]
    return walrus | ({"*"} if stars else set())


def _deleted(tree: ast.Module) -> set[str]:
    """A name that a statement only deletes is not bound by it."""
    targets = [t for n in tree.body if isinstance(n, ast.Delete) for t in n.targets]
    return {t.id for t in targets if isinstance(t, ast.Name)}


def _descend(table: symtable.SymbolTable, now: set[str], later: set[str], later_binds: set[str]) -> None:
    """Collect the globals that inner scopes look up."""
    waiting = [(child, False) for child in table.get_children()]
    while waiting:
        scope, deferred = waiting.pop()
        deferred = deferred or (scope.get_type() == "function" and scope.get_name() not in COMPREHENSIONS)
        for symbol in scope.get_symbols():
            in_class = scope.get_type() == "class" and symbol.is_referenced()
            if (symbol.is_global() and symbol.is_referenced()) or in_class:
                (later if deferred else now).add(symbol.get_name())
            if symbol.is_declared_global() and symbol.is_assigned():
                (later_binds if deferred else now).add(symbol.get_name())
        waiting += [(child, deferred) for child in scope.get_children()]


def _kills(body: list[ast.stmt]) -> frozenset[str]:
    """Names bound whichever way the statements go."""
    names: set[str] = set()
    for statement in body:
        match statement:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                names.add(name)
            case ast.Import(names=aliases) | ast.ImportFrom(names=aliases):
                names |= {a.asname or a.name.split(".")[0] for a in aliases}
            case ast.Assign(targets=targets):
                names |= {n.id for t in targets for n in ast.walk(t) if isinstance(n, ast.Name)}
            case ast.AnnAssign(target=ast.Name(id=name), value=value) if value is not None:
                names.add(name)
            case ast.If(body=then, orelse=other):
                names |= _kills(then) & _kills(other)
            case ast.With(body=inner):
                names |= _kills(inner)
    return frozenset(names)
