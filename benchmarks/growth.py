"""How things grow: `python -m benchmarks.growth [sizes]`, candidates in the database from 100 to 100,000 by tens.

First pairs of works that share code, by works: processor time and memory, without a server.  `python -m
benchmarks.growth pairs` stops there.  Then pages by candidates.  The last column is the exponent e of size ** e, fitted
to all sizes by least squares of the logarithms: 0 does not grow, 1 grows as what is there.

Prints tables and draws that of the pages to `benchmarks/results/growth.svg`, both axes in tens: a level line does not
grow.
The pages are those of `benchmarks.pipeline`; each size has a server and a database of its own.  The last takes minutes.
"""

from __future__ import annotations

import math
import sys
import time
import tracemalloc
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import linear_regression, median

import numpy as np

from benchmarks.pipeline import PAGES, filled, times
from graders.similarity.fingerprints import Fingerprints
from graders.similarity.pairs import pool

SIZES = (100, 1_000, 10_000, 100_000)
WORKS = (100, 300, 1_000, 3_000)
#: Fingerprints of a work, those of them that are its own, and how many the others are drawn from.
PRINTS, OWN, TASK = 300, 150, 5_000
PLOT = Path(__file__).parent / "results" / "growth.svg"
WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 760, 420, 60, 190, 20, 40
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00", "#000000")


def main(sizes: Sequence[int]) -> None:
    took: dict[str, list[float]] = {name: [] for name in PAGES}
    for people in sizes:
        with filled(people) as http:
            for name, path in PAGES.items():
                took[name].append(median(times(http, path)))
    show("page, median ms", sizes, took)
    PLOT.write_text(drawn(sizes, took))


def show(what: str, sizes: Sequence[int], measured: Mapping[str, Sequence[float]]) -> None:
    """Print a table with the exponent of each row."""
    print(f"| {what} | {' | '.join(f'{size:,}' for size in sizes)} | exponent |\n|---|{'---|' * len(sizes)}---|")
    for name, values in measured.items():
        print(f"| {name} | {' | '.join(f'{value:.1f}' for value in values)} | {exponent(sizes, values):.2f} |")


def exponent(sizes: Sequence[int], values: Sequence[float]) -> float:
    """e where the values are nearest to a multiple of size ** e; nan for a single size."""
    if len(sizes) < 2:
        return math.nan
    return linear_regression([math.log(size) for size in sizes], [math.log(max(v, 0.01)) for v in values]).slope


def pairs(works: int) -> tuple[float, float]:
    """(processor time in ms, most memory in MB) of finding who shares code, with one copy in a hundred works."""
    rng = np.random.default_rng(works)
    each: dict[str, Fingerprints] = {}
    for number in range(works):
        copied = number % 100 == 1
        own = rng.integers(0, 2**63, OWN).astype(np.uint64) if not copied else each[f"{number - 1:06}"].hashes[:OWN]
        hashes = np.concatenate([own, rng.integers(0, TASK, PRINTS - OWN).astype(np.uint64)])
        each[f"{number:06}"] = Fingerprints(hashes, np.zeros((PRINTS, 3), np.int32), ("pipeline.py",), PRINTS)
    tracemalloc.start()
    began = time.process_time()
    alike = pool(each).pairs()
    spent, most = 1000 * (time.process_time() - began), tracemalloc.get_traced_memory()[1] / 2**20
    tracemalloc.stop()
    assert len(alike) >= works // 100, len(alike)
    return spent, most


def drawn(sizes: Sequence[int], took: Mapping[str, Sequence[float]]) -> str:
    """The table as an SVG: candidates to the right, milliseconds upwards."""
    low, high = 1.0, 10 ** math.ceil(math.log10(max(map(max, took.values()))))

    def x(size: float) -> float:
        span = math.log10(sizes[-1] / sizes[0]) or 1.0
        return LEFT + (WIDTH - LEFT - RIGHT) * math.log10(size / sizes[0]) / span

    def y(ms: float) -> float:
        return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * math.log10(max(ms, low) / low) / math.log10(high / low)

    parts = [f'<text x="{x(size):.0f}" y="{HEIGHT - 15}" text-anchor="middle">{size:,}</text>' for size in sizes]
    for power in range(int(math.log10(high)) + 1):
        at = y(10**power)
        parts.append(f'<text x="{LEFT - 8}" y="{at + 4:.0f}" text-anchor="end">{10**power} ms</text>')
        parts.append(f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{at:.0f}" y2="{at:.0f}" stroke="#ddd"/>')
    for number, (name, found) in enumerate(took.items()):
        colour, dash = COLOURS[number % len(COLOURS)], "" if number < len(COLOURS) else ' stroke-dasharray="6 3"'
        points = " ".join(f"{x(size):.0f},{y(ms):.0f}" for size, ms in zip(sizes, found, strict=True))
        parts.append(f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"{dash}/>')
        at = TOP + 10 + 22 * number
        parts.append(f'<line x1="{WIDTH - 175}" x2="{WIDTH - 150}" y1="{at}" y2="{at}" stroke="{colour}"{dash}/>')
        parts.append(f'<text x="{WIDTH - 143}" y="{at + 4}">{name}</text>')
    size = f'width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}"'
    style = 'font-family="sans-serif" font-size="12"'
    title = "<title>Milliseconds of a page by candidates in the database</title>"
    ground = '<rect width="100%" height="100%" fill="#fff"/>'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size} {style}>{title}{ground}{"".join(parts)}</svg>\n'


if __name__ == "__main__":
    pairs(WORKS[0])  # loads what it needs
    spent, most = zip(*(pairs(works) for works in WORKS), strict=True)
    show("pairs that share code, by works", WORKS, {"processor time, ms": spent, "memory, MB": most})
    if sys.argv[1:] != ["pairs"]:
        main([int(word) for word in sys.argv[1:]] or SIZES)
