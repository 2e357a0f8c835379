"""What the sandbox costs: `python -m benchmarks.sandbox [--rounds 3] [--image]`, on a machine with nothing else to do.

Train and predict of two small pipelines (20,000 rows of 20 columns), median of the rounds, interleaved:

  bare      two bare `python` processes on this machine, one after the other, importing what they need
  floor     forks of one process that has everything imported: what the computation itself takes
  naive     `docker run` twice: fresh containers with the defaults but no network, which is quicker
  cold      this sandbox, its container started when asked for
  warm      this sandbox, its container started before
  apart     as warm, but each stage in a container of its own
  gvisor    as warm, on the runtime of --runtime, where the engine has it; once

All but `bare` and `floor` count the removal of the containers.  Then: what a stage costs beyond its computation,
gradings a minute with as many at once as cores, what an idle warmed container costs, and what a neighbour does.
At the end every figure with its aim.  Three rounds take about five minutes on two cores.

With `--starts IMAGE ...` only how long containers of these images take to start, one after another in turn.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import docker

from benchmarks.ways import STAGES, Bench, Engine, fine, rows, submission
from graders.model.challenge import Limits
from graders.model.probe import Action, Probe
from sandbox.host.container import Container
from sandbox.host.docker import USUAL, DockerSandbox
from sandbox.host.environment import COMMON
from sandbox.host.pool import prepared
from sandbox.image import base, build

CORES = len(os.sched_getaffinity(0))
GRADINGS = 8
REPEATS = 15  # of a stage that takes milliseconds
HOG = "import os\ndef evaluate(data):\n    for _ in range(4): os.fork()\n    while True: pass\n"
Way = Callable[[], float]
Medians = dict[str, float]


@dataclass(frozen=True)
class Figure:
    """One measured number, and the most (or, with `least`, the least) it should be; None for no aim."""

    name: str
    value: float
    aim: float | None = None
    least: bool = False
    unit: str = "x"

    def __str__(self) -> str:
        if self.aim is None:
            return f"  {self.name:58}{self.value:8.2f} {self.unit}"
        met = self.value >= self.aim if self.least else self.value <= self.aim
        word = "at least" if self.least else "at most"
        return f"  {self.name:58}{self.value:8.2f} {self.unit:4} {word} {self.aim:g}: {'met' if met else 'MISSED'}"


def measure(ways: Mapping[str, Way], rounds: int) -> Medians:
    """The median of each way in seconds; the rounds are interleaved."""
    taken: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, way in ways.items():
            taken[name].append(way())
    return {name: statistics.median(seconds) for name, seconds in taken.items()}


def whole_runs(model: str, engine: Engine, work: Path, rounds: int) -> list[Figure]:
    bench = Bench(model, engine, work)
    bench.bare()  # once unmeasured, so that byte code is on the disk
    ways = {name: getattr(bench, name) for name in ("bare", "floor", "naive", "cold", "warm", "apart")}
    found = measure(ways, rounds)
    if engine.gvisor:
        found |= measure({"gvisor": bench.gvisor}, 1)
    show(model, found)
    compared = [("warm", "bare", 0.35), ("cold", "bare", 0.9), ("warm", "naive", None), ("cold", "naive", None)]
    compared += [("gvisor", "warm", None)] * ("gvisor" in found)
    return [Figure(f"{model}, {this} / {that}", found[this] / found[that], aim) for this, that, aim in compared]


def show(title: str, medians: Medians) -> None:
    say(f"{title}\n  {'way':8}{'seconds':>9}{'x bare':>9}{'x naive':>9}{'x floor':>9}")
    for way, seconds in medians.items():
        ratios = "".join(f"{seconds / medians[base]:9.2f}" for base in ("bare", "naive", "floor"))
        say(f"  {way:8}{seconds:9.3f}{ratios}")


def overhead(count: int, engine: Engine, work: Path) -> Figure:
    """Milliseconds of a warm stage beyond the same call in a bare fork."""
    bench = Bench("nothing at all", engine, work, count)
    with bench.container() as container:
        found = measure({"floor": bench.floor, "stages": lambda: bench.stages(container)}, REPEATS)
    beyond = (found["stages"] - found["floor"]) / len(STAGES) * 1000
    return Figure(f"warm stage beyond a bare fork, {count} rows", beyond, 20 if count < 100 else None, unit="ms")


def throughput(engine: Engine, work: Path, rounds: int) -> list[Figure]:
    """Gradings a minute with as many at once as cores; naive and ours in turn, the medians compared."""
    bench = Bench("logistic regression", engine, work)
    with DockerSandbox() as sandbox:
        ways = {"naive": partial(seconds, bench.naive), "ours": partial(seconds, partial(bench.through, sandbox))}
        found = measure(ways, min(rounds, 3))
    rates = {name: GRADINGS / taken * 60 for name, taken in found.items()}
    say(f"gradings a minute, logistic regression, {CORES} at once: " + str({k: round(v, 1) for k, v in rates.items()}))
    return [
        Figure("gradings a minute", rates["ours"], unit=""),
        Figure("gradings a minute / naive", rates["ours"] / rates["naive"], 1.8, least=True),
    ]


def seconds(grading: Way) -> float:
    """For GRADINGS gradings, as many at once as cores."""
    with ThreadPoolExecutor(CORES) as pool:
        started = time.perf_counter()
        list(pool.map(lambda _: grading(), range(GRADINGS)))
        return time.perf_counter() - started


def idle(engine: Engine) -> list[Figure]:
    """Memory of its own (the libraries' files are shared by all) and CPU seconds to warm it up."""
    container = Container(engine.client, engine.image, USUAL, None, core=0)
    try:
        found: Any = container._docker.stats(stream=False)
    finally:
        container.remove()
    details = found["memory_stats"]["stats"]
    own = details["rss"] if "rss" in details else details["anon"]
    cpu = found["cpu_stats"]["cpu_usage"]["total_usage"] / 1e9
    return [
        Figure("memory of an idle warmed container", own / 2**20, unit="MB"),
        Figure("CPU seconds to warm one up", cpu, unit="s"),
    ]


def neighbour(engine: Engine, work: Path) -> list[Figure]:
    """Honest gradient boosting beside a submission that takes all it can, over the same alone."""
    bench = Bench("long gradient boosting", engine, work)
    with DockerSandbox(reuse=False) as sandbox:
        probe = bench.probe("train")
        (alone,) = sandbox.start(bench.submission, [probe]).result()
        begun = threading.Event()
        hogging = Probe("hog", Action.EVALUATE, rows(10), limits=Limits(cpu_seconds=30, seconds=60))
        hog = sandbox.start(submission(HOG), [hogging], lambda *_: begun.set())
        begun.wait()
        (beside,) = sandbox.start(bench.submission, [probe]).result()
        fine(alone, beside)
        still = "" if not hog.done() else " (THE HOG ENDED BEFORE)"
        hog.result()
    name = f"train beside a hog / alone ({alone.seconds:.1f} s), "
    return [
        Figure(f"{name}wall clock{still}", beside.seconds / alone.seconds, 1.3),
        Figure(f"{name}CPU{still}", beside.cpu_seconds / alone.cpu_seconds, 1.3),
    ]


def starts(client: docker.DockerClient, images: Sequence[str], rounds: int) -> str:
    """Seconds until a container has loaded its libraries, and until a warm one has its core, for each image."""

    def cold(image: str) -> float:
        started = time.perf_counter()
        Container(client, image, USUAL, None, core=0).remove()
        return time.perf_counter() - started

    def warm(image: str) -> float:
        container = Container(client, image, USUAL, None, core=0)
        try:
            started = time.perf_counter()
            prepared(container, USUAL, CORES - 1)
            return time.perf_counter() - started
        finally:
            container.remove()

    ways: dict[str, Way] = {}
    for image in images:
        ways |= {f"{image}, from nothing": partial(cold, image), f"{image}, warm": partial(warm, image)}
    return "\n".join(f"  {name:60}{taken:8.3f} s" for name, taken in measure(ways, rounds).items())


def say(text: str) -> None:
    print(text, flush=True)


def time_image(client: docker.DockerClient) -> str:
    """Build the base twice under names of its own; times, size, and whether the bytes are the same."""
    layers, taken, size = [], [], 0
    for tag in "ab":
        started = time.perf_counter()
        base.build(client, "assay-benchmark", tag, lambda _: None)
        taken.append(time.perf_counter() - started)
        found = client.images.get(f"assay-benchmark:{tag}")
        layers.append(found.attrs["RootFS"]["Layers"])
        size = found.attrs["Size"]
        client.images.remove(f"assay-benchmark:{tag}")
    same = "the same bytes" if layers[0] == layers[1] else "DIFFERENT bytes"
    return f"image: built twice in {taken[0]:.0f} s and {taken[1]:.0f} s, {size / 2**20:.0f} MB, {same}"


def bench_all(engine: Engine, rounds: int) -> list[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        work.chmod(0o755)
        figures = [overhead(count, engine, work) for count in (10, 20_000)]
        for model in ("logistic regression", "gradient boosting"):
            figures += whole_runs(model, engine, work, rounds)
        return [*figures, *throughput(engine, work, rounds), *idle(engine), *neighbour(engine, work)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--image", action="store_true", help="also build the image, twice")
    parser.add_argument("--runtime", default="runsc", help="the engine's name of the gVisor runtime")
    parser.add_argument("--starts", nargs="+", metavar="IMAGE", help="only the start of containers of these images")
    options = parser.parse_args()
    os.environ.update(COMMON)
    client, started, load = docker.from_env(timeout=600), time.perf_counter(), os.getloadavg()[0]
    if options.starts:
        say(f"load average {load:.1f}\n{starts(client, options.starts, options.rounds)}")
        return
    gvisor = options.runtime if options.runtime in client.info()["Runtimes"] else None
    figures = bench_all(Engine(client, build.ensure(), gvisor), options.rounds)
    took = f"{options.rounds} rounds, {time.perf_counter() - started:.0f} s, load average {load:.1f} before"
    say("\n".join([f"figures, {took}", *map(str, figures)]))
    if not gvisor:
        say(f"  gVisor was not measured: this engine knows no runtime {options.runtime}")
    if options.image:
        say(time_image(client))
    client.close()


if __name__ == "__main__":
    main()
