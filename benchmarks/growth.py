"""How things grow: `python -m benchmarks.growth [sizes]`, from 100 to 100,000 gradings in the database by tens.

First pairs of works that share code, by works: processor time and memory, without a server.  `python -m
benchmarks.growth pairs` stops there.  Then pages, lists, one candidate and /metrics by gradings, with as many
candidates.  The last column is the exponent e of size ** e, fitted to all sizes by least squares of the logarithms:
0 does not grow, 1 grows as what is there.

Prints tables and draws that of the pages to `benchmarks/results/growth.svg`: a panel each, both axes in tens, so that
a level line does not grow.  Each size has a server and a database of its own.  The last takes minutes.
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
from testing.site import free_port

SIZES = (100, 1_000, 10_000, 100_000)
WORKS = (100, 300, 1_000, 3_000)
#: Fingerprints of a work, those of them that are its own, and how many the others are drawn from.
PRINTS, OWN, TASK = 300, 150, 5_000
PLOT = Path(__file__).parent / "results" / "growth.svg"
#: Besides the pages of `benchmarks.pipeline`.
MORE = {
    "reports, first page": "/api/v1/reports",
    "reports of a band": "/api/v1/reports?band=4&counts=true",
    "reports not counting": "/api/v1/reports?counts=false",
}
#: Of the plot: panels in a row, width and height of one with its words, room around its lines, and the aim in ms.
ACROSS, WIDTH, HEIGHT, SIDE, ABOVE, BELOW, AIM = 4, 240, 150, 42, 34, 30, 30.0
STYLE = """
svg { --ink: #1d2125; --quiet: #5b6166; --line: #e2e0da; --data: #0a5c50; --ground: #fff }
@media (prefers-color-scheme: dark) {
  svg { --ink: #e9e7e1; --quiet: #a5aab0; --line: #34393e; --data: #6fd3c2; --ground: #15181b } }
text { font: 12px system-ui, sans-serif; fill: var(--quiet) } .name { font-weight: 600; fill: var(--ink) }
.ground { fill: var(--ground) } .grid { stroke: var(--line) } .aim { stroke: var(--quiet); stroke-dasharray: 3 3 }
.data { fill: none; stroke: var(--data); stroke-width: 2; stroke-linejoin: round } circle { fill: var(--data) }
.last { fill: var(--data); font-weight: 600 }
"""


def main(sizes: Sequence[int]) -> None:
    took: dict[str, list[float]] = {}
    for gradings in sizes:
        port = free_port()
        with filled(gradings, regraded=True, metrics_port=port) as http:
            somebody = http.get("/api/v1/invitations?status=graded&limit=1").json()["items"][0]["id"]
            more = {"one candidate": f"/work/c/{somebody}", "/metrics": f"http://127.0.0.1:{port}/metrics"}
            for name, path in (PAGES | MORE | more).items():
                took.setdefault(name, []).append(median(times(http, path)))
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
    """The table as an SVG: a panel for each page, gradings to the right, milliseconds upwards."""
    high = 10 ** math.ceil(math.log10(max(AIM, *(max(values) for values in took.values()))))
    rows = math.ceil(len(took) / ACROSS)
    panels = [
        f'<g transform="translate({WIDTH * (number % ACROSS)} {40 + HEIGHT * (number // ACROSS)})">'
        f"{_panel(name, sizes, values, high)}</g>"
        for number, (name, values) in enumerate(took.items())
    ]
    whole = f'width="{WIDTH * ACROSS}" height="{HEIGHT * rows + 40}"'
    title = "Milliseconds of an answer by gradings in the database"
    head = f'<text class="name" x="{SIDE}" y="22">{title}; dashed: {AIM:.0f} ms</text>'
    box = f'viewBox="0 0 {WIDTH * ACROSS} {HEIGHT * rows + 40}" role="img" aria-labelledby="t"'
    ground = '<rect class="ground" width="100%" height="100%"/>'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {whole} {box}><title id="t">{title}</title>'
        f"<style>{STYLE}</style>{ground}{head}{''.join(panels)}</svg>\n"
    )


def _panel(name: str, sizes: Sequence[int], values: Sequence[float], high: float) -> str:
    """One page: its name, its line, and what the last size took."""
    low = 1.0

    def x(size: float) -> float:
        span = math.log10(sizes[-1] / sizes[0]) or 1.0
        return SIDE + (WIDTH - 2 * SIDE) * math.log10(size / sizes[0]) / span

    def y(ms: float) -> float:
        return HEIGHT - BELOW - (HEIGHT - ABOVE - BELOW) * math.log10(max(ms, low) / low) / math.log10(high / low)

    right = WIDTH - SIDE
    parts = [f'<text class="name" x="{SIDE}" y="20">{name}</text>']
    for power in range(int(math.log10(high)) + 1):
        at = y(10**power)
        parts.append(f'<line class="grid" x1="{SIDE}" x2="{right}" y1="{at:.1f}" y2="{at:.1f}"/>')
        parts.append(f'<text x="{SIDE - 6}" y="{at + 4:.1f}" text-anchor="end">{10**power}</text>')
    parts.append(f'<line class="aim" x1="{SIDE}" x2="{right}" y1="{y(AIM):.1f}" y2="{y(AIM):.1f}"/>')
    places = [(x(size), y(ms)) for size, ms in zip(sizes, values, strict=True)]
    parts.append(f'<polyline class="data" points="{" ".join(f"{a:.1f},{b:.1f}" for a, b in places)}"/>')
    parts += [f'<circle cx="{a:.1f}" cy="{b:.1f}" r="2.5"/>' for a, b in places]
    parts.append(f'<text class="last" x="{right + 5}" y="{places[-1][1] + 4:.1f}">{values[-1]:.0f}</text>')
    for size, anchor in ((sizes[0], "start"), (sizes[-1], "end")):
        parts.append(f'<text x="{x(size):.1f}" y="{HEIGHT - BELOW + 16}" text-anchor="{anchor}">{size:,}</text>')
    return "".join(parts)


if __name__ == "__main__":
    pairs(WORKS[0])  # loads what it needs
    spent, most = zip(*(pairs(works) for works in WORKS), strict=True)
    show("pairs that share code, by works", WORKS, {"processor time, ms": spent, "memory, MB": most})
    if sys.argv[1:] != ["pairs"]:
        main([int(word) for word in sys.argv[1:]] or SIZES)
