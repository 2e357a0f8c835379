"""Parsing hostile Python: first in a bounded child process, and here only what the child survived."""

from __future__ import annotations

import ast
import json
import subprocess
import symtable
import sys
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from app.intake.problems import rejected

T = TypeVar("T")

MAX_FILE = 2**20
MAX_SOURCE = 2 * 2**20
SECONDS = 20
MEMORY = 2**29

#: Compiles without executing; a verdict a file: null, or [line or null, message].
CHILD = f"""
import ast, json, sys, warnings
try:
    import resource
    resource.setrlimit(resource.RLIMIT_CPU, ({SECONDS}, {SECONDS}))
    resource.setrlimit(resource.RLIMIT_AS, ({MEMORY}, {MEMORY}))
except (ImportError, ValueError, OSError):
    pass
warnings.simplefilter("ignore")
for text in json.load(sys.stdin):
    try:
        ast.parse(text.encode("latin-1"))
        compile(text.encode("latin-1"), "code", "exec", dont_inherit=True)
        verdict = None
    except SyntaxError as error:
        verdict = [error.lineno, str(error.msg)]
    except ValueError:
        verdict = [None, "source code cannot contain null bytes"]
    except (RecursionError, MemoryError, OverflowError):
        verdict = "complex"
    print(json.dumps(verdict))
"""


@dataclass(frozen=True)
class Broken:
    """Why a source is no Python; `line` counts from 1."""

    line: int | None
    message: str


def compiles(sources: Mapping[str, bytes]) -> dict[str, Broken | None]:
    """Whether each source compiles, found out in a child bounded in CPU time and memory.

    Raises Rejected where there is too much source, or nesting that no interpreter takes.
    """
    for name, source in sources.items():
        if len(source) > MAX_FILE:
            raise rejected("CODE_TOO_BIG", f"{name} holds more than 1 MB of source code.")
    if sum(map(len, sources.values())) > MAX_SOURCE:
        raise rejected("CODE_TOO_BIG", "The submission holds more than 2 MB of source code.")
    verdicts = _child([source.decode("latin-1") for source in sources.values()])
    return {name: _verdict(name, line) for name, line in zip(sources, verdicts, strict=True)}


def parse(source: str | bytes) -> ast.Module:
    """The tree of a source that compiles."""
    return _guarded(lambda: ast.parse(source))


def scopes(source: str) -> symtable.SymbolTable:
    """The compiler's own table of names for a source that compiles."""
    return _guarded(lambda: symtable.symtable(source, "cell", "exec"))


def _guarded(read: Callable[[], T]) -> T:
    """The child has less on its stack than this process, so what it could nest may yet be too deep here."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return read()
        except (RecursionError, MemoryError) as error:
            raise rejected("CODE_TOO_COMPLEX", "The source code nests too deeply to be parsed.") from error


def _child(texts: list[str]) -> list[str]:
    command = [sys.executable, "-I", "-S", "-c", CHILD]
    try:
        done = subprocess.run(
            command, input=json.dumps(texts), capture_output=True, text=True, timeout=3 * SECONDS, check=True
        )
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
        raise rejected("CODE_TOO_COMPLEX", "The source code takes too much time or memory to parse.") from error
    return done.stdout.splitlines()


def _verdict(name: str, line: str) -> Broken | None:
    verdict = json.loads(line)
    if verdict == "complex":
        raise rejected("CODE_TOO_COMPLEX", f"{name} nests too deeply, or is too large, to be parsed.")
    return None if verdict is None else Broken(verdict[0], verdict[1][:200])
