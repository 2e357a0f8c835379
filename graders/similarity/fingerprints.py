"""What stays of code when names, comments, order of definitions and form are taken away: its fingerprints.

Winnowing after Schleimer, Wilkerson and Aiken (SIGMOD 2003), over the steps of a syntax tree instead of characters.
"""

from __future__ import annotations

import ast
import builtins
import zlib
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from graders.model.submission import Source
from graders.source.syntax import parsed

#: Tokens in one fingerprint: about two lines of a pipeline.
GRAM = 8
#: Of so many grams in a row one is kept; what two works share over GRAM + WINDOW - 1 tokens is always seen.
WINDOW = 5
#: A work is read so far, so that nobody's generated code takes the time of others.
MOST_NODES = 200_000
_BASE = np.uint64(0x9E3779B97F4A7C15)
_BUILTINS = frozenset(dir(builtins))
#: Names that libraries chose, so that nobody can change them in a copy.  To ask the libraries took 2 s a work.
PUBLIC = frozenset(Path(__file__).with_name("names.txt").read_text().split())
_LEFT_OUT = (ast.Import, ast.ImportFrom, ast.expr_context, ast.Pass, ast.Global, ast.Nonlocal)
#: They only give a value a name, or hand it on: the value says what is done.
_NAMING = (ast.Assign, ast.AnnAssign, ast.Return, ast.Expr)


@dataclass(frozen=True)
class Fingerprints:
    """The fingerprints of one work.

    Args:
        hashes: shape (n,), unsigned 64-bit, in the order of the text.
        places: where each stands, shape (n, 3): number of the file in `paths`, first and last line of its text.
        paths: the files.
        nodes: tokens that were read, each a node of the tree.
    """

    hashes: NDArray[np.uint64]
    places: NDArray[np.int32]
    paths: tuple[str, ...]
    nodes: int

    @cached_property
    def distinct(self) -> NDArray[np.uint64]:
        """Each hash once, sorted."""
        return np.unique(self.hashes)


def fingerprints(sources: Iterable[Source]) -> Fingerprints:
    """Of all modules and notebooks of one work; what is no Python has none."""
    hashes: list[NDArray[np.uint64]] = []
    places: list[NDArray[np.int32]] = []
    paths: list[str] = []
    nodes = 0
    for source in sorted(sources, key=lambda source: source.path):
        tree = parsed(source.text)
        if tree is None:
            continue
        for block in _blocks(tree):
            tokens = list(islice(_tokens(block), MOST_NODES - nodes))
            nodes += len(tokens)
            grams, starts = _winnowed(np.array([crc for crc, _ in tokens], dtype=np.uint64))
            lines = np.array([line for _, line in tokens], dtype=np.int32)
            file = np.full(len(starts), len(paths), dtype=np.int32)
            hashes.append(grams)
            places.append(np.column_stack([file, *_spans(lines, starts)]))
        paths.append(source.path)
    return Fingerprints(
        np.concatenate(hashes) if hashes else np.zeros(0, np.uint64),
        np.concatenate(places) if places else np.zeros((0, 3), np.int32),
        tuple(paths),
        nodes,
    )


def _blocks(tree: ast.Module) -> Iterator[list[ast.stmt]]:
    """Every definition by itself, and what stands outside of all: so their order and file do not matter."""
    loose: list[ast.stmt] = []
    waiting = deque(tree.body)
    while waiting:
        statement = waiting.popleft()
        if isinstance(statement, ast.ClassDef):
            waiting.extend(statement.body)
        elif isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
            yield [statement]
        else:
            loose.append(statement)
    yield loose


def _tokens(block: list[ast.stmt]) -> Iterator[tuple[int, int]]:
    """What a block does, each step as a checksum with its line.

    In the order in which it is evaluated, a statement before what is in it.  So a chain of calls and the same calls
    with names between them read alike, and so do a value that is returned and one that gets a name first.
    """
    waiting: list[tuple[ast.AST, int, bool]] = [(statement, statement.lineno, False) for statement in reversed(block)]
    while waiting:
        node, line, inside_read = waiting.pop()
        if isinstance(node, _LEFT_OUT) or _only_text(node):
            continue
        line = getattr(node, "lineno", line)
        word = _word(node)
        if word and (inside_read or isinstance(node, ast.stmt)):
            yield zlib.crc32(word.encode()), line
        if not inside_read:
            if word and not isinstance(node, ast.stmt):
                waiting.append((node, line, True))
            waiting.extend((child, line, False) for child in reversed(_children(node)))


def _only_text(node: ast.AST) -> bool:
    """A text that stands alone, or one that is printed."""
    match node:
        case ast.Expr(value=ast.Constant() | ast.Call(func=ast.Name(id="print"))):
            return True
    return False


def _children(node: ast.AST) -> list[ast.AST]:
    """Those that say what is done: annotations do not, and the order of named arguments says nothing."""
    children: list[ast.AST] = []
    for field, value in ast.iter_fields(node):
        if field in ("annotation", "returns", "type_comment", "decorator_list"):
            continue
        parts = value if isinstance(value, list) else [value]
        if field == "keywords":
            parts = sorted(parts, key=lambda keyword: keyword.arg or "")
        children += [part for part in parts if isinstance(part, ast.AST)]
    if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
        children.sort(key=lambda child: child is not node.value)
    return children


def _word(node: ast.AST) -> str:
    """What a node says once the names that its author chose, and values, are taken away; empty where nothing is."""
    match node:
        case ast.Name(id=name):
            return name if name in _BUILTINS else ""
        case _ if isinstance(node, _NAMING):
            return ""
        case ast.Attribute(attr=name) if name in PUBLIC:
            return f".{name}"
        case ast.Constant(value=value):
            return f"constant {type(value).__name__}"
        case ast.AsyncFunctionDef():
            return "FunctionDef"
        case _:
            return type(node).__name__


def _spans(lines: NDArray[np.int32], starts: NDArray[np.intp]) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """First and last line of the grams that begin there."""
    if not len(starts):
        return lines[:0], lines[:0]
    grams = np.lib.stride_tricks.sliding_window_view(lines, GRAM)[starts]
    return grams.min(axis=1), grams.max(axis=1)


def _winnowed(tokens: NDArray[np.uint64]) -> tuple[NDArray[np.uint64], NDArray[np.intp]]:
    """Hashes of the grams that are kept, and where each begins; a block shorter than one gram has none."""
    if len(tokens) < GRAM:
        return np.zeros(0, np.uint64), np.zeros(0, np.intp)
    with np.errstate(over="ignore"):
        powers = _BASE ** np.arange(GRAM, dtype=np.uint64)
        mixed = (tokens + np.uint64(1)) * np.uint64(0xFF51AFD7ED558CCD)
        mixed ^= mixed >> np.uint64(33)
        grams = np.lib.stride_tricks.sliding_window_view(mixed, GRAM) @ powers
    window = min(WINDOW, len(grams))
    views = np.lib.stride_tricks.sliding_window_view(grams, window)
    # The last of equal least ones, as in the paper: fewer are kept.
    last = window - 1 - np.argmin(views[:, ::-1], axis=1)
    kept = np.unique(np.arange(len(views)) + last)
    return grams[kept], kept
