"""A picture of how measured figures grow: a panel each, both axes in tens, so that a level line does not grow."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from statistics import linear_regression

#: Panels in a row, width and height of one with its words, and room around its lines.
ACROSS, WIDTH, HEIGHT, SIDE, RIGHT, ABOVE, BELOW = 4, 250, 170, 50, 44, 44, 42
STYLE = """
svg { --ink: #1d2125; --quiet: #5b6166; --line: #e2e0da; --data: #0a5c50; --ground: #fff }
@media (prefers-color-scheme: dark) {
  svg { --ink: #e9e7e1; --quiet: #a5aab0; --line: #34393e; --data: #6fd3c2; --ground: #15181b } }
text { font: 12px system-ui, sans-serif; fill: var(--quiet) } .name { font-weight: 600; fill: var(--ink) }
.ground { fill: var(--ground) } .grid { stroke: var(--line) } .aim { stroke: var(--quiet); stroke-dasharray: 3 3 }
.data { fill: none; stroke: var(--data); stroke-width: 2; stroke-linejoin: round } circle { fill: var(--data) }
.last { fill: var(--data); font-weight: 600 }
"""


@dataclass(frozen=True)
class Panel:
    """One line: its name, a value for each size, and their unit.  aim: what they should stay below, 0 without one."""

    name: str
    values: Sequence[float]
    unit: str
    aim: float = 0.0


def show(what: str, sizes: Sequence[int], measured: Mapping[str, Sequence[float]]) -> None:
    """Print a table with the exponent of each row."""
    print(f"| {what} | {' | '.join(f'{size:,}' for size in sizes)} | exponent |\n|---|{'---|' * len(sizes)}---|")
    for name, values in measured.items():
        print(f"| {name} | {' | '.join(f'{value:,.1f}' for value in values)} | {exponent(sizes, values):.2f} |")


def exponent(sizes: Sequence[int], values: Sequence[float]) -> float:
    """e where the values are nearest to a multiple of size ** e; nan for a single size."""
    if len(sizes) < 2:
        return math.nan
    return linear_regression([math.log(size) for size in sizes], [math.log(max(v, 0.01)) for v in values]).slope


def drawn(title: str, of: str, sizes: Sequence[int], panels: Sequence[Panel]) -> str:
    """The SVG, for light and dark; `of` is what the sizes count."""
    rows = math.ceil(len(panels) / ACROSS)
    width, height = WIDTH * min(ACROSS, len(panels)), HEIGHT * rows + 40
    ends = {unit: _decades([panel for panel in panels if panel.unit == unit]) for unit in {p.unit for p in panels}}
    parts = [
        f'<g transform="translate({WIDTH * (number % ACROSS)} {40 + HEIGHT * (number // ACROSS)})">'
        f"{_panel(panel, of, sizes, *ends[panel.unit])}</g>"
        for number, panel in enumerate(panels)
    ]
    aimed = "; dashed: the aim" if any(panel.aim for panel in panels) else ""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" '
        f'role="img" aria-labelledby="t"><title id="t">{escape(title)}</title><style>{STYLE}</style>'
        f'<rect class="ground" width="100%" height="100%"/>'
        f'<text class="name" x="{SIDE}" y="22">{escape(title + aimed)}</text>{"".join(parts)}</svg>\n'
    )


def _short(value: float) -> str:
    """Three figures, and no powers of ten: all whole ones of a large number."""
    return f"{value:,.0f}" if value >= 1000 else f"{value:.3g}"


def _decades(panels: Sequence[Panel]) -> tuple[int, int]:
    """The powers of ten between which all values of a unit lie, and at least one decade."""
    values = [max(value, 0.01) for panel in panels for value in (*panel.values, panel.aim or panel.values[0])]
    low = math.floor(math.log10(min(values)))
    return low, max(math.ceil(math.log10(max(values))), low + 1)


def _panel(panel: Panel, of: str, sizes: Sequence[int], low: int, high: int) -> str:
    """One line with both axes, and what the last size took."""
    right, bottom = WIDTH - RIGHT, HEIGHT - BELOW

    def x(size: float) -> float:
        span = math.log10(sizes[-1] / sizes[0]) or 1.0
        return SIDE + (right - SIDE) * math.log10(size / sizes[0]) / span

    def y(value: float) -> float:
        share = (math.log10(max(value, 0.01)) - low) / (high - low)
        return bottom - (bottom - ABOVE) * min(max(share, 0.0), 1.0)

    parts = [f'<text class="name" x="{SIDE}" y="18">{escape(panel.name)}</text>']
    parts.append(f'<text x="0" y="34">{escape(panel.unit)}</text>')  # a long one runs to the right, where there is room
    for power in range(low, high + 1):
        at = y(10.0**power)
        parts.append(f'<line class="grid" x1="{SIDE}" x2="{right}" y1="{at:.1f}" y2="{at:.1f}"/>')
        parts.append(f'<text x="{SIDE - 6}" y="{at + 4:.1f}" text-anchor="end">{10.0**power:,g}</text>')
    if panel.aim:
        at = y(panel.aim)
        parts.append(f'<line class="aim" x1="{SIDE}" x2="{right}" y1="{at:.1f}" y2="{at:.1f}"/>')
    places = [(x(size), y(value)) for size, value in zip(sizes, panel.values, strict=True)]
    parts.append(f'<polyline class="data" points="{" ".join(f"{a:.1f},{b:.1f}" for a, b in places)}"/>')
    parts += [f'<circle cx="{a:.1f}" cy="{b:.1f}" r="2.5"/>' for a, b in places]
    parts.append(f'<text class="last" x="{right + 5}" y="{places[-1][1] + 4:.1f}">{_short(panel.values[-1])}</text>')
    for size, anchor in ((sizes[0], "start"), (sizes[-1], "end")):
        parts.append(f'<text x="{x(size):.1f}" y="{bottom + 16}" text-anchor="{anchor}">{size:,}</text>')
    parts.append(f'<text x="{(SIDE + right) / 2:.1f}" y="{bottom + 32}" text-anchor="middle">{escape(of)}</text>')
    return "".join(parts)
