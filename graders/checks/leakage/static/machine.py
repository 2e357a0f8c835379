"""The state of one analysis: what is left to spend, the modules, and all that was fitted, asked and judged."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from graders.checks.leakage.static.rows import Place
from graders.checks.leakage.static.values import (
    UNKNOWN,
    Const,
    Data,
    Fit,
    Function,
    Instance,
    Prediction,
    Scope,
    Trained,
    Value,
)
from graders.words import say

Loop = ast.For | ast.AsyncFor | ast.While
DEEPEST_CALL = 14
MOST_RECURSION = 2


class Exhausted(Exception):
    """The text is too large or too entangled to be followed to its end."""


@dataclass(frozen=True)
class Columns:
    """Column names of the challenge, empty where it has none, and the name of its metric."""

    target: str = ""
    group: str = ""
    time: str = ""
    metric: str = "roc_auc"


NO_COLUMNS = Columns()


@dataclass
class Arguments:
    """What a call was given."""

    positional: list[Value] = field(default_factory=list)
    keywords: dict[str, Value] = field(default_factory=dict)

    def get(self, index: int, *names: str) -> Value:
        """The argument at a position or under one of the names; UNKNOWN where it was not given."""
        for name in names:
            if name in self.keywords:
                return self.keywords[name]
        return self.positional[index] if 0 <= index < len(self.positional) else UNKNOWN

    @property
    def all(self) -> list[Value]:
        return [*self.positional, *self.keywords.values()]


Node_co = TypeVar("Node_co", bound=ast.AST, covariant=True)
Other = TypeVar("Other", bound=ast.AST)


@dataclass(frozen=True, slots=True)
class Site(Generic[Node_co]):
    """A node of the source, with the names it is read among."""

    machine: Machine
    node: Node_co
    scope: Scope

    @property
    def place(self) -> Place:
        return Place(self.scope.path, getattr(self.node, "lineno", 1), getattr(self.node, "col_offset", 0))

    def at(self, node: Other) -> Site[Other]:
        """Another node among the same names."""
        return Site(self.machine, node, self.scope)

    def evaluate(self, node: ast.AST) -> Value:
        return self.machine.evaluate(node, self.scope)

    def execute(self, body: Sequence[ast.stmt]) -> bool:
        return self.machine.execute(body, self.scope)

    def key(self, node: ast.AST) -> str:
        """An expression and what its names stand for here: in another call the same words may be about other rows."""
        return text(node, 200) + meant(self.scope, node)


@dataclass
class Counting:
    """What a loop over rows counts: what is known once it is over, and once a turn is."""

    turning: frozenset[str]
    at_end: list[Callable[[], None]] = field(default_factory=list)
    after_turn: list[Callable[[], None]] = field(default_factory=list)

    def turned(self) -> None:
        for forget in self.after_turn[::-1]:
            forget()
        self.after_turn.clear()


@dataclass(frozen=True)
class Handlers:
    """What each kind of node does: an expression gives a value, a statement says whether it ends its body."""

    expressions: Mapping[type[ast.AST], Callable[[Site[Any]], Value]]
    statements: Mapping[type[ast.AST], Callable[[Site[Any]], bool | None]]


@dataclass
class Machine:
    """`trees` are the modules by dotted name, `paths` where each lies."""

    handlers: Handlers
    trees: Mapping[str, ast.Module]
    paths: Mapping[str, str]
    columns: Columns = Columns()
    guesses: bool = False  # what is unknown but used as rows stands for rows of its own
    fuel: int = 150_000
    modules: dict[str, Scope] = field(default_factory=dict)
    asked: dict[Prediction, None] = field(default_factory=dict)
    learned: dict[Fit | Trained, None] = field(default_factory=dict)
    stack: list[Function] = field(default_factory=list)
    walked: list[tuple[str, ast.AST]] = field(default_factory=list)  # functions that were entered, with their files
    passed: set[int] = field(default_factory=set)  # statements of branches that were not taken, by identity
    taken: set[int] = field(default_factory=set)
    here: set[int] = field(default_factory=set)  # calls that may be about the batch, by identity
    elsewhere: set[int] = field(default_factory=set)  # those about something else that is known
    files: dict[str, Value] = field(default_factory=dict)  # what was saved, by the last part of the path
    loops: int = 0
    choosing: int = 0  # how many unknown conditions what is walked depends on
    counting: Counting | None = None  # in a loop over rows
    around: tuple[tuple[Loop, int], ...] = ()  # loops, each with its turn where turns are walked one by one
    turning: dict[str, Place] = field(default_factory=dict)  # loop variables, by the loop they turn in

    def forget_way(self) -> None:
        """What is walked from now on is told apart from what was walked before."""
        for way in (self.walked, self.passed, self.taken, self.here, self.elsewhere):
            way.clear()

    def tick(self) -> None:
        self.fuel -= 1
        if self.fuel < 0:
            raise Exhausted

    def evaluate(self, node: ast.AST, scope: Scope) -> Value:
        """What an expression gives."""
        self.tick()
        handler = self.handlers.expressions.get(type(node))
        return handler(Site(self, node, scope)) if handler else UNKNOWN

    def execute(self, body: Sequence[ast.stmt], scope: Scope) -> bool:
        """Walk statements; True where the end of the body is not reached."""
        for statement in body:
            self.tick()
            handler = self.handlers.statements.get(type(statement))
            if handler and handler(Site(self, statement, scope)):
                return True
        return False

    def may_enter(self, function: Function) -> bool:
        same = sum(f.node is function.node for f in self.stack)
        return len(self.stack) < DEEPEST_CALL and same < MOST_RECURSION

    def module(self, name: str) -> Scope | None:
        """The names of one of the submission's own modules, beside the entry or in `src`, run when first asked for."""
        name = name if name in self.trees else f"src.{name}"
        if name not in self.trees:
            return None
        if name not in self.modules:
            scope = self.modules[name] = Scope(self.paths[name])
            self.execute(self.trees[name].body, scope)
        return self.modules[name]


def turn(machine: Machine, written: ast.AST) -> str:
    """Tells an expression with a loop variable in it from the same words in another loop; else empty."""
    return next(
        (say(" in {turning}", turning=machine.turning[name]) for name in named(written) if name in machine.turning), ""
    )


def meant(scope: Scope, written: ast.AST) -> str:
    """What arguments and turning variables in an expression stand for in this call and this turn."""
    found = [(name, _given(scope, name)) for name in sorted(set(named(written)))]
    held = (node for node in ast.walk(written) if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name))
    found += sorted({(text(node), _setting(scope, node)) for node in held})
    return "".join(f"; {name} is {what}" for name, what in found if what)[:300]


def named(written: ast.AST) -> list[str]:
    return [n.id for n in ast.walk(written) if isinstance(n, ast.Name)]


def _given(scope: Scope, name: str) -> str:
    holder = scope.holder(name)
    return holder.given.get(name, "") if holder is not None else ""


def _setting(scope: Scope, node: ast.Attribute) -> str:
    """A constant that an object of the submission's own classes holds."""
    assert isinstance(node.value, ast.Name)
    holder = scope.holder(node.value.id)
    owner = holder.names[node.value.id] if holder is not None else UNKNOWN
    value = owner.attributes.get(node.attr) if isinstance(owner, Instance) else None
    return repr(value.value)[:60] if isinstance(value, Const) else ""


def tell(scope: Scope, name: str, value: Value, otherwise: str = "") -> None:
    """Note what a name stands for: a constant by itself, other things that are no rows by the words given."""
    followed = isinstance(value, Data) and bool(value.rows or value.picks) and not value.opaque
    what = repr(value.value)[:60] if isinstance(value, Const) else "" if followed else otherwise
    if what:
        scope.given[name] = what


def text(node: ast.AST | None, most: int = 60) -> str:
    """Source of an expression on one line, cut to `most` characters."""
    if node is None:
        return ""
    kept = vars(node)  # writing out is the dearest step, and loops ask again
    if "written" not in kept:
        kept["written"] = ast.unparse(node).replace("\n", " ") if _small(node) else type(node).__name__
    written: str = kept["written"]
    return written if len(written) <= most else written[: most - 1] + "…"


def _small(node: ast.AST, most: int = 60) -> bool:
    """Whether an expression has few enough parts to be written out."""
    waiting = [node]
    while waiting and most:
        waiting.extend(ast.iter_child_nodes(waiting.pop()))
        most -= 1
    return not waiting
