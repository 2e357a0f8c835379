"""Tools put to the submission's text: ruff, radon and the candidate's own tests.

Each runs in a process of its own like every probe, with none of the candidate's settings, and gives JSON of a
bounded size.  What the tests report is the word of code the candidate wrote: it ran in the same process.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from .calls import Answer, BadAnswer, describe
from .own_tests import run_tests

MAX_OUTPUT = 4 << 20
MAX_RUFF = 16 << 20
MAX_LISTED = 5000
MAX_TEXT = 300

RUFF_RULES = "E,W,F,B,A,ARG,C4,C90,PD,NPY,PL,S,SIM,UP,I,N,ANN,D,T20,ERA,BLE,TRY,RET,PTH,PERF,INP,DTZ,LOG"
RUFF = (
    *("ruff", "check", "--isolated", "--ignore-noqa", "--no-respect-gitignore", "--no-cache", "--quiet"),
    *("--config", 'exclude=["*.ipynb"]', "--target-version", "py311", "--line-length", "100", "--exit-zero"),
    *("--select", RUFF_RULES, "--output-format", "json-lines", "."),
)


def perform(action: str, folder: str) -> Answer:
    """The tool's JSON as the payload of an answer, or what went wrong."""
    try:
        text = json.dumps(TOOLS[action](folder)).encode()
        if len(text) > MAX_OUTPUT:
            raise BadAnswer("OUTPUT_TOO_LARGE", MAX_OUTPUT)
        return Answer({"done": True}, text)
    except BadAnswer as bad:
        return Answer(bad.header)
    except BaseException as error:
        return Answer({"failure": describe(error, folder) | {"importing": False}})


def ruff(folder: str) -> dict[str, Any]:
    """{"violations": [{code, path, line, column, message}], "counts": {code: n}, "truncated": bool}.

    What ruff says beyond MAX_RUFF is left out: drowning it must not be a way to be judged by nothing.
    """
    text = first_bytes(RUFF, folder, MAX_RUFF)
    found = [json.loads(line) for line in text[: text.rfind(b"\n") + 1].splitlines()]
    counts = Counter(str(item["code"]) for item in found)
    listed = [violation(item, folder) for item in found[:MAX_LISTED]]
    return {"violations": listed, "counts": dict(counts), "truncated": len(found) > MAX_LISTED}


def violation(item: Mapping[str, Any], folder: str) -> dict[str, Any]:
    return {
        "code": str(item["code"]),
        "path": relative(str(item["filename"]), folder),
        "line": int(item["location"]["row"]),
        "column": int(item["location"]["column"]),
        "message": str(item["message"])[:MAX_TEXT],
    }


def first_bytes(command: tuple[str, ...], folder: str, limit: int) -> bytes:
    """Standard output of a command, and no more than `limit` bytes of it; RuntimeError when the command fails."""
    path = os.path.join(os.path.dirname(sys.executable), command[0])
    program = path if os.path.exists(path) else command[0]
    with subprocess.Popen(
        [program, *command[1:]], cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout
        text = process.stdout.read(limit)
        cut = len(text) == limit
        if cut:
            process.kill()
    if process.returncode and not cut:
        raise RuntimeError(f"{command[0]} ended with status {process.returncode}")
    return text


def radon(folder: str) -> dict[str, Any]:
    """{"functions": [{path, name, line, lines, complexity}], "files": [{path, loc, ...}], "unreadable": [path]}."""
    functions: list[dict[str, Any]] = []
    files: list[dict[str, Any]] = []
    unreadable: list[str] = []
    for path in python_files(folder):
        try:
            file, found = measure(folder, path)
        except Exception:
            unreadable.append(path)
        else:
            files.append(file)
            functions += found
    return {"functions": functions[:MAX_LISTED], "files": files, "unreadable": unreadable}


def measure(folder: str, path: str) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    # in the image, and of use to this probe alone
    from radon.complexity import cc_visit  # type: ignore[import-untyped]  # noqa: PLC0415
    from radon.metrics import mi_visit  # type: ignore[import-untyped]  # noqa: PLC0415
    from radon.raw import analyze  # type: ignore[import-untyped]  # noqa: PLC0415

    with open(os.path.join(folder, path), "rb") as file:
        source = file.read().decode("utf-8-sig")
    functions = [
        {
            "path": path,
            "name": block.fullname[:MAX_TEXT],
            "line": block.lineno,
            "lines": block.endline - block.lineno + 1,
            "complexity": block.complexity,
        }
        for block in cc_visit(source)
        if hasattr(block, "is_method")  # a class is the sum of its methods
    ]
    return {"path": path, **analyze(source)._asdict(), "maintainability": mi_visit(source, multi=True)}, functions


def python_files(folder: str) -> Iterator[str]:
    for below, _, names in sorted(os.walk(folder)):
        for name in sorted(names):
            if name.endswith(".py"):
                yield relative(os.path.join(below, name), folder)


def relative(path: str, folder: str) -> str:
    return os.path.relpath(os.path.join(folder, path), os.path.realpath(folder)).replace(os.sep, "/")


TOOLS: Mapping[str, Callable[[str], dict[str, Any]]] = {"ruff": ruff, "radon": radon, "tests": run_tests}
