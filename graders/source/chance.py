"""Where the text may leave a result to chance that no generator shows: an order of sets, a hash, a clock for a seed.

It is read to ask evaluate again, and says nothing against anybody: so a set whose order can matter nowhere is passed
over only where that is plain.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from graders.source import set_order
from graders.source.module import Module

#: What needs no order of the set that it is given.
ORDERLESS = frozenset({"isin", "len", "sorted", "min", "max", "any", "all", "issubset", "issuperset", "isdisjoint"})
#: What may be given a seed, by the last part of its name, and names of arguments and values that are one.
SEEDED = frozenset({"seed", "RandomState", "default_rng", "Random", "SeedSequence", "set_seed"})
SEEDS = frozenset({"random_state", "seed", "random_seed", "SEED", "RANDOM_STATE"})
#: What is another number in every run.
PASSING = frozenset(
    {"time", "time_ns", "perf_counter", "perf_counter_ns", "monotonic", "process_time", "now", "utcnow", "today"}
    | {"getpid", "get_ident", "id", "uuid1", "uuid4"}
)
#: Where entropy comes from, and libraries with generators of their own, which nobody looks at.
OTHERS = frozenset({"urandom", "getrandom", "secrets", "torch", "tensorflow", "keras", "jax"})


def may_decide(modules: Iterable[Module]) -> bool:
    """Whether the text has any such place."""
    known = list(modules)
    ordered = any(True for _ in set_order.places(known)) or any(map(_takes_a_set, known))
    return ordered or any(map(_takes_the_moment, known))


def _takes_a_set(module: Module) -> bool:
    """Whether a set or a hash is made, and not merely compared or looked into at once."""
    plain = {id(used) for node in module.nodes for used in _orderless(node)}
    return any(_is_set(node) and id(node) not in plain for node in module.nodes)


def _orderless(node: ast.AST) -> Iterator[ast.expr]:
    if isinstance(node, ast.Compare):
        yield from (node.left, *node.comparators)
    elif isinstance(node, ast.Call) and _last(node.func) in ORDERLESS:
        yield from node.args


def _is_set(node: ast.AST) -> bool:
    made = isinstance(node, ast.Call) and _last(node.func) in ("set", "frozenset", "hash")
    return made or isinstance(node, ast.Set | ast.SetComp)


def _takes_the_moment(module: Module) -> bool:
    """Whether a seed is what is another number in every run, or a library is used that nobody looks at."""
    seeds = (seed for node in module.nodes for seed in _seeds(node))
    calls = (inner for seed in seeds for inner in ast.walk(seed) if isinstance(inner, ast.Call))
    return any(_last(call.func) in PASSING for call in calls) or any(
        name in OTHERS for node in module.nodes for name in _names(node)
    )


def _seeds(node: ast.AST) -> Iterator[ast.expr]:
    """What is given as a seed, or kept under such a name."""
    if isinstance(node, ast.Call):
        yield from (word.value for word in node.keywords if word.arg in SEEDS)
        yield from node.args if _last(node.func) in SEEDED else ()
    elif isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        if any(_last(target) in SEEDS for target in targets):
            yield node.value


def _names(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Import | ast.ImportFrom):
        yield from (name.name.partition(".")[0] for name in node.names)
        yield (getattr(node, "module", None) or "").partition(".")[0]
    elif isinstance(node, ast.Attribute):
        yield node.attr


def _last(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")
