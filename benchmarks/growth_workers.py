"""Gradings a minute by workers: `python -m benchmarks.growth_workers [gradings] [workers]`, 20 gradings and 1 to 3.

The installation of `benchmarks.machines` with so many `assay worker` processes and nothing killed: PostgreSQL over TCP,
an object store over HTTP, a server.  Each number of workers grades so many of the smallest pipelines in Docker, after
one each that fetches the hidden rows.  A worker has one slot.  All share the cores of this machine, so that what a
further worker gains is what one leaves idle: it cannot be more than the cores allow.

Processor time is that of everything: workers, containers, server, PostgreSQL and object store.  Statements that wait
for jobs count among the transactions.  Needs control groups of version 1 and the Debian package `postgresql`.
Prints a table and draws `benchmarks/results/growth_workers.svg`.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

from sqlalchemy import text

from benchmarks.machines import Fleet, fleet, hand_in, rows, until_done
from benchmarks.plot import Panel, drawn

GRADINGS, WORKERS = 20, (1, 2, 3)
PLOT = Path(__file__).parent / "results" / "growth_workers.svg"
CONNECTIONS = text("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()")
DATABASE = text(
    "SELECT xact_commit, pg_database_size(datname) FROM pg_stat_database WHERE datname = current_database()"
)
GROUP = f"assay-benchmark-{os.getpid()}"
GROUPS = [Path("/sys/fs/cgroup/cpuacct", name) for name in (GROUP, f"{GROUP}-host")]
#: `assay worker`, whose containers are counted.
WORKER = f"""
import sys
from sandbox.host import container
usual = container.settings
container.settings = lambda *of: {{**usual(*of), "cgroup_parent": "/{GROUP}"}}
sys.argv = ["assay", "worker"]
from app.cli.main import main
main()
"""


def measured(workers: int, gradings: int) -> dict[str, float]:
    """What this many workers do, once each has graded one."""
    with fleet(workers, (sys.executable, "-c", WORKER)) as running:
        hand_in(running.http, workers)
        until_done(running.engine)
        began, before, kept = time.monotonic(), used(), stored(running)
        hand_in(running.http, gradings, first=workers)
        until_done(running.engine)
        seconds, spent = time.monotonic() - began, used() - before
        assert rows(running.engine, "submissions WHERE state = 'graded'") == workers + gradings
        more = {what: (now - kept[what]) / gradings for what, now in stored(running).items()}
        with running.engine.connect() as connection:
            connections = int(connection.scalar(CONNECTIONS) or 0)
    return {
        "gradings a minute": 60 * gradings / seconds,
        "CPU s a grading": spent / gradings,
        "cores in use": spent / seconds,
        "connections to the database": connections,
        **{f"{what} a grading": number for what, number in more.items()},
    }


def stored(running: Fleet) -> dict[str, float]:
    """What the database and the object store hold, and how many transactions there have been."""
    files = [path.stat().st_size for path in (running.folder / "objects").rglob("*") if path.is_file()]
    with running.engine.connect() as connection:
        done, size = connection.execute(DATABASE).one()
    return {"transactions": done, "kB in the database": size / 1024, "kB in files": sum(files) / 1024}


def used() -> float:
    """CPU seconds so far of this process, of all that it started, and of the containers."""
    return sum(int((group / "cpuacct.usage").read_text()) for group in GROUPS if group.exists()) / 1e9


def main(gradings: int, numbers: tuple[int, ...]) -> None:
    GROUPS[1].mkdir()
    (GROUPS[1] / "cgroup.procs").write_text(str(os.getpid()))
    found = []
    for workers in numbers:
        found.append(measured(workers, gradings))
        print(workers, found[-1], flush=True)
    print(f"| | {' | '.join(f'{workers} workers' for workers in numbers)} |\n|---|{'---|' * len(numbers)}")
    for what in found[0]:
        print(f"| {what} | {' | '.join(f'{one[what]:.1f}' for one in found)} |")
    units = {"gradings a minute": "1/min", "CPU s a grading": "CPU s", "cores in use": "cores"}
    panels = [Panel(what, [one[what] for one in found], unit) for what, unit in units.items()]
    PLOT.write_text(drawn("Gradings by workers on the same cores", "workers", numbers, panels))


if __name__ == "__main__":
    asked = [int(word) for word in sys.argv[1:3]]
    main(asked[0] if asked else GRADINGS, tuple(range(1, asked[1] + 1)) if len(asked) > 1 else WORKERS)
