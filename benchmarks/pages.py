"""Weight and time of the report's pages: `python -m benchmarks.pages out/*/report.json`."""

from __future__ import annotations

import statistics
import sys
import time
from pathlib import Path
from typing import get_args

from graders.report.html import render
from graders.report.readers import for_reader
from graders.report.schema import Document, Reader

TIMES = 20
MOST_KB, MOST_MS = 250, 100


def main(reports: list[Path]) -> None:
    print(
        f"{'report':<18}{'reader':<14}{'kB':>6}{'ms, median':>12}{'ms, worst':>11}   aims: {MOST_KB} kB, {MOST_MS} ms"
    )
    for path in reports:
        stored = Document.model_validate_json(path.read_bytes())
        for reader in get_args(Reader):
            cut = for_reader(stored, reader)
            weight, spent = len(render(cut).encode()) / 1000, [_milliseconds(cut) for _ in range(TIMES)]
            row = (
                f"{path.parent.name:<18}{reader:<14}{weight:>6.0f}{statistics.median(spent):>12.1f}{max(spent):>11.1f}"
            )
            print(row + ("" if weight <= MOST_KB and statistics.median(spent) <= MOST_MS else "   missed"))


def _milliseconds(document: Document) -> float:
    began = time.perf_counter()
    render(document)
    return 1000 * (time.perf_counter() - began)


if __name__ == "__main__":
    main([Path(name) for name in sys.argv[1:]])
