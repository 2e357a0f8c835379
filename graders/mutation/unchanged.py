"""Changes of the text that change no behaviour: whoever notices them reads the text, counts runs or rolls dice.

Each touches every function of every module, so that no test can rest on the text of one that was left alone.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial

from graders.mutation.text import Edit, Text, readable
from graders.mutation.walk import Function, functions

MIRRORED: Mapping[type[ast.cmpop], str] = {ast.Lt: ">", ast.LtE: ">=", ast.Gt: "<", ast.GtE: "<=", ast.Eq: "=="}
#: What may look at the names of variables; functions that hold one of these keep theirs.
LOOKING = frozenset({"locals", "vars", "eval", "exec", "query", "globals", "dir"})
NESTED = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef, ast.Global, ast.Nonlocal, ast.Delete)
RENAMED = 3


def written_otherwise(text: Text, mark: str) -> Iterator[Edit]:
    """Parentheses round what is returned, comparisons read from the right, keywords in another order, a last line."""
    yield Edit(len(text.data), len(text.data), f"  # {mark}".encode())
    keywords = _fixed_keywords(text)
    for _, function in functions(text.tree.body):
        for node in outside_texts(function):
            if isinstance(node, ast.Return) and node.value is not None:
                start, end = text.span(node)
                yield from (Edit(start + len(b"return"), start + len(b"return"), b" ("), Edit(end, end, b")"))
            elif isinstance(node, ast.Compare):
                yield from _mirrored(node, text)
            elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in keywords:
                yield from _reordered(node, text)


def _mirrored(node: ast.Compare, text: Text) -> Iterator[Edit]:
    """`a < b` as `b > a`, where both are a name, a number or a text."""
    left, right = node.left, node.comparators[0]
    symbol = MIRRORED.get(type(node.ops[0]))
    if len(node.ops) == 1 and symbol and all(isinstance(side, ast.Name | ast.Constant) for side in (left, right)):
        yield text.instead(node, b" ".join((text.of(right), symbol.encode(), text.of(left))))


def _fixed_keywords(text: Text) -> frozenset[str]:
    """Functions of the module in which the order of keywords cannot matter."""
    own = [f for f in text.tree.body if isinstance(f, Function)]
    return frozenset(f.name for f in own if f.args.kwarg is None and not f.decorator_list)


def _reordered(call: ast.Call, text: Text) -> Iterator[Edit]:
    given = call.keywords[:2]
    if len(given) == 2 and all(k.arg and isinstance(k.value, ast.Name | ast.Constant) for k in given):
        yield from (text.instead(given[0], text.of(given[1])), text.instead(given[1], text.of(given[0])))


def renamed(text: Text, mark: str) -> Iterator[Edit]:
    """Local variables under other names."""
    for _, function in functions(text.tree.body):
        names = _renameable(function, text, mark)
        for node in outside_texts(function):
            if isinstance(node, ast.Name) and node.id in names:
                yield text.instead(node, f"{node.id}_{mark}".encode())


def _renameable(function: Function, text: Text, mark: str) -> frozenset[str]:
    """At most RENAMED names that the function gives values to, and that nothing else can see."""
    nodes = [node for statement in function.body for node in ast.walk(statement)]
    called = {getattr(n.func, "attr", getattr(n.func, "id", "")) for n in nodes if isinstance(n, ast.Call)}
    if mark.encode() in text.data or called & LOOKING or any(isinstance(node, NESTED) for node in nodes):
        return frozenset()
    given = {t.id for n in nodes if isinstance(n, ast.Assign) for t in n.targets if isinstance(t, ast.Name)}
    return frozenset(sorted(given - _bound_otherwise(function, nodes))[:RENAMED])


def _bound_otherwise(function: Function, nodes: list[ast.AST]) -> set[str]:
    """Parameters, names inside texts, and names that something else than an expression binds."""
    arguments = function.args
    every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg]
    names = {argument.arg for argument in every if argument}
    for node in nodes:
        if isinstance(node, ast.JoinedStr):
            names |= {inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name)}
        elif isinstance(node, ast.ExceptHandler | ast.MatchAs | ast.MatchStar) and node.name:
            names.add(node.name)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            names |= {(alias.asname or alias.name).split(".")[0] for alias in node.names}
        elif isinstance(node, ast.MatchMapping) and node.rest:
            names.add(node.rest)
    return names


def through_a_variable(text: Text, mark: str) -> Iterator[Edit]:
    """`return a` as `result = a; return result`, on the same line."""
    if mark.encode() in text.data:
        return
    for _, function in functions(text.tree.body):
        for node in outside_texts(function):
            if isinstance(node, ast.Return) and node.value is not None:
                start, end = text.span(node)
                yield Edit(start, start + len(b"return"), f"result_{mark} =".encode())
                yield Edit(end, end, f"; return result_{mark}".encode())


def outside_texts(node: ast.AST) -> Iterator[ast.AST]:
    """All nodes but those in formatted texts, of which Python 3.11 does not know the columns."""
    waiting = [node]
    while waiting:
        node = waiting.pop()
        if not isinstance(node, ast.JoinedStr):
            yield node
            waiting += ast.iter_child_nodes(node)


Rewriting = Callable[[Text, str], Iterator[Edit]]


def _rewritten(rewritings: Iterable[Rewriting], text: Text, mark: str) -> bytes:
    """The module after one rewriting upon the other; one that would not parse is left out.

    `mark` is part of every new name, and of no old one where it is drawn.
    """
    for number, rewriting in enumerate(rewritings):
        text = readable(text.path, text.edited(rewriting(text, f"{mark}{number}"))) or text
    return text.data


#: In which ways a module may be written, whether there is a fault in it or not.
WAYS = (
    partial(_rewritten, (through_a_variable, written_otherwise)),
    partial(_rewritten, (renamed, written_otherwise)),
    partial(_rewritten, (renamed, through_a_variable)),
)
