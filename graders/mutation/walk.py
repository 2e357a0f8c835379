"""Where a fault may be planted: the statements of functions that work on data, without what only speaks."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from graders.mutation.text import Text

Function = ast.FunctionDef | ast.AsyncFunctionDef

#: Calls that speak, draw or set up: a change in them is seen by nobody, or by everybody at once.
SPEAKING = frozenset({"print", "warn", "debug", "info", "warning", "error", "exception", "critical", "log"})
SETTING_UP = frozenset({"add_argument", "basicConfig", "getLogger", "simplefilter", "filterwarnings", "set_option"})
DRAWING = frozenset({"plt", "sns", "ax", "axes", "fig", "px", "go"})
#: `np.log` and the like speak to nobody.
NUMERIC = frozenset({"np", "numpy", "math", "torch", "tf", "jnp"})
OUTSIDE = frozenset({"main", "parse_args", "__repr__", "__str__", "cli"})
#: Parts of a statement in which nothing is planted: what they hold is words, types or a check of its own.
CLOSED = (ast.JoinedStr, ast.Raise, ast.Assert, ast.Lambda, ast.Import, ast.ImportFrom, ast.Global, ast.Nonlocal)


@dataclass(frozen=True, eq=False)
class Scope:
    """One function of a module, or the module's own level (`function` is None)."""

    text: Text
    name: str
    function: Function | None

    @cached_property
    def nodes(self) -> tuple[tuple[ast.AST, ast.stmt], ...]:
        """Every node in which something may be planted, with its statement, in order of the text."""
        body = self.text.tree.body if self.function is None else self.function.body
        return tuple(_inside(body))

    @cached_property
    def assigned(self) -> dict[str, ast.expr]:
        """What each local name was last given."""
        found: dict[str, ast.expr] = {}
        for node, _ in self.nodes:
            if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
                found[node.targets[0].id] = node.value
        return found

    @cached_property
    def names(self) -> frozenset[str]:
        return frozenset(node.id for node, _ in self.nodes if isinstance(node, ast.Name))


def scopes(text: Text) -> list[Scope]:
    """The module's own level, then its functions and methods in order."""
    return [Scope(text, "the module", None), *(Scope(text, name, f) for name, f in functions(text.tree.body))]


def functions(body: list[ast.stmt], prefix: str = "") -> Iterator[tuple[str, Function]]:
    """Functions by their dotted names, those inside functions left out."""
    for statement in body:
        if isinstance(statement, ast.ClassDef):
            yield from functions(statement.body, f"{prefix}{statement.name}.")
        elif isinstance(statement, Function):
            yield f"{prefix}{statement.name}", statement


def serves_data(function: Function) -> bool:
    """Whether a function does more than draw, speak or read a command line."""
    return function.name not in OUTSIDE and not any(
        isinstance(node, ast.Name) and node.id in DRAWING for node in ast.walk(function)
    )


def _inside(body: list[ast.stmt]) -> Iterator[tuple[ast.AST, ast.stmt]]:
    for number, statement in enumerate(body):
        if not (number == 0 and _is_text(statement)) and not isinstance(statement, (*CLOSED, Function, ast.ClassDef)):
            yield from _statement(statement)


def _statement(statement: ast.stmt) -> Iterator[tuple[ast.AST, ast.stmt]]:
    """A statement and its expressions, then the blocks below it."""
    if _is_text(statement) or _is_guard(statement) or _only_reports(statement):
        return
    yield statement, statement
    for field, value in ast.iter_fields(statement):
        if field == "annotation":
            continue
        for item in value if isinstance(value, list) else [value]:
            if isinstance(item, ast.expr | ast.withitem):
                yield from ((node, statement) for node in _expression(item))
            elif isinstance(item, ast.ExceptHandler | ast.match_case):
                yield from _inside(item.body)
            elif isinstance(item, ast.stmt):
                yield from _inside([item])


def _expression(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, CLOSED) or (isinstance(node, ast.Call) and _only_speaks(node)):
        return
    yield node
    for child in ast.iter_child_nodes(node):
        yield from _expression(child)


def called(call: ast.Call) -> str:
    """The last part of the name that is called."""
    function = call.func
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def owner(call: ast.Call) -> str:
    """The name before the dot of `name.method(...)`, "" where it is no bare name."""
    value = call.func.value if isinstance(call.func, ast.Attribute) else None
    return value.id if isinstance(value, ast.Name) else ""


def _only_speaks(call: ast.Call) -> bool:
    return called(call) in SETTING_UP or (called(call) in SPEAKING and owner(call) not in NUMERIC)


def _only_reports(statement: ast.stmt) -> bool:
    """`if odd: log.warning(...)`: nothing depends on the condition but what is said."""
    if isinstance(statement, ast.If):
        return all(map(_only_reports, statement.body)) and all(map(_only_reports, statement.orelse))
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call) and _only_speaks(statement.value)


def _is_text(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def _is_guard(statement: ast.stmt) -> bool:
    """`if __name__ == "__main__":` and `if TYPE_CHECKING:`"""
    names = {"__name__", "TYPE_CHECKING"}
    return isinstance(statement, ast.If) and any(
        isinstance(node, ast.Name) and node.id in names for node in ast.walk(statement.test)
    )
