"""What Babel finds beside marked texts: docstrings that commands show as their help, and doubts about a law."""

from __future__ import annotations

import ast
import inspect
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from typing import IO, Any

from babel.messages.extract import extract_python


def helps(
    file: IO[bytes], keywords: Mapping[str, Any], comment_tags: Sequence[str], options: Mapping[str, Any]
) -> Iterator[tuple[int, Any, Any, Any]]:
    """As `extract_python` of Babel, and the docstring of every function that `command` or `callback` takes."""
    yield from extract_python(file, keywords, comment_tags, dict(options))  # type: ignore[arg-type] # it takes any mapping
    file.seek(0)
    nodes = list(ast.walk(ast.parse(file.read())))
    taken = {
        arg.id
        for n in nodes
        if isinstance(n, ast.Call) and _takes(n.func)
        for arg in n.args
        if isinstance(arg, ast.Name)
    }
    for node in nodes:
        if isinstance(node, ast.FunctionDef) and (node.name in taken or any(map(_takes, node.decorator_list))):
            told = ast.get_docstring(node)
            if told:
                yield node.lineno, None, inspect.cleandoc(told), []


def doubts(file: IO[bytes], *_: object, **__: object) -> Iterator[tuple[int, None, str, list[str]]]:
    """What the profile of a law says that we are not sure of, which its page shows."""
    for doubt in tomllib.loads(file.read().decode()).get("unsure", ()):
        yield 1, None, doubt, []


def _takes(function: ast.expr) -> bool:
    """Whether it is `app.command(...)`, which takes the function of a command."""
    called = function.func if isinstance(function, ast.Call) else None
    return isinstance(called, ast.Attribute) and called.attr in ("command", "callback")
