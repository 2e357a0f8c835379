"""The candidate's tests as they can be read: which of them could fail."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from graders.source.module import Function, Module
from graders.source.shape import called
from graders.source.sources import Sources

ASSERTING = ("assert", "raises", "warns", "fail")
#: A constant of a shorter name may be anybody's.
SHORT = 2


def test_functions(found: Sources) -> list[tuple[Module, Function]]:
    """Functions that pytest would collect by name."""
    return [(module, f) for module in found.tests for f in module.functions() if f.name.startswith("test")]


def could_fail(function: Function, own: frozenset[str], asserting: frozenset[str] = frozenset()) -> bool:
    """Whether a test asserts something of what the submission's own code, or a fixture, gave; `asserting` are helpers
    that assert for it."""
    names = {node.id for node in ast.walk(function) if isinstance(node, ast.Name)}
    names |= {node.attr for node in ast.walk(function) if isinstance(node, ast.Attribute)}
    fixtures = {argument.arg for argument in function.args.args} - {"self"}
    asserts = bool(asserting & names) or any(_asserts(node) for node in ast.walk(function))
    return bool((own & names) | fixtures) and asserts


def asserting_helpers(found: Sources) -> frozenset[str]:
    """Functions beside the tests, and none of them, that assert something themselves."""
    helpers = (f for module in found.tests for f in module.functions() if not f.name.startswith("test"))
    return frozenset(f.name for f in helpers if any(_asserts(node) for node in ast.walk(f)))


def _asserts(node: ast.AST) -> bool:
    if isinstance(node, ast.Assert):
        return any(isinstance(inner, ast.Name | ast.Call) for inner in ast.walk(node.test))
    return isinstance(node, ast.Call) and called(node).lower().startswith(ASSERTING)


def own_names(found: Sources) -> frozenset[str]:
    """Functions, classes, constants and modules of the product."""
    constants = {
        target.id
        for module in found.product
        for node in module.tree.body
        for target in (node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)])
        if isinstance(target, ast.Name) and len(target.id) > SHORT
    }
    named = (node for module in found.product for node in module.nodes if isinstance(node, Function | ast.ClassDef))
    helpers = {f.name for module in found.tests for f in module.functions() if not f.name.startswith("test")}
    return frozenset(constants | {node.name for node in named} | set(_modules(found)) | helpers)


def _modules(found: Sources) -> Iterator[str]:
    for module in found.product:
        yield module.path.rpartition("/")[2].removesuffix(".py")


def able_share(found: Sources) -> float:
    """The share of tests that could fail by what they assert, 0 to 1; 0 without a test."""
    return len(effective(found)) / max(len(test_functions(found)), 1)


def effective(found: Sources) -> list[tuple[Module, Function]]:
    """Tests that could fail."""
    own, helpers = own_names(found), asserting_helpers(found)
    return [(module, function) for module, function in test_functions(found) if could_fail(function, own, helpers)]
