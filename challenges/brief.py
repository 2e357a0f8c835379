"""Of what the brief of a challenge speaks, and no other."""

from __future__ import annotations

from collections import Counter
from functools import cache
from pathlib import Path

from graders.source.communication import beginnings

HERE = Path(__file__).parent
#: Words that two of the shipped briefs have are those of any brief.
ANY = 2


def subject(folder: Path) -> frozenset[str]:
    """The beginnings of words by which the brief in `folder` speaks of its own data, in each of its languages."""
    return _words(folder, "BRIEF*.md") - _usual()


@cache
def _usual() -> frozenset[str]:
    shipped = (brief.parent for brief in HERE.glob("*/BRIEF.md"))
    counts = Counter(word for folder in shipped for word in _words(folder, "BRIEF*.md"))
    return _words(HERE / "tables" / "generated", "*.j2").union(word for word, n in counts.items() if n >= ANY)


def _words(folder: Path, names: str) -> frozenset[str]:
    return frozenset().union(*(beginnings(path.read_text("utf-8")) for path in sorted(folder.glob(names))))
