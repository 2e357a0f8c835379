"""How a challenge and its gradings grow with the rows of its table: `python -m benchmarks.growth_rows [what] [rows]`.

From 1,000 to 1,000,000 rows by tens, unless some are said.  The table is that of `benchmarks.own_tables`, made from a
seed: twenty columns, two classes, nothing wrong with it.  Of each size: what `assay challenge new` does before it
grades; a grading of the reference `sound` in Docker, and a grading of a pipeline that does nothing with its rows, so
that what is left is ours.  `smallest` grades the latter alone.  Limits are those that were proposed.  What the
reference costs is not measured: a challenge pays for it once.

Processor time is that of all processes and containers, and of the three runs that any judge needs (train, evaluate,
predict).  Memory of a grading is the most that processes of the host, and containers, held at a time, with files that
lie in memory, and without page cache; it is looked at ten times a second.  Needs control groups of version 1.

Prints tables with the exponent e of rows ** e and draws `benchmarks/results/growth_rows.svg`.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import sys
import tempfile
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")  # as the service and the command line have it

from app.adapters.grading import grade_submission
from app.intake import from_path
from benchmarks.own_tables import build, read, written
from benchmarks.plot import Panel, drawn, show
from challenges.tables.create import home_of, load
from graders.probes.names import ProbeName
from sandbox.host import container
from sandbox.host.docker import DockerSandbox

SIZES = (1_000, 10_000, 100_000, 1_000_000)
PLOT = Path(__file__).parent / "results" / "growth_rows.svg"
MEMORY, CPU = Path("/sys/fs/cgroup/memory"), Path("/sys/fs/cgroup/cpuacct")
THREE = (ProbeName.TRAIN, ProbeName.EVALUATE, ProbeName.PREDICT)
NEW, SOUND, SMALL = "challenge new", "grading of sound", "grading of the smallest"
SMALLEST = """\
from pathlib import Path

import pandas as pd


def train(data: pd.DataFrame, model_dir: Path) -> None:
    (model_dir / "share").write_text(str((data["answer"] == "yes").mean()))


def predict(data: pd.DataFrame, model_dir: Path) -> pd.Series:
    return pd.Series(float((model_dir / "share").read_text()), index=data.index)


def evaluate(data: pd.DataFrame) -> dict[str, float]:
    return {"roc_auc": 0.5}
"""


class Groups:
    """Control groups of this process with all that it starts, and of its containers."""

    def __init__(self) -> None:
        self.containers = f"assay-benchmark-{os.getpid()}"
        self.host = f"{self.containers}-host"
        self.most = dict.fromkeys((self.host, self.containers), 0.0)
        for kind in (MEMORY, CPU):
            (kind / self.host).mkdir()
            (kind / self.host / "cgroup.procs").write_text(str(os.getpid()))

    def cpu(self) -> float:
        """Seconds so far."""
        used = (CPU / group / "cpuacct.usage" for group in self.most)
        return sum(int(file.read_text()) for file in used if file.exists()) / 1e9

    @contextlib.contextmanager
    def watched(self) -> Iterator[None]:
        """Take note of the most memory that is held meanwhile."""
        over = threading.Event()

        def look() -> None:
            while not over.wait(0.1):
                self.most = {group: max(most, _held_mb(MEMORY / group)) for group, most in self.most.items()}

        thread = threading.Thread(target=look)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()


def _held_mb(group: Path) -> float:
    """What processes hold, and what lies in memory as files."""
    with contextlib.suppress(OSError):
        stat = dict(line.split() for line in (group / "memory.stat").read_text().splitlines())
        return (int(stat["total_rss"]) + int(stat["total_shmem"])) / 2**20
    return 0.0


def grade(home: Path, pipeline: Path | None) -> dict[str, float]:
    """What a grading of this pipeline takes, or of the reference `sound`; SandboxError where our own limits end it."""
    groups, usual = Groups(), container.settings
    container.settings = lambda *of: {**usual(*of), "cgroup_parent": f"/{groups.containers}"}
    challenge = replace(load(home_of(home) / "measured"), cost_baseline="")
    submission = from_path(pipeline or challenge.folder / "reference" / "sound", challenge.packages)
    with DockerSandbox() as sandbox:
        before = groups.cpu()
        with groups.watched():
            done = grade_submission(submission, challenge, sandbox, home=home)
        spent = groups.cpu() - before
    runs = {run.name: run for run in done.document.runs}
    ended = [run.name for run in runs.values() if run.exit not in ("ok", "crashed")]
    print(f"train {challenge.train_limits.cpu_seconds:g} s, {challenge.train_limits.memory_mb:,} MB; over: {ended}")
    return {
        "CPU s": spent,
        "CPU s of its train, evaluate and predict": sum(runs[name].cpu_seconds for name in THREE),
        "host MB": groups.most[groups.host],
        "containers MB": groups.most[groups.containers],
        "case MB": len(done.case) / 2**20,
    }


def measured(rows: int, whats: tuple[str, ...]) -> dict[str, dict[str, float]]:
    """Each part in a process of its own, whose peak is its own."""
    with (
        tempfile.TemporaryDirectory(prefix="assay-growth-") as folder,
        multiprocessing.get_context("spawn").Pool(1, maxtasksperchild=1) as pool,
    ):
        path, plain, home = Path(folder) / "table.csv", Path(folder) / "plain.parquet", Path(folder) / "home"
        small = Path(folder) / "pipeline.py"
        small.write_text(SMALLEST)
        written(path, "mixed", rows, 1)
        reading_s, reading_mb, _ = pool.apply(read, (path, plain))
        building_s, building_mb, _ = pool.apply(build, (plain, home))
        found = {NEW: {"CPU s": reading_s + building_s, "host MB": max(reading_mb, building_mb)}}
        print(rows, found, flush=True)
        for what in whats:
            found[what] = pool.apply(grade, (home, small if what == SMALL else None))
            print(rows, what, found[what], flush=True)
    return found


def main(sizes: tuple[int, ...], whats: tuple[str, ...]) -> None:
    found = [measured(rows, whats) for rows in sizes]
    panels = []
    for unit in ("CPU s", "host MB", "containers MB"):
        parts = {what: [one[what][unit] for one in found] for what in found[0] if unit in found[0][what]}
        show(unit, sizes, parts)
        panels += [Panel(what, values, unit) for what, values in parts.items()]
    for what in whats:
        for more in ("CPU s of its train, evaluate and predict", "case MB"):
            show(what, sizes, {more: [one[what][more] for one in found]})
    PLOT.write_text(drawn("A challenge and its gradings by rows of the table", "rows", sizes, panels))


if __name__ == "__main__":
    asked = sys.argv[1:]
    numbers = tuple(int(word) for word in asked if word.isdigit())
    main(numbers or SIZES, (SMALL,) if "smallest" in asked else (SOUND, SMALL))
