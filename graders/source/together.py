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
