"""Lines that tests run, told by marks in the code: the same as the interpreter's own tracing tells, or nothing."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

RUN = """
import json, os, sys
sys.path.insert(0, sys.argv[1])
os.chdir(sys.argv[2])
import coverage, pytest, slipcover
from sandbox.harness import marks, own_tests
for way in sys.argv[3:]:
    if os.fork() == 0:
        try:
            files = own_tests.run_tests(sys.argv[2], {}, (), way == "marked")["files"]
        except marks.NotMarked:
            files = None
        print("files:" + json.dumps(files), file=sys.stderr, flush=True)
        os._exit(0)
    os.wait()
"""
ROOT = Path(__file__).parents[3]
KINDS = '''\
"""A module with every kind of statement."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from os import PathLike

LIMIT: int = 3
WORDS = [
    "a",
    "b",
]
late: int


def wrapped(function):
    def inner(*given):
        return function(*given)

    return inner


@wrapped
@wrapped
def add(
    a,
    b=1,
):
    """Add."""
    global LIMIT
    LIMIT = (
        a
        + b
    )
    return LIMIT


@dataclass
class Point:
    """Two numbers."""

    x: int
    y: int = 2

    @property
    def far(self):
        return self.x > 5 or self.y > 5

    @staticmethod
    def never():
        return 1


def kinds(value):
    total = 0
    for i in range(5):
        if i == 1:
            continue
        elif i == 3:
            break
        else:
            total += i
    else:
        total = -1
    while total < 10:
        total += 5
    try:
        total += int("x")
    except KeyError:
        total = 0
    except (ValueError, TypeError) as error:
        total += len(str(error))
    else:
        total = 1
    finally:
        total += 1
    with contextlib.suppress(ZeroDivisionError):
        total / 0
        total = 2
    match value:
        case 1:
            total = 1
        case [a, *rest] if a > 1:
            total = sum(rest)
        case _:
            total += 1
    assert total, "none"
    pairs = {
        k: v
        for k, v in zip(WORDS, range(2))
        if v
    }
    lazy = lambda: (
        total
    )
    del pairs
    return [
        lazy(),
        *(
            n
            for n in range(2)
        ),
    ]


def numbers():
    yield 1
    if LIMIT > 100:
        yield 2
    yield from (3, 4)


async def later():
    async with contextlib.AsyncExitStack():
        return 1


def unused():
    raise NotImplementedError


def hidden():  # pragma: no cover
    return 1


if __name__ == "__main__":
    unused()
'''
TEST_KINDS = """\
import asyncio
import kinds

def test_all():
    for i in range(200):
        assert kinds.add(1) == 2
    assert not kinds.Point(1).far
    assert kinds.kinds([2, 3])
    assert list(kinds.numbers()) == [1, 3, 4]
    assert asyncio.run(kinds.later()) == 1
"""


def files(folder: Path, *ways: str) -> list[Any]:
    """What each way of running tells of the files, each in a process of its own."""
    command = [sys.executable, "-c", RUN, str(ROOT), str(folder), *ways]
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": ""}
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    told = [json.loads(line.removeprefix("files:")) for line in done.stderr.splitlines() if line.startswith("files:")]
    assert len(told) == len(ways), done.stderr
    return told


def laid_out(folder: Path, written: dict[str, str]) -> Path:
    for name, text in written.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


SAME = {
    "every kind of statement": {"kinds.py": KINDS, "test_kinds.py": TEST_KINDS},
    "a module nobody loads": {"a.py": "x = 1\n", "b.py": "y = 1\n", "test_a.py": "import a\ndef test(): assert a.x\n"},
    "a package under src": {
        "src/own/__init__.py": "from .part import one\n",
        "src/own/part.py": "def one():\n    return 1\ndef two():\n    return 2\n",
        "tests/test_own.py": "import own\ndef test(): assert own.one() == 1\n",
    },
    "loaded by its place": {
        "pipeline.py": "def one():\n    return 1\ndef two():\n    return 2\n",
        "test_it.py": "import importlib.util\n"
        "spec = importlib.util.spec_from_file_location('other', 'pipeline.py')\n"
        "module = importlib.util.module_from_spec(spec)\n"
        "spec.loader.exec_module(module)\n"
        "def test(): assert module.one() == 1\n",
    },
    "run in a thread, elsewhere": {
        "a.py": "def one():\n    return 1\n",
        "test_a.py": "import os, threading, a\n"
        "def test(tmp_path):\n    os.chdir(tmp_path)\n    thread = threading.Thread(target=a.one)\n"
        "    thread.start()\n    thread.join()\n",
    },
    "reloaded": {
        "a.py": "def one():\n    return 1\n",
        "test_a.py": "import importlib, a\ndef test():\n    assert importlib.reload(a).one() == 1\n",
    },
    "a skipped test": {
        "a.py": "def one():\n    return 1\n",
        "test_a.py": "import pytest, a\n@pytest.mark.skip\ndef test(): a.one()\n",
    },
    "no tests": {"a.py": "x = 1\n"},
    "only a name after match": {
        "a.py": "MODE = 1\ndef one():\n    match MODE:\n        case 1:\n            return 1\n",
        "test_a.py": "import a\ndef test(): assert a.one() == 1\n",
    },
    "a finally that an exception has run": {
        "a.py": "def one(done):\n    try:\n        return 1 / 0\n    finally:\n        done.append(1)\n",
        "test_a.py": "import a, pytest\ndef test():\n    with pytest.raises(ZeroDivisionError): a.one([])\n",
    },
    "a finally of a generator that was closed": {
        "a.py": "def one():\n    try:\n        yield 1\n    except ValueError:\n        yield 2\n"
        "    finally:\n        done = 1\n    return done\n",
        "test_a.py": "import a\ndef test():\n    one = a.one()\n    next(one)\n"
        "    assert one.throw(ValueError) == 2\n    one.close()\n",
    },
    "in another encoding": {
        "a.py": "# -*- coding: utf-7 -*-\ndef one():\n    return '+AOkA6Q-'\n",
        "test_a.py": "import a\ndef test(): assert len(a.one()) == 2\n",
    },
    "a class that looks at whoever looks at it": {
        "a.py": "class Meta(type):\n    __hash__ = None\n    def __dir__(cls):\n        return 1 / 0\n"
        "class One(metaclass=Meta):\n    def one(self):\n        return 1\n",
        "test_a.py": "import a\ndef test():\n    for _ in range(200): assert a.One().one() == 1\n",
    },
    "names of the frame that runs": {
        "a.py": "def other(i):\n    return i\ndef one():\n    x, names = 1, locals()\n    names['x'] = 2\n"
        "    for i in range(200):\n        other(i)\n    return names['x']\n",
        "test_a.py": "import a\ndef test(): assert a.one() == 2\n",
    },
    "paths are put out of order": {
        "a.py": "from collections import namedtuple\ndef one():\n    return namedtuple('One', 'x')\n",
        "test_a.py": "import os\ndef test(monkeypatch):\n    import a\n"
        "    monkeypatch.setattr(os.path, 'realpath', None)\n    monkeypatch.setattr(os, 'getcwd', None)\n"
        "    assert a.one()(1).x == 1\n    monkeypatch.undo()\n",
    },
}


@pytest.mark.parametrize("written", SAME.values(), ids=SAME)
def test_marks_tell_what_tracing_tells(written: dict[str, str], tmp_path: Path) -> None:
    """Each file with its lines, and those that were missed."""
    folder = laid_out(tmp_path, written)
    marked, traced = files(folder, "marked", "traced")
    assert marked == traced != []


NOT_MARKED = {
    "run as a script": "import runpy\ndef test(): runpy.run_path('pipeline.py')\n",
    "compiled by hand": "def test(): exec(compile(open('pipeline.py').read(), 'pipeline.py', 'exec'), {})\n",
    "code that is taken apart": "import dis, pipeline\n"
    "def test(): assert 'CALL' not in [step.opname for step in dis.get_instructions(pipeline.made())]\n",
    "compiled by hand, and a function taken out": "import types\n"
    "code = compile(open('pipeline.py').read(), 'pipeline.py', 'exec')\n"
    "def test(): assert types.FunctionType(code.co_consts[0], {})()() == 1\n",
    "loaded by a path from elsewhere": "from importlib.machinery import SourceFileLoader\n"
    "def test(monkeypatch):\n    monkeypatch.chdir('sub')\n"
    "    assert SourceFileLoader('other', '../pipeline.py').load_module().made()() == 1\n",
    "code that cannot be written out, which nobody minds": "import cloudpickle, pipeline\n"
    "def test():\n    try: cloudpickle.dumps(pipeline.made())\n    except Exception: pass\n",
    "a test that fails": "import pipeline\ndef test(): assert pipeline.made()() == 2\n",
    "a very long module": "import pipeline, long\ndef test(): pass\n",
    "a test that cannot be imported": "import pipeline, absent_package\n",
    "a module that cannot be imported": "import broken\ndef test(): pass\n",
}


@pytest.mark.parametrize("test", NOT_MARKED.values(), ids=NOT_MARKED)
def test_what_marks_may_miss_or_break_is_left_to_tracing(test: str, tmp_path: Path) -> None:
    """Nothing is told, and the run that follows it is the one that counts."""
    pipeline = "def made():\n    def one():\n        return 1\n    return one\n"
    folder = laid_out(tmp_path, {"pipeline.py": pipeline, "broken.py": "def (\n", "test_it.py": test})
    (folder / "long.py").write_text("x = 1\n" * 1100)
    (folder / "sub").mkdir()
    marked, traced = files(folder, "marked", "traced")
    assert marked is None
    assert traced


def test_a_run_with_marks_ends_with_the_first_test_that_fails(tmp_path: Path) -> None:
    """What follows it would be run once more."""
    tests = "from pathlib import Path\ndef test_a(): assert 0\ndef test_b(): Path('ran').touch()\n"
    folder = laid_out(tmp_path, {"a.py": "x = 1\n", "test_a.py": tests})
    assert files(folder, "marked") == [None]
    assert not (folder / "ran").exists()
    files(folder, "traced")
    assert (folder / "ran").exists()
