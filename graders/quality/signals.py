"""Single measures of code, each a ratio or a list, none of them a score."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from graders.quality.sources import Function, Module, Sources

MEANINGFUL_DOCSTRING = re.compile(r"\w+\W+\w+\W+\w+")  # three words: fewer only repeat the name
LOGGERS = frozenset({"debug", "info", "warning", "error", "exception", "critical"})


def share_in_functions(found: Sources) -> float:
    """The share of code lines that lie inside a function or class; imports and constants count as inside."""
    inside = outside = 0
    for module in found.product:
        for statement in module.tree.body:
            lines = sum(statement.lineno <= n <= (statement.end_lineno or n) for n in module.code_lines)
            if isinstance(statement, ast.Expr | ast.For | ast.While | ast.With | ast.Try | ast.If | ast.AugAssign):
                outside += lines * (not _is_harmless(statement))
            else:
                inside += lines
    return 1 - outside / max(inside + outside, 1)


def _is_harmless(statement: ast.stmt) -> bool:
    """A docstring, a main guard, or an optional import."""
    if isinstance(statement, ast.Expr):
        return isinstance(statement.value, ast.Constant)
    if isinstance(statement, ast.If):
        return "__name__" in ast.unparse(statement.test) or "TYPE_CHECKING" in ast.unparse(statement.test)
    return isinstance(statement, ast.Try) and all(isinstance(s, ast.Import | ast.ImportFrom) for s in statement.body)


def longest_function(found: Sources) -> int:
    """Lines of the longest function, from its def to its last line."""
    return max((length(function) for function in found.functions()), default=0)


def length(function: Function) -> int:
    return (function.end_lineno or function.lineno) - function.lineno + 1


def annotated(found: Sources) -> float:
    """The share of parameters and returns that carry an annotation; self and cls do not count."""
    slots = [slot for function in found.functions() for slot in _annotations(function)]
    return sum(slot is not None for slot in slots) / max(len(slots), 1)


def _annotations(function: Function) -> Iterator[ast.expr | None]:
    arguments = function.args
    for argument in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs):
        if argument.arg not in {"self", "cls"}:
            yield argument.annotation
    yield function.returns


def documented(found: Sources) -> float:
    """The share of public functions and classes whose docstring says at least three words."""
    public = [
        node
        for module in found.product
        for node in ast.walk(module.tree)
        if isinstance(node, Function | ast.ClassDef) and not node.name.startswith("_")
    ]
    said = sum(bool(MEANINGFUL_DOCSTRING.search(ast.get_docstring(node) or "")) for node in public)
    return said / max(len(public), 1)


def calls(found: Sources, names: frozenset[str]) -> list[tuple[Module, ast.Call]]:
    """Calls of a function or method with one of these names."""
    return [
        (module, node)
        for module in found.product
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call) and _called(node) in names
    ]


def _called(call: ast.Call) -> str:
    if isinstance(call.func, ast.Attribute):
        return call.func.attr
    return call.func.id if isinstance(call.func, ast.Name) else ""


def swallowed(found: Sources) -> list[tuple[Module, ast.ExceptHandler]]:
    """Handlers of everything (bare, Exception, BaseException) that neither raise, log nor use the error."""
    return [
        (module, node)
        for module in found.product
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ExceptHandler) and _catches_all(node) and not _reacts(node)
    ]


def _catches_all(handler: ast.ExceptHandler) -> bool:
    kind = handler.type
    return kind is None or (isinstance(kind, ast.Name) and kind.id in {"Exception", "BaseException"})


def _reacts(handler: ast.ExceptHandler) -> bool:
    for node in (inner for statement in handler.body for inner in ast.walk(statement)):
        if isinstance(node, ast.Raise) or (isinstance(node, ast.Call) and _called(node) in LOGGERS):
            return True
        if isinstance(node, ast.Name) and node.id == handler.name:
            return True
    return False


def raises(found: Sources) -> int:
    """How many statements raise an error of the candidate's own wording."""
    return sum(
        isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call)
        for module in found.product
        for node in ast.walk(module.tree)
    )


def absolute_paths(found: Sources) -> list[tuple[Module, ast.Constant]]:
    """Text constants that name a place on somebody's own machine."""
    home = re.compile(r"^(/(home|Users|root|mnt|content|kaggle)/|[A-Za-z]:[\\/])\S")
    return [
        (module, node)
        for module in found.product
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and home.match(node.value)
    ]
