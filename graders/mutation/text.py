"""One module as bytes that can be edited by position, so that every line stays where it was."""

from __future__ import annotations

import ast
import re
import tokenize
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from io import BytesIO

from graders.source.syntax import parsed

LINE_END = re.compile(rb"\r\n?|\n")

Positioned = ast.stmt | ast.expr | ast.keyword


@dataclass(frozen=True, order=True)
class Edit:
    """`text` in place of the bytes from `start` to `end`."""

    start: int
    end: int
    text: bytes


@dataclass(frozen=True, eq=False)
class Text:
    """A module in UTF-8 that parses; the columns of its tree count bytes of its lines."""

    path: str
    data: bytes
    tree: ast.Module

    @cached_property
    def _starts(self) -> tuple[int, ...]:
        return (0, *(found.end() for found in LINE_END.finditer(self.data)))

    def span(self, node: Positioned) -> tuple[int, int]:
        """First byte of a node and the one after its last."""
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        return self._starts[node.lineno - 1] + node.col_offset, self._starts[node.end_lineno - 1] + node.end_col_offset

    def of(self, node: Positioned) -> bytes:
        start, end = self.span(node)
        return self.data[start:end]

    def instead(self, node: Positioned, text: bytes) -> Edit:
        return Edit(*self.span(node), text)

    def edited(self, edits: Iterable[Edit]) -> bytes:
        """The module with the edits made; of two that overlap, the first counts."""
        parts: list[bytes] = []
        done = 0
        for edit in sorted(edits):
            if edit.start >= done:
                parts += [self.data[done : edit.start], edit.text]
                done = edit.end
        return b"".join((*parts, self.data[done:]))


def readable(path: str, data: bytes) -> Text | None:
    """The module, where it is UTF-8 without a mark and parses; None otherwise."""
    tree = parsed(data)
    return Text(path, data, tree) if tree is not None and _is_utf8(data) else None


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode()
        return tokenize.detect_encoding(BytesIO(data).readline)[0] == "utf-8"
    except (SyntaxError, UnicodeDecodeError):
        return False
