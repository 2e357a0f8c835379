"""How pages grow with the candidates in the database: `python -m benchmarks.growth [sizes]`, 100 to 100,000 by tens.

Prints a table and draws it to `benchmarks/results/growth.svg`, both axes in tens: a level line does not grow.
The pages are those of `benchmarks.pipeline`; each size has a server and a database of its own.  The last takes minutes.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median

from benchmarks.pipeline import PAGES, filled, times

SIZES = (100, 1_000, 10_000, 100_000)
PLOT = Path(__file__).parent / "results" / "growth.svg"
WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 760, 420, 60, 190, 20, 40
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00", "#000000")


def main(sizes: Sequence[int]) -> None:
    took: dict[str, list[float]] = {name: [] for name in PAGES}
    for people in sizes:
        with filled(people) as http:
            for name, path in PAGES.items():
                took[name].append(median(times(http, path)))
    print(f"| page, median ms | {' | '.join(f'{size:,}' for size in sizes)} |\n|---|{'---|' * len(sizes)}")
    for name, found in took.items():
        print(f"| {name} | {' | '.join(f'{ms:.1f}' for ms in found)} |")
    PLOT.write_text(drawn(sizes, took))


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
    main([int(word) for word in sys.argv[1:]] or SIZES)
