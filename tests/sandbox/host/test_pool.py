"""Containers started ahead: handed out once, replaced when dead, gone when closed."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import docker
import pytest
from docker.models.containers import Container as DockerContainer

from graders.model.challenge import Limits
from graders.model.probe import Action, SandboxError
from sandbox.host import owner
from sandbox.host.container import FULL_WEIGHT, LOW_WEIGHT, Shape
from sandbox.host.docker import DockerSandbox
from sandbox.host.pool import Pool
from sandbox.testing.conformance import probe, run_one, submission
from testing.waiting import SECONDS, until

SHAPE = Shape(memory_mb=1024, model_mb=50, preload=("pandas",))
USUAL = Limits(cpu_seconds=30, seconds=60)


@dataclass(eq=False)
class Box:
    """A container as the pool sees one; `warm` lets it become ready, `broken` makes that fail."""

    warm: threading.Event = field(default_factory=threading.Event)
    broken: bool = False
    alive: bool = True
    core: int | None = None
    loaded: tuple[str, ...] = ()
    removed: int = 0

    def wait(self) -> None:
        self.warm.wait(SECONDS)
        if self.broken:
            raise SandboxError("broken")

    def pin(self, core: int) -> None:
        self.core = core

    def load(self, modules: tuple[str, ...], variables: Mapping[str, str]) -> None:  # noqa: ARG002
        self.loaded = modules

    def remove(self) -> None:
        self.removed += 1
        self.warm.set()


class Factory:
    """Makes boxes and remembers them; fails as often as told to first."""

    def __init__(self, failures: int = 0, warm: bool = True, **box: Any) -> None:
        self.made: list[Box] = []
        self.failures, self.warm, self.box = failures, warm, box

    def __call__(self, shape: Shape) -> Any:
        assert shape == SHAPE
        if self.failures:
            self.failures -= 1
            raise SandboxError("no engine")
        box = Box(**self.box)
        if self.warm:
            box.warm.set()
        self.made.append(box)
        return box


def filled(factory: Factory, size: int = 2, **more: Any) -> Pool:
    pool = Pool(factory, SHAPE, size, (0, 1), **more)
    until(lambda: pool.ready == size)
    return pool


def test_no_container_is_handed_out_twice() -> None:
    """Many takers at once get different containers, or none; what nobody took is removed at the end."""
    factory = Factory()
    pool = filled(factory, size=5)
    with ThreadPoolExecutor(16) as takers:
        taken = [box for box in takers.map(lambda i: pool.take(SHAPE, i % 2), range(300)) if box]
    pool.close()
    assert len(taken) >= 5
    assert len(set(map(id, taken))) == len(taken)
    assert [box.removed for box in factory.made] == [int(box not in taken) for box in factory.made]


def test_a_container_comes_on_the_core_asked_for() -> None:
    """The one that is there already is preferred; any other is moved."""
    pool = filled(Factory(), size=2)
    moved = [pool.take(SHAPE, 1), pool.take(SHAPE, 1)]
    pool.close()
    assert [box.core for box in moved if box] == [1, 1]


def test_what_the_submission_needs_more_is_loaded_when_taken() -> None:
    """The shape's own list of modules reaches the container."""
    pool = filled(Factory(), size=1)
    box = pool.take(Shape(1024, 50, ("lightgbm",)), 0)
    pool.close()
    assert isinstance(box, Box)
    assert box.loaded == ("lightgbm",)


@pytest.mark.parametrize("shape", [Shape(512, 50, ()), Shape(1024, 2, ())])
def test_another_shape_is_not_served(shape: Shape) -> None:
    """Memory and space are fixed at the start, so a container of other limits is never handed out."""
    pool = filled(Factory(), size=1)
    assert pool.take(shape, 0) is None
    pool.close()


def test_a_dead_container_is_passed_over() -> None:
    """Who takes gets the next that lives, and the dead are removed; with none alive there is none."""
    factory = Factory()
    pool = filled(factory, size=2, worthwhile=lambda: len(factory.made) < 2)
    factory.made[0].alive = False
    assert pool.take(SHAPE, 0) is factory.made[1]
    assert factory.made[0].removed == 1
    assert pool.take(SHAPE, 0) is None
    pool.close()


def test_one_that_still_warms_up_may_be_taken() -> None:
    """The taker waits for it, and the core is the taker's choice, not the pool's."""
    factory = Factory(warm=False)
    pool = Pool(factory, SHAPE, 1, (0,))
    until(lambda: factory.made)
    with ThreadPoolExecutor(1) as taker:
        taking = taker.submit(pool.take, SHAPE, 7)
        until(lambda: factory.made[0].core == 7)
        assert not taking.done()
        for box in factory.made:
            box.warm.set()
        assert taking.result(SECONDS) is factory.made[0]
    for box in factory.made:
        box.warm.set()
    pool.close()
    assert (factory.made[0].core, factory.made[0].removed) == (7, 0)


def test_one_that_never_warms_up_is_removed() -> None:
    """Its failure is not that of a taker, who gets none and starts a new one."""
    factory = Factory(broken=True)
    pool = Pool(factory, SHAPE, 1, (0,))
    until(lambda: factory.made and factory.made[0].removed)
    assert pool.take(SHAPE, 0) is None
    pool.close()


def test_the_pool_outlives_a_failing_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    """It tries again by and by."""
    monkeypatch.setattr("sandbox.host.pool.RETRY_SECONDS", 0.01)
    filled(Factory(failures=3), size=1).close()


def test_nothing_is_warmed_while_it_is_not_worthwhile() -> None:
    """It waits until it is told that something has changed."""
    factory, free = Factory(), threading.Event()
    pool = Pool(factory, SHAPE, 1, (0,), free.is_set)
    time.sleep(0.1)
    assert factory.made == []
    free.set()
    pool.wake()
    until(lambda: pool.ready)
    pool.close()


def test_closing_does_not_wait_for_the_warming() -> None:
    """The one that warms up is removed, which ends its waiting, and nothing is taken afterwards."""
    factory = Factory(warm=False)
    pool = Pool(factory, SHAPE, 1, (0,))
    until(lambda: factory.made)
    started = time.monotonic()
    pool.close()
    assert time.monotonic() - started < SECONDS / 2
    assert factory.made[0].removed == 1
    assert pool.take(SHAPE, 0) is None


# --- on the engine ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def engine() -> Iterator[docker.DockerClient]:
    client = docker.from_env()
    yield client
    client.close()


@pytest.fixture(scope="module")
def warmed() -> Iterator[DockerSandbox]:
    with DockerSandbox(slots=1, warm=1) as sandbox:
        yield sandbox


def idle(engine: docker.DockerClient, sandbox: DockerSandbox) -> DockerContainer:
    """The warmed container, once it is there; no other of this process may be."""
    until(lambda: sandbox._pool.ready == 1)
    (own,) = {one._docker.id for one in sandbox._pool._idle}
    return engine.containers.get(own)


def weight(container: DockerContainer) -> tuple[str, int]:
    container.reload()
    host = container.attrs["HostConfig"]
    return host["CpusetCpus"], host["CpuShares"]


SEEN = """
import sys
LOADED = float("lightgbm" in sys.modules)
def evaluate(data):
    import lightgbm
    return {"roc_auc": 0.5, "loaded": LOADED}
"""


def test_a_warmed_container_runs_one_session_and_is_gone(warmed: DockerSandbox, engine: docker.DockerClient) -> None:
    """The session runs in it with what its text names loaded; once no more is asked, another takes its place."""
    first = idle(engine, warmed)
    assert weight(first)[1] == FULL_WEIGHT > LOW_WEIGHT
    run = run_one(warmed, probe(Action.EVALUATE, USUAL), submission(SEEN))
    assert run.ok, run.failure
    assert run.claims["loaded"] == 1
    until(lambda: gone(first))  # for some seconds its submission could have asked for more
    assert idle(engine, warmed).id != first.id


def gone(container: DockerContainer) -> bool:
    try:
        container.reload()
    except docker.errors.NotFound:
        return True
    return False


def test_a_killed_warmed_container_is_replaced_silently(warmed: DockerSandbox, engine: docker.DockerClient) -> None:
    """The session does not notice, and the dead one is removed."""
    dead = idle(engine, warmed)
    dead.kill()
    assert run_one(warmed, probe(Action.EVALUATE, USUAL), submission()).ok
    with pytest.raises(docker.errors.NotFound):
        dead.reload()


def test_closing_removes_what_nobody_took(engine: docker.DockerClient) -> None:
    """Ready or still warming up, no container stays."""
    sandbox = DockerSandbox(slots=1, warm=2)
    until(lambda: sandbox._pool.ready == 1)
    names = [one._docker.id for one in sandbox._pool._idle]
    sandbox.close()
    label = f"{owner.OWNER}={owner.LABELS[owner.OWNER]}"
    left = engine.containers.list(all=True, filters={"label": label}, ignore_removed=True)
    assert not {one.id for one in left} & set(names)
