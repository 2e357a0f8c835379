"""Which lines a test suite runs, by marks in the code of the modules that are loaded.

The interpreter's own tracing makes every call of every library slower, and small suites spend most of their time in
these.  A mark costs next to nothing.  But some code does not bear to be changed, such as what numba compiles or
cloudpickle takes apart.  So what marks say counts only where all tests pass.
"""

from __future__ import annotations

import copyreg
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dis import opname
from importlib.machinery import SourceFileLoader
from os.path import isabs, join, realpath  # tests put others into os.path
from types import CodeType
from typing import Any

#: A function or a module of more lines is not marked: each mark takes as long as there are others before it.
MOST_LINES = 1000
#: Marks are not taken out again once they are seen, for which every object that a module holds would be looked at.
FOR_EVER = 2**31 - 1
#: With these a function begins, before any of its lines.
ENTRIES = ("RESUME", "RETURN_GENERATOR")
#: Audit events of code that is run, or written out, past the loader; the code comes first.
PAST = ("exec", "function.__new__", "marshal.dumps")


class NotMarked(Exception):
    """Which lines ran is not known; another run tells, that is traced by the interpreter."""


@contextmanager
def lines(folder: str, paths: Iterable[str]) -> Iterator[dict[str, set[int]]]:
    """The lines of `paths` under `folder` that are run within, by their real path.

    NotMarked where one of these files was run in another way than by importing it or is very long, or where its code
    was to be pickled, which whoever asked may have put up with.
    """
    from slipcover import probe, slipcover  # noqa: PLC0415  (in the image, and of use to this run alone)

    watched = {realpath(join(folder, path)) for path in paths}
    names = {path.rpartition("/")[2] for path in watched}
    slipcover.findlinestarts = starts
    marks, ran = slipcover.Slipcover(d_miss_threshold=FOR_EVER), dict[str, set[int]]()
    marked, past = list[CodeType](), list[str]()
    usual = SourceFileLoader.source_to_code

    def is_watched(path: str) -> bool:
        return path.rpartition("/")[2] in names and realpath(path) in watched

    def source_to_code(self: SourceFileLoader, data: Any, path: Any, **options: Any) -> Any:
        code = usual(self, data, path, **options)
        if isabs(path) and is_watched(code.co_filename) and longest(code) <= MOST_LINES:
            code = marks.instrument(code)
            marked.append(code)
        return code

    def note(event: str, given: tuple[Any, ...]) -> None:
        code = given[0] if event in PAST else None
        loaded = event == "exec" and any(code is one for one in marked)
        if isinstance(code, CodeType) and not loaded and is_watched(code.co_filename):
            past.append(code.co_filename)

    def written_out(_: object) -> str:
        past.append("code with marks")
        raise TypeError("cannot pickle a mark")

    copyreg.pickle(type(probe.new(marks, "", 0, FOR_EVER)), written_out)
    SourceFileLoader.source_to_code = source_to_code  # type: ignore[method-assign,assignment]
    sys.dont_write_bytecode = True  # no file can hold a mark
    sys.addaudithook(note)
    yield ran
    if past:
        raise NotMarked(past[0])
    ran |= {realpath(path): set(seen) for path, seen in list(marks.newly_seen.items())}


def starts(code: CodeType) -> Iterator[tuple[int, int]]:
    """Where a line begins, also once more after instructions of no line: a `finally` that an exception has run."""
    before = None
    for offset, _, line in code.co_lines():
        if line and line != before and opname[code.co_code[offset]] not in ENTRIES:
            yield offset, line
        before = line


def longest(code: CodeType) -> int:
    """The lines of the longest function in it, or of itself without its functions."""
    parts = [one for one in code.co_consts if isinstance(one, CodeType)]
    return max(len({line for *_, line in code.co_lines()}), *map(longest, parts), 0)
