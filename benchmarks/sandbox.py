"""What the sandbox costs: `python -m benchmarks.sandbox [--rounds 5] [--image]`, on a machine with nothing else to do.

Train and predict of two small pipelines (20,000 rows of 20 columns), median of the rounds, interleaved:

  bare      two bare `python` processes on this machine, one after the other, importing what they need
  floor     forks of one process that has everything imported: what the computation itself takes
  naive     two fresh containers with the engine's defaults, each running a script
  cold      this sandbox, its two containers started when asked for
  warm      this sandbox, its two containers started before
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import docker
import numpy as np
import pandas as pd

from graders.model import Action, Form, Limits, Probe, Run, Submission
from sandbox.container import Container
from sandbox.docker import DockerSandbox, ask, shape_for
from sandbox.environment import COMMON
from sandbox.image import base, build

MODELS = {
    "logistic regression": "from sklearn.linear_model import LogisticRegression as M\nOPTIONS = {'max_iter': 300}",
    "gradient boosting": "from sklearn.ensemble import HistGradientBoostingClassifier as M\nOPTIONS = {'max_iter': 60}",
    "nothing at all": "import sklearn.dummy\nOPTIONS = {}\nM = sklearn.dummy.DummyClassifier",
}
PIPELINE = """
{model}
import pickle
def train(data, model_dir):
    model = M(**OPTIONS).fit(data.drop(columns="churned"), data["churned"])
    (model_dir / "model").write_bytes(pickle.dumps(model))
def predict(data, model_dir):
    return pickle.loads((model_dir / "model").read_bytes()).predict_proba(data)[:, 1]
"""
STAGES = ("train", "predict")
SCRIPT = """
import sys
from pathlib import Path
import pandas as pd
work = Path(sys.argv[1])
sys.path.insert(0, str(work))
import pipeline
data = pd.read_pickle(work / f"{sys.argv[2]}.pkl")
getattr(pipeline, sys.argv[2])(data, work)
"""


def rows(count: int = 20_000, columns: int = 20) -> pd.DataFrame:
    random = np.random.default_rng(1)
    data = pd.DataFrame(random.normal(size=(count, columns)), columns=[f"x{i}" for i in range(columns)])
    data["churned"] = (data["x0"] + data["x1"] * data["x2"] + random.normal(size=count) > 0).astype(int)
    return data


class Bench:
    """One pipeline, and the ways to run it."""

    def __init__(self, model: str, client: docker.DockerClient, sandbox: DockerSandbox, work: Path) -> None:
        self.source = PIPELINE.format(model=MODELS[model])
        files = {"pipeline.py": self.source.encode()}
        self.submission = Submission(model, "0" * 64, Form.SCRIPT, "pipeline.py", files, files)
        labelled = rows()
        self.data = {"train": labelled, "predict": labelled.drop(columns="churned")}
        self.client, self.sandbox, self.work = client, sandbox, work
        (work / "pipeline.py").write_text(self.source)
        (work / "script.py").write_text(SCRIPT)
        for stage, data in self.data.items():
            data.to_pickle(work / f"{stage}.pkl")

    def probe(self, stage: str, model: bytes | None = None) -> Probe:
        return Probe(stage, Action(stage), self.data[stage], model, limits=Limits())

    def bare(self) -> float:
        """Seconds of wall clock, as of every other way."""
        started = time.perf_counter()
        for stage in STAGES:
            command = [sys.executable, str(self.work / "script.py"), str(self.work), stage]
            subprocess.run(command, check=True, env={**os.environ, **COMMON})
        return time.perf_counter() - started

    def floor(self) -> float:
        namespace: dict[str, Callable[..., object]] = {}
        exec(compile(self.source, "pipeline.py", "exec"), namespace)  # noqa: S102  (our own text, above)
        started = time.perf_counter()
        for stage in STAGES:
            if (pid := os.fork()) == 0:
                namespace[stage](self.data[stage], self.work)
                os._exit(0)
            os.waitpid(pid, 0)
        return time.perf_counter() - started

    def naive(self) -> float:
        started = time.perf_counter()
        for stage in STAGES:
            command = ["/opt/py/bin/python", "/work/script.py", "/work", stage]
            volume = {str(self.work): {"bind": "/work", "mode": "rw"}}
            self.client.containers.run(
                self.sandbox.info.image, command, user="0", volumes=volume, environment=COMMON, remove=True
            )
        return time.perf_counter() - started

    def cold(self) -> float:
        started = time.perf_counter()
        (train,) = self.sandbox.start(self.submission, [self.probe("train")]).result()
        (predict,) = self.sandbox.start(self.submission, [self.probe("predict", train.model)]).result()
        fine(train, predict)
        return time.perf_counter() - started

    def warm(self) -> float:
        shape = shape_for(self.submission, [self.probe("train")])
        boxes = [Container(self.client, self.sandbox.info.image, shape, None, core=0) for _ in STAGES]
        try:
            started = time.perf_counter()
            train, _ = ask(boxes[0], self.submission, self.probe("train"))
            predict, _ = ask(boxes[1], self.submission, self.probe("predict", train.model))
            seconds = time.perf_counter() - started
        finally:
            for box in boxes:
                box.remove()
        fine(train, predict)
        return seconds


WAYS: dict[str, Callable[[Bench], float]] = {
    "bare": Bench.bare,
    "floor": Bench.floor,
    "naive": Bench.naive,
    "cold": Bench.cold,
    "warm": Bench.warm,
}


def fine(*runs: Run) -> None:
    for run in runs:
        if not run.ok:
            raise SystemExit(f"{run.name}: {run.exit} {run.failure}")


def measure(bench: Bench, rounds: int) -> dict[str, float]:
    taken: dict[str, list[float]] = {way: [] for way in WAYS}
    bench.bare()  # once unmeasured, so that byte code is on the disk
    for _ in range(rounds):
        for way, run in WAYS.items():
            taken[way].append(run(bench))
    return {way: statistics.median(seconds) for way, seconds in taken.items()}


def show(model: str, medians: dict[str, float]) -> str:
    lines = [f"{model}", f"  {'way':8}{'seconds':>9}{'x bare':>9}{'x floor':>9}"]
    for way, seconds in medians.items():
        lines.append(f"  {way:8}{seconds:9.3f}{seconds / medians['bare']:9.2f}{seconds / medians['floor']:9.2f}")
    overhead = (medians["warm"] - medians["floor"]) / len(STAGES) * 1000
    return "\n".join([*lines, f"  warm overhead over the computation: {overhead:.0f} ms a stage"])


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


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--image", action="store_true", help="also build the image, twice")
    options = parser.parse_args()
    build.ensure()
    client = docker.from_env(timeout=600)
    os.environ.update(COMMON)
    with DockerSandbox() as sandbox:
        for model in MODELS:
            with tempfile.TemporaryDirectory() as folder:
                Path(folder).chmod(0o755)
                print(show(model, measure(Bench(model, client, sandbox, Path(folder)), options.rounds)), flush=True)
    if options.image:
        print(time_image(client))
    client.close()


if __name__ == "__main__":
    main()
