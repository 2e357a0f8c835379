"""Which lines a test suite runs, by marks in the code of the modules that are loaded.

The interpreter's own tracing makes every call of every library slower, and small suites spend most of their time in
these.  A mark costs next to nothing.  But some code does not bear to be changed, such as what numba compiles or
cloudpickle takes apart.  So what marks say counts only where all tests pass.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from importlib.machinery import SourceFileLoader
from types import CodeType
from typing import Any

#: A function or a module of more lines is not marked: each mark takes as long as there are others before it.
MOST_LINES = 1000


class NotMarked(Exception):
    """Which lines ran is not known; another run tells, that is traced by the interpreter."""


@contextmanager
def lines(folder: str, paths: Iterable[str]) -> Iterator[dict[str, list[int]]]:
    """The lines of `paths` under `folder` that are run within, by their real path.

    NotMarked where one of these files was run in another way than by importing it, or is very long.
    """
    import slipcover  # noqa: PLC0415  (in the image, and of use to this run alone)

    watched = {os.path.realpath(os.path.join(folder, path)) for path in paths}
    marks, ran = slipcover.Slipcover(exclude_lines=[]), dict[str, list[int]]()
    marked, past = list[CodeType](), list[str]()
    usual = SourceFileLoader.source_to_code

    def source_to_code(self: SourceFileLoader, data: Any, path: Any, **options: Any) -> Any:
        code = usual(self, data, path, **options)
        if os.path.realpath(path) in watched and longest(code) <= MOST_LINES:
            code = marks.instrument(code)
            marked.append(code)
        return code

    def note(event: str, given: tuple[Any, ...]) -> None:
        code = given[0] if event == "exec" else None
        if isinstance(code, CodeType) and not any(code is one for one in marked):
            past.extend({os.path.realpath(code.co_filename)} & watched)

    SourceFileLoader.source_to_code = source_to_code  # type: ignore[method-assign,assignment]
    sys.addaudithook(note)
    yield ran
    if past:
        raise NotMarked(past[0])
    os.chdir(folder)  # what follows gives paths from here
    files = marks.get_coverage()["files"].items()
    ran |= {os.path.realpath(path): file["executed_lines"] for path, file in files}


def longest(code: CodeType) -> int:
    """The lines of the longest function in it, or of itself without its functions."""
    parts = [one for one in code.co_consts if isinstance(one, CodeType)]
    return max(len({line for *_, line in code.co_lines()}), *map(longest, parts), 0)
