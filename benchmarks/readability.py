"""How well the readability of single snippets agrees with what people said of them.

Run as `python -m benchmarks.readability SCORES.csv SNIPPETS [--python]`.  SCORES.csv has a snippet's name and its mean
rating in the first two columns; SNIPPETS holds one file for each name, whatever its ending.  With `--python` they are
read as `assay quality` reads them; of other languages only the lines are.  Nothing of the snippets is kept.
"""

from __future__ import annotations

import ast
import sys
import tempfile
from pathlib import Path

import pandas as pd
from scipy.stats import spearmanr

from app import quality
from app.intake.source_tree import EVERYTHING
from graders.model.submission import Source
from graders.rubric import code
from graders.source.module import Module
from graders.source.sources import Sources

#: How comments begin in languages with braces.
COMMENTS = ("//", "/*", "*")


def main() -> None:
    scores, folder = pd.read_csv(sys.argv[1]), Path(sys.argv[2])
    names, rated = scores.columns[:2]
    in_python = "--python" in sys.argv
    texts = {path.stem: path.read_text("utf-8", "replace") for path in sorted(folder.iterdir()) if path.is_file()}
    found = scores[scores[names].astype(str).isin(texts)]
    measure = readability if in_python else of_lines
    seen = [measure(texts[str(name)]) for name in found[names]]
    what = "readability" if in_python else "lines alone: symbols, length, blank lines"
    print(f"{len(found)} snippets, {what}: Spearman {spearmanr(seen, found[rated]).statistic:.2f}")


def readability(text: str) -> float:
    """The points of the criterion, as `assay quality` gives them for one script."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "snippet.py"
        path.write_text(text)
        criteria = quality.judged(path, EVERYTHING)["section"]["criteria"]
    return float(next(c["points"] or 0.0 for c in criteria if c["id"] == "readability"))


def of_lines(text: str) -> float:
    """The parts of the criterion that need no parser, for a language with braces."""
    written = [n for n, line in enumerate(text.split("\n"), 1) if line.strip() and not _is_comment(line)]
    empty = ast.Module(body=[], type_ignores=[])
    module = Module(Source("snippet", text.encode()), empty, (), (), frozenset(written), is_test=False)
    parts = code.texture_parts(Sources((module,)))
    return sum(part.weight * part.share for part in parts) / sum(part.weight for part in parts)


def _is_comment(line: str) -> bool:
    return line.strip().startswith(COMMENTS)


if __name__ == "__main__":
    main()
