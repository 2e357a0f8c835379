"""Weight and time of the report's pages: `python -m benchmarks.pages out/*/report.json`."""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, get_args

from graders.report.html import render
from graders.report.readers import Reader, for_reader

TIMES = 20
MOST_KB, MOST_MS = 250, 100


def main(reports: list[Path]) -> None:
    print(
        f"{'report':<18}{'reader':<14}{'kB':>6}{'ms, median':>12}{'ms, worst':>11}   aims: {MOST_KB} kB, {MOST_MS} ms"
    )
    for path in reports:
        stored = json.loads(path.read_text("utf-8"))
        for reader in get_args(Reader):
            cut = for_reader(stored, reader)
            weight, spent = len(render(cut).encode()) / 1000, [_milliseconds(cut) for _ in range(TIMES)]
            row = (
                f"{path.parent.name:<18}{reader:<14}{weight:>6.0f}{statistics.median(spent):>12.1f}{max(spent):>11.1f}"
            )
            print(row + ("" if weight <= MOST_KB and statistics.median(spent) <= MOST_MS else "   missed"))


def _milliseconds(document: Mapping[str, Any]) -> float:
    began = time.perf_counter()
    render(document)
    return 1000 * (time.perf_counter() - began)


if __name__ == "__main__":
    main([Path(name) for name in sys.argv[1:]])
