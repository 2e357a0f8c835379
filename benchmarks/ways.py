"""The ways to run train and predict of one small pipeline, for benchmarks.sandbox."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import docker
import numpy as np
import pandas as pd

from graders.model.challenge import Limits
from graders.model.probe import Action, Probe, Run
from graders.model.submission import Form, Submission
from sandbox.host.container import Container
from sandbox.host.docker import USUAL, DockerSandbox, ask
from sandbox.host.environment import COMMON

MODELS = {
    "logistic regression": "from sklearn.linear_model import LogisticRegression as M\nOPTIONS = {'max_iter': 300}",
    "gradient boosting": "from sklearn.ensemble import HistGradientBoostingClassifier as M\nOPTIONS = {'max_iter': 60}",
    "long gradient boosting": (
        "from sklearn.ensemble import HistGradientBoostingClassifier as M\n"
        "OPTIONS = {'max_iter': 200, 'early_stopping': False}"
    ),
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
work, stage, model_dir = Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3])
sys.path.insert(0, str(work))
import pipeline
data = pd.read_pickle(work / f"{stage}.pkl")
getattr(pipeline, stage)(data, model_dir)
"""


def rows(count: int = 20_000, columns: int = 20) -> pd.DataFrame:
    random = np.random.default_rng(1)
    data = pd.DataFrame(random.normal(size=(count, columns)), columns=[f"x{i}" for i in range(columns)])
    data["churned"] = (data["x0"] + data["x1"] * data["x2"] + random.normal(size=count) > 0).astype(int)
    return data


@dataclass(frozen=True)
class Engine:
    client: docker.DockerClient
    image: str
    gvisor: str | None  # the name of its runtime, where there is one


@contextmanager
def warmed(runtime: str | None = None, count: int = 1, reuse: bool = True) -> Iterator[DockerSandbox]:
    with DockerSandbox(runtime=runtime, warm=count, reuse=reuse) as sandbox:
        while sandbox._pool.ready < count:
            time.sleep(0.05)
        yield sandbox


def submission(source: str) -> Submission:
    files = {"pipeline.py": source.encode()}
    return Submission("benchmark", "0" * 64, Form.SCRIPT, "pipeline.py", files, files)


def fine(*runs: Run) -> None:
    for run in runs:
        if not run.ok:
            raise SystemExit(f"{run.name}: {run.exit} {run.failure}")


class Bench:
    """One pipeline, and the ways to run it; each gives seconds of wall clock."""

    def __init__(self, model: str, engine: Engine, work: Path, count: int = 20_000) -> None:
        self.source = PIPELINE.format(model=MODELS[model])
        self.submission = submission(self.source)
        labelled = rows(count)
        self.data = {"train": labelled, "predict": labelled.drop(columns="churned")}
        self.engine, self.work = engine, work
        (work / "pipeline.py").write_text(self.source)
        (work / "script.py").write_text(SCRIPT)
        for stage, data in self.data.items():
            data.to_pickle(work / f"{stage}.pkl")

    def probe(self, stage: str, model: bytes | None = None) -> Probe:
        return Probe(stage, Action(stage), self.data[stage], model, limits=Limits())

    def bare(self) -> float:
        started = time.perf_counter()
        for stage in STAGES:
            command = [sys.executable, str(self.work / "script.py"), str(self.work), stage, str(self.work)]
            subprocess.run(command, check=True, env={**os.environ, **COMMON, "PYTHONDONTWRITEBYTECODE": ""})
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
        with tempfile.TemporaryDirectory(dir=self.work) as folder:
            for stage in STAGES:
                command = ["/opt/py/bin/python", "/work/script.py", "/work", stage, f"/work/{Path(folder).name}"]
                volume = {str(self.work): {"bind": "/work", "mode": "rw"}}
                self.engine.client.containers.run(
                    self.engine.image,
                    command,
                    user="0",
                    volumes=volume,
                    environment=COMMON,
                    remove=True,
                    network_mode="none",
                )
        return time.perf_counter() - started

    def through(self, sandbox: DockerSandbox) -> float:
        started = time.perf_counter()
        (train,) = sandbox.start(self.submission, [self.probe("train")]).result()
        (predict,) = sandbox.start(self.submission, [self.probe("predict", train.model)]).result()
        fine(train, predict)
        return time.perf_counter() - started

    def cold(self) -> float:
        with DockerSandbox() as sandbox:
            return self.through(sandbox)

    def warm(self, runtime: str | None = None) -> float:
        with warmed(runtime, count=1) as sandbox:
            return self.through(sandbox)

    def apart(self) -> float:
        with warmed(count=len(STAGES), reuse=False) as sandbox:
            return self.through(sandbox)

    def gvisor(self) -> float:
        return self.warm(self.engine.gvisor)

    @contextmanager
    def container(self) -> Iterator[Container]:
        """One that is ready for a stage."""
        container = Container(self.engine.client, self.engine.image, USUAL, None, core=min(os.sched_getaffinity(0)))
        try:
            yield container
        finally:
            container.remove()

    def stages(self, container: Container) -> float:
        """The two stages alone: what is asked and answered."""
        started = time.perf_counter()
        train, _ = ask(container, self.submission, self.probe("train"))
        predict, _ = ask(container, self.submission, self.probe("predict", train.model))
        taken = time.perf_counter() - started
        fine(train, predict)
        return taken
