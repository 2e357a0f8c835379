"""Ruff, radon and complexipy over modules under names of ours, in the process that analysis.py gives them.

They parse and count; nothing of the modules is executed or imported.
"""

from __future__ import annotations

import ast
import contextlib
import json
import os
import signal
import subprocess
import sys
import tokenize
import warnings
from collections.abc import Iterator, Mapping
from typing import Any

from sandbox.static_tools.bounded import Overrun

MAX_RUFF = 4 << 20
MAX_LISTED = 5000
MAX_TEXT = 300
ENVIRONMENT = {"PATH": "/usr/local/bin:/usr/bin:/bin", "LANG": "C.UTF-8", "RAYON_NUM_THREADS": "2"}
#: How the system ends what has used up its processor time.
OVER = (-signal.SIGXCPU, -signal.SIGKILL) if hasattr(signal, "SIGXCPU") else ()
#: Longer modules are not measured: nobody wrote them by hand.
MAX_LINES = 20_000

#: Likely errors, and the few families of style that fall as quality rises.
RULES = "E,W,F,B,PLE,NPY201,N801,N802,S102,S307,S506"
RUFF = (
    *("check", "--isolated", "--ignore-noqa", "--no-respect-gitignore", "--no-cache", "--quiet", "--exit-zero"),
    *("--preview", "--config", "exclude=[]", "--target-version", "py311", "--line-length", "120"),
    *("--select", RULES, "--output-format", "json-lines", "."),
)


def ruff(folder: str) -> dict[str, Any]:
    """{"violations": [{code, path, line, column, message}], "truncated": bool}.

    What ruff says beyond MAX_RUFF is left out: drowning it must not be a way to be judged by nothing.
    """
    for name in os.listdir(folder):
        in_utf8(os.path.join(folder, name))
    text = first_bytes((program("ruff"), *RUFF), folder, MAX_RUFF)
    found = [json.loads(line) for line in text[: text.rfind(b"\n") + 1].splitlines()]
    listed = sorted((violation(item) for item in found), key=lambda v: (v["path"], v["line"], v["column"], v["code"]))
    return {"violations": listed[:MAX_LISTED], "truncated": len(found) > MAX_LISTED}


def violation(item: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "code": str(item["code"]),
        "path": os.path.basename(str(item["filename"])),
        "line": int(item["location"]["row"]),
        "column": int(item["location"]["column"]),
        "message": str(item["message"])[:MAX_TEXT],
    }


def program(name: str) -> str:
    """The tool beside this interpreter, or the one on the path."""
    beside = os.path.join(os.path.dirname(sys.executable), name)
    return beside if os.path.exists(beside) else name


def first_bytes(command: tuple[str, ...], folder: str, limit: int) -> bytes:
    """Standard output of a command, and no more than `limit` bytes of it.

    Raises Overrun where it met the limits of this process, which it shares; RuntimeError when it fails otherwise.
    """
    pipes: dict[str, Any] = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(command, cwd=folder, env=ENVIRONMENT, **pipes) as process:
        assert process.stdout
        text: bytes = process.stdout.read(limit)
        cut = len(text) == limit
        if cut:
            process.kill()
    if process.returncode in OVER and not cut:
        raise Overrun
    if process.returncode and not cut:
        raise RuntimeError(f"{command[0]} ended with status {process.returncode}")
    return text


def in_utf8(file: str) -> None:
    """Write a module as the tools read it, whatever its coding line says; left alone where Python cannot read it."""
    with open(file, "rb") as opened, contextlib.suppress(SyntaxError, LookupError, ValueError):
        encoding, _ = tokenize.detect_encoding(opened.readline)
        opened.seek(0)
        text = opened.read().decode(encoding).encode()
        with open(file, "wb") as again:
            again.write(text)


def radon(folder: str) -> dict[str, Any]:
    """{"functions": [{path, name, line, lines, complexity, cognitive}], "unreadable": [path]}."""
    functions: list[dict[str, Any]] = []
    unreadable: list[str] = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the candidate's text
        for path in sorted(os.listdir(folder)):
            try:
                in_utf8(os.path.join(folder, path))
                functions += measure(os.path.join(folder, path), path)
            except Exception:
                unreadable.append(path)
    return {"functions": functions[:MAX_LISTED], "unreadable": unreadable}


def measure(file: str, path: str) -> Iterator[dict[str, Any]]:
    """Each function that lies in no other, with its cyclomatic and its cognitive complexity."""
    from complexipy import code_complexity  # noqa: PLC0415 - of use to this tool alone, and slow to load

    with open(file, encoding="utf-8") as opened:
        source = opened.read()
    if source.count("\n") > MAX_LINES:
        raise ValueError("too long")
    cognitive = {f.line_start: f.complexity for f in code_complexity(source).functions}
    for name, node in outermost(ast.parse(source)):
        # complexipy counts a function from its first decorator on
        starts = min(mark.lineno for mark in (node, *node.decorator_list))
        yield {
            "path": path,
            "name": name[:MAX_TEXT],
            "line": node.lineno,
            "lines": (node.end_lineno or node.lineno) - node.lineno + 1,
            "complexity": cyclomatic(node),
            "cognitive": cognitive.get(starts, 0),
        }


def outermost(node: ast.AST, within: str = "") -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    """Functions and methods that lie in no other function, by name and that of their classes."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
            yield within + child.name, child
        elif not isinstance(child, ast.expr):
            yield from outermost(child, f"{within}{child.name}." if isinstance(child, ast.ClassDef) else within)


def cyclomatic(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """One more than the branches of a function, with those of the functions in it, which radon leaves out.

    complexipy counts them in, too.  To define a function is no branch, or a factory of plain ones would be complex.
    """
    from radon.visitors import ComplexityVisitor  # type: ignore[import-untyped]  # noqa: PLC0415 - as above

    within = (node for node in ast.walk(function) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
    return 1 + sum(int(ComplexityVisitor.from_ast(node).functions[0].complexity) - 1 for node in within)
