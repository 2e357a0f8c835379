"""What runs in the child process of analysis.py: ruff, radon and complexipy over modules under names of ours.

They parse and count; nothing of the modules is executed or imported.  Run as a file of its own, in isolated
mode, so that it imports nothing but the three tools: `analyser.py ACTION FOLDER CPU_SECONDS MEMORY_MB`.
"""

from __future__ import annotations

import ast
import contextlib
import json
import os
import subprocess
import sys
import warnings
from collections.abc import Callable, Iterator, Mapping
from typing import Any

MAX_RUFF = 4 << 20
MAX_LISTED = 5000
MAX_TEXT = 300
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
    """Standard output of a command, and no more than `limit` bytes of it; RuntimeError when the command fails."""
    pipes: dict[str, Any] = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(command, cwd=folder, **pipes) as process:
        assert process.stdout
        text: bytes = process.stdout.read(limit)
        cut = len(text) == limit
        if cut:
            process.kill()
    if process.returncode and not cut:
        raise RuntimeError(f"{command[0]} ended with status {process.returncode}")
    return text


def radon(folder: str) -> dict[str, Any]:
    """{"functions": [{path, name, line, lines, complexity, cognitive}], "unreadable": [path]}."""
    functions: list[dict[str, Any]] = []
    unreadable: list[str] = []
    for path in sorted(os.listdir(folder)):
        try:
            functions += measure(os.path.join(folder, path), path)
        except Exception:
            unreadable.append(path)
    return {"functions": functions[:MAX_LISTED], "unreadable": unreadable}


def measure(file: str, path: str) -> Iterator[dict[str, Any]]:
    """Each function of a module with its cyclomatic and its cognitive complexity."""
    # of use to this tool alone, and slow to load
    from complexipy import code_complexity  # noqa: PLC0415
    from radon.visitors import ComplexityVisitor  # type: ignore[import-untyped]  # noqa: PLC0415

    with open(file, "rb") as opened:
        source = opened.read()
    if source.count(b"\n") > MAX_LINES:
        raise ValueError("too long")
    visitor = ComplexityVisitor.from_ast(ast.parse(source))
    cognitive = {f.line_start: f.complexity for f in code_complexity(source.decode("utf-8-sig")).functions}
    for block in visitor.blocks:
        if hasattr(block, "is_method"):  # a class is the sum of its methods
            yield {
                "path": path,
                "name": block.fullname[:MAX_TEXT],
                "line": block.lineno,
                "lines": block.endline - block.lineno + 1,
                "complexity": block.complexity,
                "cognitive": cognitive.get(block.lineno, 0),
            }


def limit(cpu_seconds: int, memory_mb: int) -> None:
    """Bound this process and what it starts, where the system can."""
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource  # noqa: PLC0415 - not on every system

        resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds))
        resource.setrlimit(resource.RLIMIT_AS, (memory_mb << 20, memory_mb << 20))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


TOOLS: Mapping[str, Callable[[str], dict[str, Any]]] = {"ruff": ruff, "radon": radon}

if __name__ == "__main__":
    limit(int(sys.argv[3]), int(sys.argv[4]))
    warnings.simplefilter("ignore")
    sys.stdout.write(json.dumps(TOOLS[sys.argv[1]](sys.argv[2])))
