"""Source text to syntax trees, bounded."""

from __future__ import annotations

import ast
from collections.abc import Mapping

from graders.leakage.static.machine import NO_COLUMNS, Columns, Machine
from graders.syntax import parsed

MOST_BYTES = 400_000
MOST_MODULES = 60


class Unreadable(Exception):
    """The text can't be analysed, for the reason given."""


def machine_for(sources: Mapping[str, str], columns: Columns = NO_COLUMNS, guesses: bool = False) -> Machine:
    """A machine over modules by path.  Text that does not parse is left out.

    Raises:
        Unreadable: there is too much of it.
    """
    if sum(len(text) for text in sources.values()) > MOST_BYTES or len(sources) > MOST_MODULES:
        raise Unreadable(f"more than {MOST_BYTES // 1000} kB of source or {MOST_MODULES} modules")
    trees: dict[str, ast.Module] = {}
    paths: dict[str, str] = {}
    for path in sorted(sources):
        tree = parsed(sources[path])
        if tree is not None:
            name = path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
            trees[name], paths[name] = tree, path
    return Machine(trees, paths, columns, guesses)
