"""The interpreter: source text to bounded syntax trees, and what is done at each kind of node in them."""

from __future__ import annotations

import ast
from collections.abc import Mapping

from graders.checks.leakage.static.attributes import attribute, subscript
from graders.checks.leakage.static.calls import call
from graders.checks.leakage.static.comprehensions import comprehension, dict_comprehension
from graders.checks.leakage.static.expressions import EXPRESSIONS
from graders.checks.leakage.static.machine import NO_COLUMNS, Columns, Handlers, Machine
from graders.checks.leakage.static.statements import STATEMENTS
from graders.source.syntax import parsed
from graders.words import say

MOST_BYTES = 400_000
MOST_MODULES = 60

HANDLERS = Handlers(
    expressions={
        **EXPRESSIONS,
        ast.Attribute: attribute,
        ast.Call: call,
        ast.Subscript: subscript,
        ast.ListComp: comprehension,
        ast.SetComp: comprehension,
        ast.GeneratorExp: comprehension,
        ast.DictComp: dict_comprehension,
    },
    statements=STATEMENTS,
)


class Unreadable(Exception):
    """The text can't be analysed, for the reason given."""


def machine_for(sources: Mapping[str, str], columns: Columns = NO_COLUMNS, guesses: bool = False) -> Machine:
    """A machine over modules by path.  Text that does not parse is left out.

    Raises:
        Unreadable: there is too much of it.
    """
    if sum(len(text) for text in sources.values()) > MOST_BYTES or len(sources) > MOST_MODULES:
        raise Unreadable(
            say(
                "more than {most_bytes} kB of source or {most_modules} modules",
                most_bytes=MOST_BYTES // 1000,
                most_modules=MOST_MODULES,
            )
        )
    trees: dict[str, ast.Module] = {}
    paths: dict[str, str] = {}
    for path in sorted(sources):
        tree = parsed(sources[path])
        if tree is not None:
            name = path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
            trees[name], paths[name] = tree, path
    return Machine(HANDLERS, trees, paths, columns, guesses)
