"""How things grow: `python -m benchmarks.growth [sizes]`, from 100 to 100,000 gradings in the database by tens.

First pairs of works that share code, by works: processor time and memory, without a server.  `python -m
benchmarks.growth pairs` stops there.  Then pages, lists, one candidate and /metrics by gradings, with as many
candidates: the time of an answer, and the processor time of server and database, which says more where a machine is
busy.  The last column is the exponent e of size ** e, fitted to all sizes by least squares of the logarithms:
0 does not grow, 1 grows as what is there.

Prints tables and draws them, `benchmarks/results/growth.svg` and `growth_pairs.svg`.  Each size has a server and a
database of its own.  The last takes minutes.  Rows of a table are `benchmarks.growth_rows`, numbers of workers
`benchmarks.growth_workers`.
"""

from __future__ import annotations

import multiprocessing
import sys
import time
import tracemalloc
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from statistics import median

import numpy as np

from benchmarks.pipeline import PAGES, TIMES, filled, times
from benchmarks.plot import Panel, drawn, show
from graders.similarity.fingerprints import Fingerprints
from graders.similarity.pairs import pool
from testing.site import free_port

SIZES = (100, 1_000, 10_000, 100_000)
WORKS = (100, 300, 1_000, 3_000)
#: Fingerprints of a work, those of them that are its own, and how many the others are drawn from.
PRINTS, OWN, TASK = 300, 150, 5_000
RESULTS = Path(__file__).parent / "results"
PLOT, PAIRS = RESULTS / "growth.svg", RESULTS / "growth_pairs.svg"
#: Besides the pages of `benchmarks.pipeline`.
MORE = {
    "reports, first page": "/api/v1/reports",
    "reports of a band": "/api/v1/reports?band=4&counts=true",
    "reports not counting": "/api/v1/reports?counts=false",
}
#: What a page may take at most, in ms.
AIM = 30.0


def main(sizes: Sequence[int]) -> None:
    took: dict[str, list[float]] = {}
    spent: dict[str, list[float]] = {}
    for gradings in sizes:
        port = free_port()
        with filled(gradings, regraded=True, metrics_port=port) as (http, home):
            server = multiprocessing.active_children()[0].pid or 0
            somebody = http.get("/api/v1/invitations?status=graded&limit=1").json()["items"][0]["id"]
            more = {"one candidate": f"/work/c/{somebody}", "/metrics": f"http://127.0.0.1:{port}/metrics"}
            for name, path in (PAGES | MORE | more).items():
                http.get(path)
                before = processor_milliseconds(server, home)
                took.setdefault(name, []).append(median(times(http, path)))
                spent.setdefault(name, []).append((processor_milliseconds(server, home) - before) / TIMES)
    show("page, median ms", sizes, took)
    show("page, processor time of server and database, ms", sizes, spent)
    panels = [Panel(name, values, "ms", AIM) for name, values in spent.items()]
    PLOT.write_text(drawn("Processor time of an answer by gradings in the database", "gradings", sizes, panels))


def processor_milliseconds(server: int, home: Path) -> float:
    """Processor time so far of the server and of what works in its home, which is its database."""
    spent = 0
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if process.name == str(server) or (process / "cwd").readlink().is_relative_to(home):
                spent += sum(int(each.read_text().split()[0]) for each in process.glob("task/*/schedstat"))
    return spent / 1e6


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


if __name__ == "__main__":
    pairs(WORKS[0])  # loads what it needs
    spent, most = zip(*(pairs(works) for works in WORKS), strict=True)
    show("pairs that share code, by works", WORKS, {"processor time, ms": spent, "memory, MB": most})
    panels = [Panel("processor time", spent, "ms"), Panel("memory", most, "MB")]
    PAIRS.write_text(drawn("Finding pairs of works that share code", "works", WORKS, panels))
    if sys.argv[1:] != ["pairs"]:
        main([int(word) for word in sys.argv[1:]] or SIZES)
