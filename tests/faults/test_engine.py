"""What the Docker engine does to us costs no candidate anything: the run is ours to repeat, nothing stays behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace

import pytest

from graders.model.probe import Action, Run, SandboxError
from sandbox.host.docker import DockerSandbox
from sandbox.testing.conformance import ROOMY, probe, run_one, submission
from testing.waiting import SECONDS, until
from tests.faults.disk import fill, small_disk
from tests.faults.engine import FOLDER, Engine

SLEEPS = "import time; time.sleep(500)"
BLOWS: dict[str, Callable[[Engine], None]] = {"killed": Engine.kill, "stopped": Engine.stop}


def in_the_middle(sandbox: DockerSandbox, engine: Engine, action: Action = Action.EVALUATE) -> Future[tuple[Run, ...]]:
    """A probe that runs at this moment."""
    begun: list[str] = []
    asked = probe(action, replace(ROOMY, seconds=500))
    future = sandbox.start(submission(SLEEPS), [asked], lambda name, _: begun.append(name))
    until(lambda: begun)
    time.sleep(0.3)
    assert engine.client.containers.list(ignore_removed=True)
    return future


def left(engine: Engine) -> int:
    return len(engine.client.containers.list(all=True, ignore_removed=True))


@pytest.mark.parametrize("warm", [0, 1])
@pytest.mark.parametrize("blow", BLOWS)
def test_an_engine_lost_in_mid_run_is_our_fault_and_forgotten_once_it_is_back(
    blow: str, warm: int, engine: Engine
) -> None:
    """The run raises SandboxError soon; the same sandbox grades again on the restarted engine, and leaves nothing."""
    with DockerSandbox(slots=1, warm=warm) as sandbox:
        future = in_the_middle(sandbox, engine)
        BLOWS[blow](engine)
        with pytest.raises(SandboxError):
            future.result(SECONDS)
        with pytest.raises(SandboxError):  # and so it goes while there is none
            run_one(sandbox, probe(Action.EVALUATE), submission())
        engine.start()
        assert run_one(sandbox, probe(Action.EVALUATE), submission()).ok
    assert left(engine) == 0


def test_closing_without_an_engine_raises_nothing_and_the_next_owner_sweeps(engine: Engine) -> None:
    """A grader that ends while the engine is away leaves its container to the next one."""
    sandbox = DockerSandbox(slots=1)
    future = in_the_middle(sandbox, engine)
    engine.kill()
    sandbox.close()
    with pytest.raises(SandboxError):
        future.result(SECONDS)
    engine.start()
    with DockerSandbox(slots=1):
        assert left(engine) == 0


def test_an_image_that_vanished_is_built_again(engine: Engine) -> None:
    """The first run after someone pruned the images is our fault, the second finds a new image."""
    with DockerSandbox(slots=1) as sandbox:
        engine.client.images.remove(sandbox.info.image, force=True)
        with pytest.raises(SandboxError):
            run_one(sandbox, probe(Action.EVALUATE), submission())
        assert run_one(sandbox, probe(Action.EVALUATE), submission()).ok
    assert left(engine) == 0


def test_a_full_disk_under_the_engine_is_our_fault(engine: Engine) -> None:
    """Without space for a container's files the run is repeated later, when it works again."""
    with DockerSandbox(slots=1) as sandbox:
        with small_disk(FOLDER / "data" / "containers"):
            fill(FOLDER / "data" / "containers")
            with pytest.raises(SandboxError, match="no space left"):
                run_one(sandbox, probe(Action.EVALUATE), submission())
        engine.ensure()
        assert run_one(sandbox, probe(Action.EVALUATE), submission()).ok
    assert left(engine) == 0


GRADER = """
import sys
from graders.model.probe import Action
from sandbox.testing.conformance import probe, submission
from sandbox.host.docker import DockerSandbox
sandbox = DockerSandbox(slots=1)
action = Action(sys.argv[1])
tests = {"test_slow": "import time\\ndef test_it(): time.sleep(500)"}
of = submission("import time; time.sleep(500)", **tests)
sandbox.start(of, [probe(action)], lambda name, event: print(event, flush=True)).result()
"""


@pytest.mark.parametrize("action", [Action.TRAIN, Action.EVALUATE, Action.PREDICT, Action.TESTS])
def test_a_grader_killed_in_any_phase_leaves_no_container(action: Action, engine: Engine) -> None:
    """kill -9 in the middle of a phase: the container ends by itself, and the next grader removes it."""
    command = [sys.executable, "-c", GRADER, str(action)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=os.environ | {"PYTHONPATH": "."}) as grader:
        assert grader.stdout
        assert grader.stdout.readline() == b"started\n"
        grader.send_signal(signal.SIGKILL)
    (container,) = engine.client.containers.list(all=True, ignore_removed=True)
    assert container.wait(timeout=SECONDS)["StatusCode"] == 0
    with DockerSandbox(slots=1):
        assert left(engine) == 0
