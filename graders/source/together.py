"""Steps of libraries that treat the rows of a call together, where single rows get other answers."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from graders.model.submission import Location
from graders.source.module import Module

#: A step, or an option that is turned on -> what it does.
STEPS = {
    "NMF": "stops when all rows of a call together have settled",
    "SparsePCA": "gives a single row another shape",
    "sample_posterior": "draws a value for one gap after another, so that a row's draw depends on its place",
}
STEPS |= {f"MiniBatch{name}": STEPS[name] for name in ("NMF", "SparsePCA")}


#: Words by which a text may come to have one.
WORDS = frozenset(STEPS) | {"IterativeImputer"}


def named(modules: Iterable[Module]) -> bool:
    """Whether the code has such a step, under whatever name: it is called, handed on, or named in a text.

    Who only looks at its parts, as at a method, has none.
    """
    return any(_named(module) for module in modules)


def _named(module: Module) -> bool:
    looked_at = {id(node.value) for node in module.nodes if isinstance(node, ast.Attribute)}
    words = set(WORDS)
    for node in module.nodes:
        if isinstance(node, ast.alias) and node.name in WORDS and node.asname:
            words.add(node.asname)
    for node in module.nodes:
        if isinstance(node, ast.keyword) and node.arg in words:
            return True
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value in words:
            return True
        name = node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
        if name in words and id(node) not in looked_at:
            return True
    return False


def steps(modules: Iterable[Module]) -> Iterator[tuple[Location, str]]:
    """Where the code makes such a step, and what that does."""
    for module in modules:
        for node in module.nodes:
            if isinstance(node, ast.Call) and (name := _step(node)) in STEPS:
                yield module.where(node), f"{name} {STEPS[name]}"


def _step(call: ast.Call) -> str:
    """The name of what a call makes, or of an option that it turns on."""
    for option in call.keywords:
        if option.arg in STEPS and isinstance(option.value, ast.Constant) and option.value.value is True:
            return option.arg
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
