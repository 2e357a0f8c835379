"""Code that is written twice: windows of tokens that occur again, whatever the numbers and texts in them."""

from __future__ import annotations

import ast
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from graders.source import literals
from graders.source.module import Module
from graders.source.sources import Sources

#: Shorter repetitions are how the language and the libraries are spoken.
WINDOW = 60
LEAST_LINES = 4
TOKEN = re.compile(r"[A-Za-z_]\w*|\d[\w.]*|\"[^\"]*\"|'[^']*'|\S")
BASE, PRIME = 1_000_003, (1 << 61) - 1


@dataclass(frozen=True, eq=False)
class Repeat:
    """Lines `first` to `last` of `module`, of which the like stands at line `original_line` of `original`."""

    module: Module
    first: int
    last: int
    original: Module
    original_line: int


@lru_cache(1)  # a check and a criterion of one work ask
def repeats(sources: Sources) -> tuple[Repeat, ...]:
    """Every stretch of code that repeats an earlier one, the earlier one not counted."""
    seen: dict[int, tuple[Module, int]] = {}
    return tuple(repeat for module in sources.product for repeat in _in_module(module, seen))


def repeated_share(sources: Sources) -> float:
    lines = sum(sum(r.first <= n <= r.last for n in r.module.code_lines | r.module.idle) for r in repeats(sources))
    return min(lines / max(sources.code_lines, 1), 1.0)


def _in_module(module: Module, seen: dict[int, tuple[Module, int]]) -> Iterator[Repeat]:
    tokens = list(_tokens(module))
    hashes = list(_rolling([value for value, _ in tokens]))
    last, open_ = -1, None
    fresh: dict[int, tuple[Module, int]] = {}
    for start, value in enumerate(hashes):
        first_line, end_line = tokens[start][1], tokens[start + WINDOW - 1][1]
        match = seen.get(value) or _apart(fresh.get(value), first_line)
        fresh.setdefault(value, (module, first_line))
        if match is None:
            continue
        if open_ and first_line <= last + 1:
            last = max(last, end_line)
            continue
        if open_ and last - open_[0] + 1 >= LEAST_LINES:
            yield Repeat(module, open_[0], last, *open_[1])
        open_, last = (first_line, match), end_line
    if open_ and last - open_[0] + 1 >= LEAST_LINES:
        yield Repeat(module, open_[0], last, *open_[1])
    for value, place in fresh.items():
        seen.setdefault(value, place)


def _apart(place: tuple[Module, int] | None, line: int) -> tuple[Module, int] | None:
    """A window does not repeat one that it may overlap."""
    return place if place is not None and line - place[1] >= LEAST_LINES else None


def _tokens(module: Module) -> Iterator[tuple[int, int]]:
    """A number for each token and its line; numbers and texts all alike; imports and data are left out,
    and functions made by the dozen."""
    text = module.source.text.decode("utf-8", "replace").split("\n")
    imports = [node for node in module.nodes if isinstance(node, ast.Import | ast.ImportFrom)]
    left_out = [*imports, *literals.data(module)]
    skipped = {n for node in left_out for n in range(node.lineno, (node.end_lineno or node.lineno) + 1)}
    for line in sorted((module.code_lines | module.idle) - skipped):
        for token in TOKEN.findall(text[line - 1].partition(" #")[0]) if line <= len(text) else ():
            yield zlib.crc32(b"0" if token[0] in "\"'0123456789" else token.encode()) + 1, line


def _rolling(values: list[int]) -> Iterator[int]:
    """A hash for each window of WINDOW values."""
    top = pow(BASE, WINDOW - 1, PRIME)
    current = 0
    for n, value in enumerate(values):
        if n >= WINDOW:
            current = (current - values[n - WINDOW] * top) % PRIME
        current = (current * BASE + value) % PRIME
        if n >= WINDOW - 1:
            yield current
