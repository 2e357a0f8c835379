"""What the sandbox costs: `python -m benchmarks.sandbox [--rounds 5] [--image]`, on a machine with nothing else to do.

Train and predict of two small pipelines (20,000 rows of 20 columns), median of the rounds, interleaved:

  bare      two bare `python` processes on this machine, one after the other, importing what they need
  floor     forks of one process that has everything imported: what the computation itself takes
  naive     `docker run` twice: fresh containers with the defaults but no network, which is quicker
  cold      this sandbox, its containers started when asked for
  next      the same with `warm=1` and none ready at first: predict's container warms up while train runs
  warm      this sandbox, its containers started before
  gvisor    as warm, on the runtime of --runtime, where the engine has it

All but `bare` and `floor` count the removal of the containers.  Then: what a stage costs beyond its computation,
gradings a minute with as many at once as cores, what an idle warmed container costs, and what a neighbour does.
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
from pathlib import Path
from typing import Any

import docker

from benchmarks.ways import STAGES, Bench, Engine, fine, rows, submission, warmed
from graders.model import Action, Limits, Probe
from sandbox.container import Container
from sandbox.docker import USUAL, DockerSandbox
from sandbox.environment import COMMON
from sandbox.image import base, build

CORES = len(os.sched_getaffinity(0))
GRADINGS = 8
HOG = "import os\ndef evaluate(data):\n    for _ in range(4): os.fork()\n    while True: pass\n"
Way = Callable[[Bench], float]


def measure(bench: Bench, ways: Sequence[Way], rounds: int) -> dict[str, float]:
    """The median of each way, by its name; the rounds are interleaved."""
    taken: dict[str, list[float]] = {way.__name__: [] for way in ways}
    bench.bare()  # once unmeasured, so that byte code is on the disk
    for _ in range(rounds):
        for way in ways:
            taken[way.__name__].append(way(bench))
    return {name: statistics.median(seconds) for name, seconds in taken.items()}


def show(title: str, medians: dict[str, float]) -> None:
    say(f"{title}\n  {'way':8}{'seconds':>9}{'x bare':>9}{'x naive':>9}{'x floor':>9}")
    for way, seconds in medians.items():
        ratios = "".join(f"{seconds / medians[base]:9.2f}" for base in ("bare", "naive", "floor"))
        say(f"  {way:8}{seconds:9.3f}{ratios}")


def show_overhead(title: str, medians: dict[str, float]) -> None:
    overhead = (medians["stages"] - medians["floor"]) / len(STAGES) * 1000
    say(f"warm stage beyond a bare fork, {title}: {overhead:.0f} ms")


def show_throughput(ways: Mapping[str, Callable[[], float]]) -> None:
    say(f"gradings a minute, logistic regression, {CORES} at once")
    rates = {name: rate(grading) for name, grading in ways.items()}
    for name, found in rates.items():
        say(f"  {name:8}{found:9.1f}{found / rates['naive']:9.2f} x naive")


def rate(grading: Callable[[], float]) -> float:
    with ThreadPoolExecutor(CORES) as pool:
        started = time.perf_counter()
        list(pool.map(lambda _: grading(), range(GRADINGS)))
        return GRADINGS / (time.perf_counter() - started) * 60


def throughput(bench: Bench) -> None:
    with DockerSandbox() as cold, warmed() as pool:
        show_throughput(
            {"naive": bench.naive, "cold": lambda: bench.through(cold), "pool": lambda: bench.through(pool)}
        )


def show_idle(engine: Engine) -> None:
    """Memory of its own (the libraries' files are shared by all) and CPU seconds to warm it up."""
    container = Container(engine.client, engine.image, USUAL, None, core=0)
    try:
        found: Any = container._docker.stats(stream=False)
    finally:
        container.remove()
    details = found["memory_stats"]["stats"]
    own = details["rss"] if "rss" in details else details["anon"]
    cpu = found["cpu_stats"]["cpu_usage"]["total_usage"] / 1e9
    say(f"an idle warmed container: {own / 2**20:.0f} MB of its own, {cpu:.2f} CPU seconds to warm up")


def show_neighbour(bench: Bench) -> None:
    with DockerSandbox() as sandbox:
        probe = bench.probe("train")
        (alone,) = sandbox.start(bench.submission, [probe]).result()
        begun = threading.Event()
        limits = Limits(cpu_seconds=20, seconds=60)
        hogging = Probe("hog", Action.EVALUATE, rows(10), limits=limits)
        hog = sandbox.start(submission(HOG), [hogging], lambda *_: begun.set())
        begun.wait()
        (beside,) = sandbox.start(bench.submission, [probe]).result()
        fine(alone, beside)
        still = "" if not hog.done() else " (the hog ended before)"
        hog.result()
    wall, cpu = beside.seconds / alone.seconds, beside.cpu_seconds / alone.cpu_seconds
    say(f"train beside a hog over alone ({alone.seconds:.2f} s): {wall:.2f} in wall clock, {cpu:.2f} in CPU{still}")


def say(text: str) -> None:
    print(text, flush=True)


def time_image(client: docker.DockerClient) -> str:
    """Build the base twice under names of its own; times, size, and whether the bytes are the same."""
    layers, seconds, size = [], [], 0
    for tag in "ab":
        started = time.perf_counter()
        base.build(client, "assay-benchmark", tag, lambda _: None)
        seconds.append(time.perf_counter() - started)
        found = client.images.get(f"assay-benchmark:{tag}")
        layers.append(found.attrs["RootFS"]["Layers"])
        size = found.attrs["Size"]
        client.images.remove(f"assay-benchmark:{tag}")
    same = "the same bytes" if layers[0] == layers[1] else "DIFFERENT bytes"
    return f"image: built twice in {seconds[0]:.0f} s and {seconds[1]:.0f} s, {size / 2**20:.0f} MB, {same}"


def bench_all(engine: Engine, rounds: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        work.chmod(0o755)
        ways = [Bench.bare, Bench.floor, Bench.naive, Bench.cold, Bench.next, Bench.warm]
        ways += [Bench.gvisor] if engine.gvisor else []
        for model in ("logistic regression", "gradient boosting"):
            show(model, measure(Bench(model, engine, work), ways, rounds))
        for count in (10, 20_000):
            bench = Bench("nothing at all", engine, work, count)
            show_overhead(f"{count} rows", measure(bench, [Bench.floor, Bench.stages], rounds))
        throughput(Bench("logistic regression", engine, work))
        show_idle(engine)
        show_neighbour(Bench("long gradient boosting", engine, work))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--image", action="store_true", help="also build the image, twice")
    parser.add_argument("--runtime", default="runsc", help="the engine's name of the gVisor runtime")
    options = parser.parse_args()
    client = docker.from_env(timeout=600)
    os.environ.update(COMMON)
    gvisor = options.runtime if options.runtime in client.info()["Runtimes"] else None
    bench_all(Engine(client, build.ensure(), gvisor), options.rounds)
    if options.image:
        say(time_image(client))
    client.close()


if __name__ == "__main__":
    main()
