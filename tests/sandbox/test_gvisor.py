"""The same suite under gVisor, a kernel of its own between the container and the machine's."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path

import docker
import docker.errors
import pytest
from _pytest.mark import ParameterSet

from graders.model.probe import Action, Exit, Probe, Run, Sandbox
from sandbox.host import owner
from sandbox.host.container import Container
from sandbox.host.docker import DockerSandbox
from sandbox.testing.conformance import CASES, FACTS, Case, check_case, probe, run_one, submission
from testing.waiting import SECONDS, until
from tests.attacks.lingering import LEAVINGS, Leaving, limits, with_secret
from tests.faults.engine import Engine
from tests.sandbox.host.test_docker import LARGE, LIBRARIES, REACH, SHAPE, TRACES

pytestmark = pytest.mark.skipif(not shutil.which("runsc"), reason="gVisor's runsc is not installed")

#: What runs with all other tests; the whole suite takes five minutes.
USUAL = ("a list of numbers is an answer", "an endless loop", "a model above its limit", "train_then_predict")

PATIENT = replace(LARGE, cpu_seconds=240, seconds=300)
MODEST = replace(LARGE, memory_mb=512)


@pytest.fixture(scope="module")
def gvisor(private_engine: Engine) -> Iterator[DockerSandbox]:
    """As a service with ASSAY_RUNTIME=runsc makes it, on an engine that knows the runtime."""
    private_engine.ensure()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DOCKER_HOST", private_engine.url)
        patch.setenv("ASSAY_RUNTIME", "runsc")
        with DockerSandbox(slots=2) as sandbox:
            yield sandbox


@pytest.fixture(scope="module")
def started(gvisor: DockerSandbox, request: pytest.FixtureRequest) -> dict[str, Future[tuple[Run, ...]]]:
    """All cases that were selected, at once."""
    selected = [item.callspec.params.get("case") for item in request.session.items if hasattr(item, "callspec")]
    chosen = [case for case in CASES if case in selected]
    return {case.fact: gvisor.start(submission(case.source), [patient(case)]) for case in chosen}


def marked(name: str, value: object) -> ParameterSet:
    return pytest.param(value, id=name, marks=[] if name in USUAL else pytest.mark.slow)


def patient(case: Case) -> Probe:
    """The case's probe; with more time, of which gVisor takes a multiple, where it is to end well before it is up."""
    limits = case.limits
    if case.exit is Exit.TIMED_OUT:
        return probe(case.action, limits)
    return probe(case.action, replace(limits, cpu_seconds=4 * limits.cpu_seconds, seconds=4 * limits.seconds))


def test_it_is_gvisor(gvisor: DockerSandbox) -> None:
    """The runtime is the one named in the environment, and the kernel inside says so itself."""
    source = "def evaluate(data):\n    print(open('/proc/version').read())\n    return {'roc_auc': 0.5}"
    run = run_one(gvisor, probe(Action.EVALUATE), submission(source))
    assert gvisor.info.runtime == "runsc"
    assert "Linux version 4.4.0" in run.log, run.log


@pytest.mark.parametrize("case", [marked(case.fact, case) for case in CASES])
def test_case(case: Case, started: dict[str, Future[tuple[Run, ...]]]) -> None:
    (run,) = started[case.fact].result(timeout=500)
    check_case(case, run)


@pytest.mark.parametrize("fact", [marked(fact.__name__, fact) for fact in FACTS])
def test_fact(fact: Callable[[Sandbox], None], gvisor: DockerSandbox) -> None:
    fact(gvisor)


def test_a_container_is_closed_on_every_side(gvisor: DockerSandbox) -> None:
    """What is closed without gVisor is closed with it."""
    run = run_one(gvisor, probe(Action.EVALUATE, LARGE), submission(REACH))
    assert run.ok, run.failure
    assert len(run.claims) > 20
    assert [name for name, got in run.claims.items() if got and name != "roc_auc"] == []


@pytest.mark.slow
def test_what_honest_pipelines_use_works(gvisor: DockerSandbox) -> None:
    """Gradient boosting of three makes, worker processes and parquet run."""
    train = run_one(gvisor, probe(Action.TRAIN, PATIENT), submission(LIBRARIES))
    assert train.ok, (train.failure, train.log)
    predict = run_one(gvisor, probe(Action.PREDICT, PATIENT, model=train.model), submission(LIBRARIES))
    assert predict.ok, (predict.failure, predict.log)


@pytest.mark.slow
@pytest.mark.parametrize("leaving", LEAVINGS, ids=str)
def test_predict_finds_nothing_of_what_train_left(leaving: Leaving, gvisor: DockerSandbox) -> None:
    """As without gVisor; no process, file or byte is left, whichever container predict has."""
    of, most = leaving.submission, limits(gvisor)
    (train,) = gvisor.start(of, [with_secret(most)]).result(500)
    assert train.ok, (train.failure, train.log[-2000:])
    (predict,) = gvisor.start(of, [probe(Action.PREDICT, most, model=train.model)]).result(500)
    assert predict.ok, (predict.failure, predict.log[-2000:])


@pytest.fixture
def waiting(gvisor: DockerSandbox, private_engine: Engine) -> Iterator[Container]:
    """A container that waits for its first probe, of a grader whose process is no more."""
    gone = {owner.MARK: "1", owner.OWNER: owner.label(2**22 + 1)}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sandbox.host.container.LABELS", gone)
        container = Container(private_engine.client, gvisor.info.image, SHAPE, "runsc", 0)
    yield container
    container.remove()


def test_a_container_ends_when_its_grader_is_gone(waiting: Container) -> None:
    """PID 1 sees the line close and exits."""
    waiting._attached.close()
    waiting._socket.close()
    assert waiting._docker.wait(timeout=SECONDS)["StatusCode"] == 0


def test_the_dead_are_swept(waiting: Container, private_engine: Engine) -> None:
    """What a dead grader has left running is removed by the next one, with every process of gVisor's."""
    name = str(waiting._docker.id)
    assert processes(name)
    assert owner.sweep(private_engine.client) == 1
    with pytest.raises(docker.errors.NotFound):
        waiting._docker.reload()
    until(lambda: not processes(name))


def processes(container: str) -> list[str]:
    """The command lines on this machine that name the container."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            found.append(path.read_bytes().decode(errors="replace"))
    return [line for line in found if container in line]


def test_probes_leave_no_traces(gvisor: DockerSandbox) -> None:
    """A probe finds no file and no state of the one before."""
    probes = [probe(Action.TRAIN, LARGE), probe(Action.EVALUATE, LARGE)]
    for run in gvisor.start(submission(TRACES), probes).result(300):
        assert run.ok, run.failure


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(
            "[os.fork() for _ in range(3)]\n    keep = np.ones(2**24)\n    time.sleep(60)", marks=pytest.mark.slow
        ),
        "keep = np.ones(2**27)\n    time.sleep(60)",
    ],
)
def test_memory_is_limited_without_control_groups(body: str, gvisor: DockerSandbox) -> None:
    """PID 1 counts what all processes hold, and ends a probe that holds too much long before its time is up."""
    source = f"import os, time\nimport numpy as np\ndef train(data, model_dir):\n    {body}\n"
    run = run_one(gvisor, probe(Action.TRAIN, MODEST), submission(source))
    assert run.exit is Exit.OUT_OF_MEMORY, run.failure
