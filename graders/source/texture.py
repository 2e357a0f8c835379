"""How dense the text is: what raters of readability see before they read a word.

Symbols in a line, its length, comments, and blank lines between steps are among the strongest predictors of human
ratings of short code (Buse and Weimer 2010; Posnett, Hindle and Devanbu 2011; Scalabrino et al. 2018).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from graders.source import dead
from graders.source.module import Module
from graders.source.sources import Sources

#: A text counts as one symbol, whatever stands in it.
SYMBOL = re.compile(r"\"[^\"]*\"|'[^']*'|\w+|[^\w\s]")
#: A comment on a line of its own with at least three words.
COMMENT = re.compile(r"\s*+#++\s*+(?:[^\W\d_][\w'-]*+\W++){2}[^\W\d_]{2}")
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


def line_length(sources: Sources) -> float:
    """Mean number of characters in a line of code, with its indentation and without the comment at its end."""
    lengths = [min(len(line.rstrip()), LONGEST) for module in sources.product for line in _lines(module)]
    return sum(lengths) / max(len(lengths), 1)


def comment_share(sources: Sources) -> float:
    """Comments of several words for each line of code; one that stands twice counts once, and code is none."""
    off = {(place.path, place.cell, place.line) for place in dead.commented_out(sources)}
    said = {
        line.strip()
        for module in sources.product
        for number, line in enumerate(_text(module), 1)
        for place in [module.source.locate(number)]
        if COMMENT.match(line[:LONGEST]) and (place.path, place.cell, place.line) not in off
    }
    return len(said) / max(sources.code_lines, 1)


def blank_share(sources: Sources) -> float:
    """Blank lines for each line of code; the border between two cells is one too."""
    blank = sum(not line.strip() for module in sources.product for line in _text(module))
    borders = sum(max(len({cell for cell, _ in module.source.places}) - 1, 0) for module in sources.product)
    return (blank + borders) / max(sources.code_lines, 1)


def _text(module: Module) -> list[str]:
    return module.source.text.decode("utf-8", "replace").rstrip().split("\n")
