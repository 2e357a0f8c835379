"""The candidate's source as syntax trees, read with bounds and never executed."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import PurePosixPath

from graders.model import Case, Location, NotApplicable, Submission

#: Beyond this much source, files are left out of the measures: nobody wrote it by hand in a few hours.
MOST_BYTES = 1 << 20

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, eq=False)
class Module:
    """One parsed file; `code_lines` are the numbers of its lines that hold code (no blanks, no comments)."""

    path: str
    tree: ast.Module
    code_lines: frozenset[int]
    is_test: bool

    def functions(self) -> Iterator[Function]:
        return (node for node in ast.walk(self.tree) if isinstance(node, Function))


@dataclass(frozen=True, eq=False)
class Sources:
    modules: tuple[Module, ...]

    @property
    def product(self) -> tuple[Module, ...]:
        """The modules that are not tests."""
        return tuple(module for module in self.modules if not module.is_test)

    @property
    def code_lines(self) -> int:
        return sum(len(module.code_lines) for module in self.product)

    def functions(self) -> list[Function]:
        return [function for module in self.product for function in module.functions()]


@lru_cache(maxsize=1)
def sources(case: Case) -> Sources:
    """Parse what would run; NotApplicable where nothing can be parsed."""
    parsed = tuple(_parse_all(case.submission))
    used = _reached_from("pipeline.py", {module.path: module for module in parsed})
    modules = tuple(replace(module, is_test=module.is_test and module.path not in used) for module in parsed)
    if not any(not module.is_test for module in modules):
        raise NotApplicable("no source file could be parsed")
    return Sources(modules)


def _parse_all(submission: Submission) -> Iterator[Module]:
    left = MOST_BYTES
    for path, data in sorted(submission.runnable.items(), key=lambda item: (len(item[1]), item[0])):
        if not path.endswith(".py") or len(data) > left:
            continue
        left -= len(data)
        try:
            tree = ast.parse(data)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
        yield Module(path, tree, code_lines(tree), is_test(path))


def product_paths(case: Case) -> frozenset[str]:
    """The files that are judged as the candidate's product."""
    return frozenset(module.path for module in sources(case).product)


def _reached_from(entry: str, modules: Mapping[str, Module]) -> set[str]:
    """What the entry imports, directly or not: it is no test, whatever folder it lies in."""
    reached: set[str] = set()
    waiting = [entry]
    while waiting:
        path = waiting.pop()
        if path in modules and path not in reached:
            reached.add(path)
            waiting += _imported_paths(modules[path])
    return reached


def _imported_paths(module: Module) -> Iterator[str]:
    """Files an import may mean: every prefix of a dotted name, as a module and as a package."""
    folder = PurePosixPath(module.path).parent.parts
    for node in ast.walk(module.tree):
        names: list[tuple[str, ...]] = []
        if isinstance(node, ast.Import):
            names = [tuple(alias.name.split(".")) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = folder[: len(folder) - node.level + 1] if node.level else ()
            stem = (*base, *(node.module.split(".") if node.module else ()))
            names = [(*stem, alias.name) for alias in node.names]
        for name in names:
            for end in range(1, len(name) + 1):
                yield "/".join(name[:end]) + ".py"
                yield "/".join((*name[:end], "__init__.py"))


def is_test(path: str) -> bool:
    """Whether pytest would collect the file, or it serves those that are."""
    pure = PurePosixPath(path)
    named = pure.name.startswith("test_") or pure.name.endswith("_test.py") or pure.name == "conftest.py"
    return named or bool({"test", "tests"} & set(pure.parts[:-1]))


def code_lines(tree: ast.AST) -> frozenset[int]:
    """The lines on which a statement or expression begins or ends, docstrings left out."""
    lines: set[int] = set()
    docs = {id(text) for node in ast.walk(tree) for text in _docstring_nodes(node)}
    for node in ast.walk(tree):
        if isinstance(node, ast.stmt | ast.expr) and id(node) not in docs:
            lines.update(
                (node.lineno, node.end_lineno or node.lineno) if isinstance(node, ast.expr) else (node.lineno,)
            )
    return frozenset(lines)


def _docstring_nodes(node: ast.AST) -> Iterator[ast.AST]:
    if not isinstance(node, ast.Module | ast.ClassDef | Function) or not node.body:
        return
    first = node.body[0]
    if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str):
        yield first
        yield first.value


def where(case: Case, module: Module, node: ast.stmt | ast.expr | ast.excepthandler) -> Location:
    """A node's place in the candidate's own file."""
    return case.submission.locate(module.path, node.lineno)
