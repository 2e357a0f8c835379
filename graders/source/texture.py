"""How dense the text is: what raters of readability see before they read a word.

Symbols in a line and blank lines between steps are among the strongest predictors of human ratings of short code
(Buse and Weimer 2010; Posnett, Hindle and Devanbu 2011; Scalabrino et al. 2018).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from graders.source.module import Module
from graders.source.sources import Sources

#: A text counts as one symbol, whatever stands in it.
SYMBOL = re.compile(r"\"[^\"]*\"|'[^']*'|\w+|[^\w\s]")
#: Nobody reads beyond.
LONGEST = 500


def symbols_a_line(sources: Sources) -> float:
    """Mean number of names, numbers, texts and signs in a line of code."""
    counts = [len(SYMBOL.findall(line[:LONGEST])) for module in sources.product for line in _lines(module)]
    return sum(counts) / max(len(counts), 1)


def _lines(module: Module) -> Iterator[str]:
    """The lines that hold code, without the comment at their end."""
    for number, line in enumerate(_text(module), 1):
        if number in module.code_lines:
            yield line.partition("  #")[0]


def blank_share(sources: Sources) -> float:
    """Blank lines for each line of code; the border between two cells is one too."""
    blank = sum(not line.strip() for module in sources.product for line in _text(module))
    borders = sum(max(len({cell for cell, _ in module.source.places}) - 1, 0) for module in sources.product)
    return (blank + borders) / max(sources.code_lines, 1)


def _text(module: Module) -> list[str]:
    return module.source.text.decode("utf-8", "replace").rstrip().split("\n")
