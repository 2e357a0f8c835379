"""Cell magics and shell lines: what of a notebook cell is Python, line for line."""

from __future__ import annotations

import re
from dataclasses import dataclass

from jupytext.magics import is_magic
from jupytext.stringparser import StringParser

#: Cell magics whose body is Python that runs in the notebook's own namespace.
TRANSPARENT = frozenset({"time", "timeit", "capture", "prun"})
TIMED_LINE = re.compile(r"^(\s*)%time\s+(?=\S)")
HELP = re.compile(r"^\s*\??\??[\w.]+\??\?\s*$|^\s*\?{1,2}\w")
SHELL = re.compile(r"^\s*!")
SHELL_ASSIGN = re.compile(r"^\s*[\w, ]+=\s*[!%]\s*\w")
CONTINUED = re.compile(r"\\\s*$")


@dataclass(frozen=True)
class Cell:
    """The Python of one code cell; `source` has a line for each line of the cell, magics replaced by pass.
    `magics` are (line in the cell from 1, text)."""

    number: int
    source: str
    magics: tuple[tuple[int, str], ...] = ()


def clean(number: int, text: str, parses: bool) -> Cell:
    """Set magics aside; a cell that `parses` as Python holds none."""
    first = text.lstrip().split("\n", 1)[0].strip()
    if first.startswith("%%") and first[2:].split(" ")[0] not in TRANSPARENT:
        return Cell(number, "", ((1, first),))
    if parses:
        return Cell(number, text)
    return _strip(number, text.split("\n"))


def _strip(number: int, lines: list[str]) -> Cell:
    strings = StringParser("python")
    kept: list[str] = []
    magics: list[tuple[int, str]] = []
    continued = False
    open_brackets = 0
    for n, line in enumerate(lines, 1):
        magic = continued or (not strings.is_quoted() and open_brackets <= 0 and _is_magic(line))
        python = "" if continued else _without(line) if magic else line
        continued = magic and CONTINUED.search(line) is not None
        magics += [(n, line.strip())] if magic else []
        kept.append(python)
        strings.read_line(python)
        open_brackets += _brackets(python)
    return Cell(number, "\n".join(kept), tuple(magics))


def _is_magic(line: str) -> bool:
    commands = HELP, SHELL, SHELL_ASSIGN
    return any(c.match(line) for c in commands) or bool(is_magic(line, "python", explicitly_code=True))


def _without(line: str) -> str:
    """`%time x = f()` is Python after the magic; any other magic becomes `pass` in its block."""
    timed = TIMED_LINE.match(line)
    if timed:
        return timed.group(1) + line[timed.end() :]
    indent = line[: len(line) - len(line.lstrip())]
    return indent + "pass"


def _brackets(line: str) -> int:
    """How many brackets a line leaves open, roughly: inside them a line that starts with % is an operand."""
    plain = re.sub(r"'[^']*'|\"[^\"]*\"|#.*", "", line)
    return sum(plain.count(c) for c in "([{") - sum(plain.count(c) for c in ")]}")
