"""A piece that was cut out of a longer file, or is Python 2, made to parse: so that short code can be read at all."""

from __future__ import annotations

import re
from collections.abc import Iterator
from textwrap import dedent

from graders.source.syntax import parsed

#: Longer texts, and longer lines, are no piece: they are read as they are, or not at all.
MOST_LINES, LONGEST_LINE = 150, 300
#: So many lines at the end may belong to a statement that was cut in two.
CUT_OFF = 15
OF_IF = re.compile(r"(elif|else)\b")
OF_TRY = re.compile(r"(except|finally)\b")
#: Stands in functions alone.
LEAVES = re.compile(r"(return|yield)\b")
#: A margin, and a block that is opened on the same line.
HEAD = r"^(\s*+(?:.*:\s++)?)"
#: What Python 2 wrote otherwise, line by line; no line has blanks at its end.
PYTHON_2 = (
    (re.compile(HEAD + r"print\s*+>>\s*+([\w.]++)\s*+,\s*+(.*?),?$"), r"\1print(\3, file=\2)"),
    (re.compile(HEAD + r"print\s++(?![=(.\[])(.*?),?$"), r"\1print(\2)"),
    (re.compile(HEAD + r"print$"), r"\1print()"),
    (re.compile(HEAD + r"exec\s++([\"'\w].*)$"), r"\1exec(\2)"),
    (re.compile(r"\bexcept\s++([\w.]++|\([^()]*+\))\s*+,\s*+(\w++)\s*+:"), r"except \1 as \2:"),
    (re.compile(r"\braise\s++([\w.]++)\s*+,\s*+(.+)$"), r"raise \1(\2)"),
    (re.compile(r"<>"), "!="),
    (re.compile(r"(?<![\w.])(\d++)[lL]\b"), r"\1"),
    (re.compile(r"(?<![\w.])0([0-7]++)\b(?!\.)"), r"0o\1"),
    (re.compile(r"\b[uU][rR](?=[\"'])"), "r"),
)


def readable(text: bytes) -> bytes:
    """The piece with its margin, its open blocks and its dialect mended, without what was cut in two at its end.

    Text that parses, and text that cannot be helped, stay as they are.
    """
    text = flush(text)
    lines = text.decode("utf-8", "replace").splitlines()
    short = len(lines) <= MOST_LINES and all(len(line) <= LONGEST_LINE for line in lines)
    if not short or parses(lines):
        return text
    return next(("\n".join(tried).encode() + b"\n" for tried in _mended(lines) if parses(tried)), text)


def flush(text: bytes) -> bytes:
    """A function that was cut out of a class, moved to the margin; all else as it is."""
    lines = text.split(b"\n")
    first = next((line for line in lines if line.strip()), b"")
    margin = first[: len(first) - len(first.lstrip())]
    cut = bool(margin) and all(line.startswith(margin) or not line.strip() for line in lines)
    return b"\n".join(line.removeprefix(margin) for line in lines) if cut else text


def parses(lines: list[str]) -> bool:
    return parsed("\n".join(lines)) is not None


def _mended(lines: list[str]) -> Iterator[list[str]]:
    """What to try, from the least change on."""
    today = [_today(line.expandtabs()) for line in lines]
    opened = dedent("\n".join([*_openers(today), *today])).split("\n")
    for length in range(len(opened), max(len(opened) - CUT_OFF, 0), -1):
        kept = opened[:length]
        yield kept
        yield [*kept, " " * (_indent(kept[-1]) + 4) + "pass"]


def _today(line: str) -> str:
    line = line.rstrip()
    for old, new in PYTHON_2:
        line = old.sub(new, line)
    return line


def _openers(lines: list[str]) -> list[str]:
    """Heads for the blocks in the middle of which the piece begins, the outermost first."""
    heads: list[str] = []
    inner: int | None = None
    for line in lines:
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        outer = _indent(line)
        if inner is None and _continues(line):
            heads = [" " * outer + _head(line.strip(), outer), " " * (outer + 4) + "pass"]
        elif inner is not None and outer < inner:
            heads = [" " * outer + _head(line.strip(), outer), *heads]
        inner = outer if inner is None else min(inner, outer)
    cut = any(_indent(line) == inner and LEAVES.match(line.strip()) for line in lines) if inner else False
    return ["def _():", *heads] if cut else heads


def _continues(line: str) -> bool:
    return bool(OF_IF.match(line.strip()) or OF_TRY.match(line.strip()))


def _head(line: str, indent: int) -> str:
    if OF_TRY.match(line):
        return "try:"
    return "def _():" if indent == 0 and not OF_IF.match(line) else "if True:"


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())
