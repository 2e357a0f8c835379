"""Where the text may leave a result to chance that no generator shows: an order of sets, a hash, a clock, a child.

It is read to ask evaluate again, and says nothing against anybody: so a set whose order can matter nowhere is passed
over only where that is plain, and so is a clock that only says how long something took.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator

from graders.source import set_order
from graders.source.module import Module, last

#: What needs no order of the set that it is given.
ORDERLESS = frozenset({"isin", "len", "sorted", "min", "max", "any", "all", "issubset", "issuperset", "isdisjoint"})
#: What is another number in every run.
PASSING = frozenset(
    {"time", "time_ns", "perf_counter", "perf_counter_ns", "monotonic", "monotonic_ns", "process_time", "thread_time"}
    | {"process_time_ns", "now", "utcnow", "today", "getpid", "getppid", "get_ident", "get_native_id", "id"}
    | {"uuid1", "uuid4"}
)
#: Where entropy comes from; libraries with generators of their own, which nobody looks at; what draws in another
#: process; and what puts a generator back to where it was.
OTHERS = frozenset(
    {"urandom", "getrandom", "secrets", "uuid", "torch", "tensorflow", "keras", "jax", "polars", "duckdb", "sqlite3"}
    | {"subprocess", "multiprocessing", "fork", "popen", "system", "set_state", "setstate"}
)
DEVICES = ("/dev/urandom", "/dev/random")
#: What only shows a moment, or makes text of it.
SHOWING = frozenset(
    {"print", "debug", "info", "warning", "error", "log", "write", "format", "strftime", "isoformat", "str", "repr"}
    | {"ctime", "localtime", "gmtime", "timedelta"}
)


def may_decide(modules: Iterable[Module]) -> bool:
    """Whether the text has any such place."""
    known = list(modules)
    ordered = any(True for _ in set_order.places(known)) or any(map(_takes_a_set, known))
    return ordered or any(_takes_the_moment(module) or _has_others(module) for module in known)


def _takes_a_set(module: Module) -> bool:
    """Whether a set or a hash is made, and not merely compared or looked into at once."""
    plain = {id(used) for node in module.nodes for used in _orderless(node)}
    return any(_is_set(node) and id(node) not in plain for node in module.nodes)


def _orderless(node: ast.AST) -> Iterator[ast.expr]:
    if isinstance(node, ast.Compare):
        yield from (node.left, *node.comparators)
    elif isinstance(node, ast.Call) and last(node.func) in ORDERLESS:
        for taken in node.args:
            yield from _operands(taken)


def _operands(node: ast.expr) -> Iterator[ast.expr]:
    """An expression, or the sets that its operators combine."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, set_order.SET_OPERATORS):
        yield from (*_operands(node.left), *_operands(node.right))
    else:
        yield node


def _is_set(node: ast.AST) -> bool:
    made = isinstance(node, ast.Call) and last(node.func) in ("set", "frozenset", "hash", "__hash__")
    return made or isinstance(node, ast.Set | ast.SetComp)


def _takes_the_moment(module: Module) -> bool:
    """Whether what is another number in every run is more than shown, or subtracted to say how long something took.

    What is subtracted may still decide where it is compared: how much is done before a time is up.
    """
    if not any(_stands_for(node, frozenset()) for node in module.nodes):
        return False
    moments, spans = _named(module, _is_moment), _named(module, _is_span)
    return any(_decides(node, moments, spans) for node in module.nodes)


def _decides(node: ast.AST, moments: frozenset[str], spans: frozenset[str]) -> bool:
    if isinstance(node, ast.Compare):
        return any(_stands_for(inner, moments | spans) for inner in ast.walk(node))
    if isinstance(node, ast.Call) and last(node.func) not in SHOWING:
        given = [*node.args, *(word.value for word in node.keywords)]
        return any(_is_moment(value, moments) for value in given)
    return isinstance(node, ast.Subscript) and _is_moment(node.slice, moments)


def _named(module: Module, is_one: Callable[[ast.expr, frozenset[str]], bool]) -> frozenset[str]:
    """Names that are given what is such a value, made of others or not."""
    known: frozenset[str] = frozenset()
    for _ in range(3):
        known |= {last(target) for target, value in _bindings(module) if is_one(value, known)} - {""}
    return known


def _bindings(module: Module) -> Iterator[tuple[ast.expr, ast.expr]]:
    for node in module.nodes:
        if isinstance(node, ast.Assign):
            yield from ((target, node.value) for target in node.targets)
        elif isinstance(node, ast.AnnAssign | ast.NamedExpr | ast.AugAssign) and node.value is not None:
            yield node.target, node.value


def _is_moment(node: ast.expr, named: frozenset[str]) -> bool:
    """Whether a value is made of a moment, and is neither how long something took nor text."""
    if _stands_for(node, named):
        return True
    if isinstance(node, ast.BinOp):
        both = _is_moment(node.left, named), _is_moment(node.right, named)
        return any(both) and not isinstance(node.op, ast.Sub)
    if isinstance(node, ast.Call) and last(node.func) not in SHOWING:
        inside = node.func.value if isinstance(node.func, ast.Attribute) else None
        return any(_is_moment(value, named) for value in (*node.args, *([inside] if inside else [])))
    return isinstance(node, ast.Attribute | ast.Subscript) and _is_moment(node.value, named)


def _is_span(node: ast.expr, named: frozenset[str]) -> bool:
    return any(_stands_for(inner, named) for inner in ast.walk(node))


def _stands_for(node: ast.AST, named: frozenset[str]) -> bool:
    called = isinstance(node, ast.Call) and last(node.func) in PASSING
    return called or (isinstance(node, ast.Name | ast.Attribute) and last(node) in named)


def _has_others(module: Module) -> bool:
    return any(name in OTHERS for node in module.nodes for name in _names(node)) or any(
        isinstance(node, ast.Constant) and node.value in DEVICES for node in module.nodes
    )


def _names(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Import | ast.ImportFrom):
        yield from (name.name.partition(".")[0] for name in node.names)
        yield (getattr(node, "module", None) or "").partition(".")[0]
    elif isinstance(node, ast.Attribute):
        yield node.attr
