"""Submissions at once: each on a core of its own, none slowed by its neighbour, none with more time than allowed."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import dataclass

import pytest

from graders.model.challenge import Limits
from graders.model.probe import Action, Exit, Run
from sandbox.host.docker import DockerSandbox
from sandbox.testing.conformance import probe, run_one, submission

CORES = len(os.sched_getaffinity(0))
ROOMY = Limits(cpu_seconds=60, seconds=120)
BRIEF = Limits(cpu_seconds=2, seconds=60)
ALLOWED = 1.3
ATTEMPTS = 3

pytestmark = pytest.mark.alone
several_cores = pytest.mark.skipif(CORES < 2, reason="neighbours need two cores")


@pytest.fixture(scope="module")
def full() -> Iterator[DockerSandbox]:
    """A slot for each core."""
    with DockerSandbox() as sandbox:
        yield sandbox


WHERE = """
import os, time
def evaluate(data):
    started = time.time()
    while time.time() < started + 5:
        time.sleep(0.1)
    cores = sorted(os.sched_getaffinity(0))
    return {"roc_auc": 0.5, "cores": len(cores), "core": cores[0], "started": started, "ended": time.time()}
"""


@several_cores
def test_as_many_run_at_once_as_there_are_cores(full: DockerSandbox) -> None:
    """All their times overlap, and each sees one core that no other has."""
    sessions = [full.start(submission(WHERE), [probe(Action.EVALUATE, ROOMY)]) for _ in range(CORES)]
    claims = [session.result(120)[0].claims for session in sessions]
    assert [claim["cores"] for claim in claims] == [1] * CORES
    assert len({claim["core"] for claim in claims}) == CORES
    assert max(claim["started"] for claim in claims) < min(claim["ended"] for claim in claims)


HONEST = """
import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier
def evaluate(data):
    random = np.random.default_rng(1)
    X = random.normal(size=(20_000, 20))
    y = X[:, 0] + X[:, 1] * X[:, 2] + random.normal(size=len(X)) > 0
    HistGradientBoostingClassifier(max_iter=60, early_stopping=False).fit(X, y)
    return {"roc_auc": 0.5}
"""
HOG = """
import os, threading
def evaluate(data):
    for _ in range(3):
        os.fork()
    for _ in range(3):
        threading.Thread(target=spin).start()
    spin()
def spin():
    while True:
        pass
"""


@dataclass(frozen=True)
class Slowdown:
    """The same work beside a hog, over alone: in seconds of wall clock and of CPU."""

    wall: float
    cpu: float

    @property
    def fine(self) -> bool:
        return max(self.wall, self.cpu) <= ALLOWED


def slowdown(sandbox: DockerSandbox) -> Slowdown:
    alone = run_one(sandbox, probe(Action.EVALUATE, ROOMY), submission(HONEST))
    hog = begin_hogging(sandbox)
    beside = run_one(sandbox, probe(Action.EVALUATE, ROOMY), submission(HONEST))
    assert alone.ok, alone.failure
    assert beside.ok, beside.failure
    assert not hog.done(), "the hog was gone before the work was done"
    assert hog.result(120)[0].exit is Exit.TIMED_OUT
    return Slowdown(beside.seconds / alone.seconds, beside.cpu_seconds / alone.cpu_seconds)


def begin_hogging(sandbox: DockerSandbox) -> Future[tuple[Run, ...]]:
    hogging = threading.Event()
    limits = Limits(cpu_seconds=15, seconds=60)
    hog = sandbox.start(submission(HOG), [probe(Action.EVALUATE, limits)], lambda *_: hogging.set())
    assert hogging.wait(60)
    return hog


@several_cores
def test_a_hog_does_not_slow_its_neighbour(full: DockerSandbox) -> None:
    """Gradient boosting beside 32 busy threads takes at most 1.3 times what it takes alone.

    Other load on this machine may spoil an attempt, so one good attempt of three is enough: a neighbour that could
    take time away would take it every time.
    """
    found = []
    for _ in range(ATTEMPTS):
        found.append(slowdown(full))
        if found[-1].fine:
            return
    raise AssertionError(f"slowed down each time: {found}")


@pytest.mark.parametrize(
    ("body", "fact"),
    [
        ("for _ in range(4): os.fork()\n    spin()", "many at once"),
        ("while True:\n        if os.fork() == 0: spin(0.4)\n        os.wait()", "one after another, each brief"),
        ("while True:\n        if os.fork() == 0: os.fork() or spin(0.4)\n        os.wait()", "orphans"),
        ("os.fork() or (os.setsid(), os.fork() or spin())\n    time.sleep(1000)", "a daemon in a session of its own"),
        ("[threading.Thread(target=spin).start() for _ in range(8)]\n    spin()", "threads"),
        ("subprocess.run([sys.executable, '-c', 'while True: pass'])", "another program"),
    ],
)
def test_time_is_that_of_the_whole_tree(body: str, fact: str, full: DockerSandbox) -> None:
    """However the work is spread, the CPU seconds of all processes together end it."""
    spin = (
        "def spin(seconds=1e9):\n    end = time.process_time() + seconds\n    while time.process_time() < end: pass\n"
    )
    source = f"import os, subprocess, sys, threading, time\n{spin}    os._exit(0)\ndef evaluate(data):\n    {body}\n"
    run = run_one(full, probe(Action.EVALUATE, BRIEF), submission(source))
    assert run.failure, fact
    assert (run.exit, run.failure.kind) == (Exit.TIMED_OUT, "CPU_LIMIT"), (fact, run)
    assert BRIEF.cpu_seconds <= run.cpu_seconds < BRIEF.cpu_seconds + 1, fact


SPINS = """
import time
def evaluate(data):
    end = time.process_time() + 2
    while time.process_time() < end:
        pass
    return {"roc_auc": 0.5}
"""
SLEEPS = """
import time
def evaluate(data):
    time.sleep(100)
"""


def test_a_wait_for_the_core_is_not_held_against_anybody_and_a_sleep_is() -> None:
    """Three on one core need three times as long as their wall clock allows, and all of them end well; the sleeper
    beside them does not, however busy the core is."""
    limits = Limits(cpu_seconds=10, seconds=3)
    with DockerSandbox(slots=4 * CORES) as crowded:
        spinning = [crowded.start(submission(SPINS), [probe(Action.EVALUATE, limits)]) for _ in range(3 * CORES)]
        sleeping = [crowded.start(submission(SLEEPS), [probe(Action.EVALUATE, limits)]) for _ in range(CORES)]
        spun = [session.result(300)[0] for session in spinning]
        slept = [session.result(300)[0] for session in sleeping]
    for run in spun:
        assert run.ok, run.failure
        assert run.waited is not None
        assert run.seconds - run.waited < limits.seconds
    for run in slept:
        assert run.failure is not None
        assert run.failure.kind == "WALL_LIMIT"
        assert run.waited is not None
        assert run.waited < 1.5
