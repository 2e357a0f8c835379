"""Every regular expression of the product, found by walking its code, and strings made to hold each of them up."""

from __future__ import annotations

import ast
import builtins
import importlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from re import _constants as kind  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PRODUCT = ("app", "graders", "sandbox", "challenges", "starter_kit")
METHODS = ("match", "fullmatch", "search", "sub", "subn", "split", "findall", "finditer")
USED = re.compile(r"\bre\.")
#: A name with a method of a pattern, found in the text: looking through the trees of all modules takes seconds.
APPLIED = re.compile(rf"\b(\w{{1,60}}+)\.({'|'.join(METHODS)})\b")
#: Signs of a hostile text: enough that what grows with their square takes a second.
LENGTH = 30_000
#: What hostile text is made of whatever the pattern.
ALWAYS = (*" \n\ta0_.-('\"#{[`\\/:=%!é", "a ", "a\n", "a,", " \n", "a.b ", "a: ")
#: What a class of characters is tried with.
TRIED = "a 0.\n-_'\"#([=+,:;/\\A"


@dataclass(frozen=True)
class Use:
    """A pattern at its place in the code, and how it is applied to text."""

    place: str
    pattern: re.Pattern[Any]
    method: str


def uses() -> list[Use]:
    """Each pattern once for each way it is applied; raises where one cannot be found out."""
    files = [
        path
        for package in PRODUCT
        for path in sorted((ROOT / package).rglob("*.py"))
        if not {"reference", "starter"} & set(path.parts)
    ]
    texts = {path: path.read_text() for path in files}
    applied = _applied(texts.values())
    trees = {path: ast.parse(text) for path, text in texts.items() if USED.search(text)}
    found: dict[tuple[re.Pattern[Any], str], Use] = {}
    for path, tree in trees.items():
        for node, name in _calls(tree):
            pattern = _pattern(node, path)
            method = node.func.attr if isinstance(node.func, ast.Attribute) else ""
            for way in sorted(applied.get(name, {"search"})) if method == "compile" else [method]:
                place = f"{path.relative_to(ROOT)}:{node.lineno}"
                found.setdefault((pattern, way), Use(place, pattern, way))
    return list(found.values())


def _calls(tree: ast.Module) -> Iterator[tuple[ast.Call, str]]:
    """Calls of `re` that take a pattern, and the name that the outcome gets."""
    nodes = list(ast.walk(tree))
    names = {
        id(node.value): node.targets[0].id
        for node in nodes
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
    }
    for node in nodes:
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            owner = node.func.value
            if isinstance(owner, ast.Name) and owner.id == "re" and node.func.attr in ("compile", *METHODS):
                yield node, names.get(id(node), "")


def _applied(texts: Iterable[str]) -> dict[str, set[str]]:
    """The methods that are called on each name anywhere."""
    methods: dict[str, set[str]] = {}
    for text in texts:
        for name, method in APPLIED.findall(text):
            methods.setdefault(name, set()).add(method)
    return methods


class _StandIns(dict[str, Any]):
    """A word for each name that only a call of the function knows."""

    def __init__(self, known: Mapping[str, Any]) -> None:
        super().__init__()
        self._known = known

    def __missing__(self, name: str) -> Any:
        if name in self._known or hasattr(builtins, name):
            raise KeyError(name)
        return "word"


class _Table(dict[str, Any]):
    """A table of patterns, asked with a stand-in: the longest that it holds."""

    def __missing__(self, key: str) -> Any:
        return max(map(str, self.values()), key=len)


def _pattern(node: ast.Call, path: Path) -> re.Pattern[Any]:
    """The compiled pattern of a call, its arguments evaluated in their module."""
    module = vars(importlib.import_module(".".join(path.relative_to(ROOT).with_suffix("").parts)))
    known = {n: _Table(v) if isinstance(v, dict) and n.isupper() else v for n, v in module.items()}

    def value(part: ast.expr) -> Any:
        return eval(compile(ast.Expression(part), str(path), "eval"), known, _StandIns(module))  # noqa: S307 - our code

    method = node.func.attr if isinstance(node.func, ast.Attribute) else ""
    compiles = method == "compile"
    flags = next((k.value for k in node.keywords if k.arg == "flags"), None)
    flags = node.args[1] if compiles and len(node.args) > 1 else flags
    if isinstance(node.func, ast.Attribute) and node.func.attr in (
        "match",
        "fullmatch",
        "search",
        "findall",
        "finditer",
    ):
        flags = node.args[2] if len(node.args) > 2 else flags
    text = value(node.args[0])
    return text if isinstance(text, re.Pattern) else re.compile(text, value(flags) if flags is not None else 0)


def strings(pattern: re.Pattern[Any], size: int = LENGTH) -> Iterator[str]:
    """`size` signs each: what the pattern repeats, after what it wants before, and ended by what it does not want."""
    text = pattern.pattern.decode("latin-1") if isinstance(pattern.pattern, bytes) else pattern.pattern
    repeats = list(_repeats(parser.parse(text, pattern.flags & ~re.DEBUG), ""))
    units = dict.fromkeys(ALWAYS)
    for before, unit in repeats:
        units |= dict.fromkeys(part for part in (unit, before, unit + before, before + unit) if part)
        units |= dict.fromkeys(before + unit + end for end in (" ", "\n") if before + unit)
        yield _long(before, unit or "a", size)
    for unit in units:
        yield _long("", unit, size)


def _long(before: str, unit: str, size: int) -> str:
    return before + unit * ((size - len(before)) // len(unit)) + "\0"


def _repeats(tree: Any, before: str) -> Iterator[tuple[str, str]]:
    """(text that leads to it, one turn) of every repetition in a parsed pattern."""
    for op, argument in tree:
        inner = argument[-1] if op in (*_REPEATED, kind.SUBPATTERN, kind.ASSERT, kind.ASSERT_NOT) else None
        if op in _REPEATED and (argument[1] is kind.MAXREPEAT or argument[1] > 50):
            yield from ((before, unit) for unit in _samples(inner))
        if inner is not None:
            yield from _repeats(inner, before)
        if op is kind.ATOMIC_GROUP:
            yield from _repeats(argument, before)
        if op is kind.BRANCH:
            for branch in argument[1]:
                yield from _repeats(branch, before)
        if op not in (kind.ASSERT, kind.ASSERT_NOT):
            before += _sample([(op, argument)])


def _samples(tree: Any) -> list[str]:
    """Some texts that a part matches."""
    found = [_sample(tree)]
    for op, argument in tree:
        if op is kind.IN:
            found += [c for c in TRIED[:6] if re.fullmatch(_class(argument), c)]
        elif op is kind.BRANCH:
            found += [_sample(branch) for branch in argument[1]]
        elif op is kind.ANY:
            found += ["a", " ", "."]
    return [text for text in dict.fromkeys(found) if text]


def _sample(tree: Any) -> str:
    """One text that a part matches, roughly."""
    return "".join(_SAMPLES[op](argument) for op, argument in tree if op in _SAMPLES)


def _class(items: Any) -> str:
    parts = [_MEMBERS[op](argument) for op, argument in items if op in _MEMBERS]
    return f"[{'^' if items and items[0][0] is kind.NEGATE else ''}{''.join(parts)}]"


_REPEATED = (kind.MAX_REPEAT, kind.MIN_REPEAT, kind.POSSESSIVE_REPEAT)
_CATEGORIES = {
    kind.CATEGORY_SPACE: r"\s",
    kind.CATEGORY_NOT_SPACE: r"\S",
    kind.CATEGORY_WORD: r"\w",
    kind.CATEGORY_NOT_WORD: r"\W",
    kind.CATEGORY_DIGIT: r"\d",
    kind.CATEGORY_NOT_DIGIT: r"\D",
}
_MEMBERS = {
    kind.LITERAL: lambda code: re.escape(chr(code)),
    kind.RANGE: lambda ends: "-".join(re.escape(chr(end)) for end in ends),
    kind.CATEGORY: lambda category: _CATEGORIES[category],
}
_SAMPLES = {
    kind.LITERAL: chr,
    kind.NOT_LITERAL: lambda code: "a" if code != ord("a") else "b",
    kind.ANY: lambda _: "a",
    kind.IN: lambda items: next((c for c in TRIED if re.fullmatch(_class(items), c)), "a"),
    kind.SUBPATTERN: lambda group: _sample(group[-1]),
    kind.ATOMIC_GROUP: _sample,
    kind.BRANCH: lambda branches: _sample(branches[1][0]),
    **dict.fromkeys(_REPEATED, lambda repeat: _sample(repeat[2]) * max(repeat[0], 1)),
}
