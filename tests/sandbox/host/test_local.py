"""Forks of a process that has loaded the libraries, and what happens where one of them is gone."""

from __future__ import annotations

import os
import signal

from graders.model.probe import Action, Exit
from sandbox.host.local import LocalSandbox
from sandbox.testing.conformance import probe, run_one, submission

#: Who forked the probe: its parent waits for it, and is a fork of the server.
SERVED = """
import os, pathlib
def evaluate(data):
    parent = pathlib.Path(f"/proc/{os.getppid()}/stat").read_text()
    return {"roc_auc": 0.5, "parent": os.getppid(), "server": int(parent.rpartition(")")[2].split()[1])}
"""
UNWAITED = """
import os, time
def evaluate(data):
    os.kill(os.getppid(), 9)
    time.sleep(60)
"""


def test_without_its_server_a_probe_has_an_interpreter_of_its_own() -> None:
    """As where the system cannot fork safely; a library may have ended the server."""
    with LocalSandbox() as box:
        first, second = (run_one(box, probe(Action.EVALUATE), submission(SERVED)).claims["server"] for _ in range(2))
        assert first == second
        os.kill(int(first), signal.SIGKILL)
        alone = run_one(box, probe(Action.EVALUATE), submission(SERVED))
    assert alone.claims["parent"] == os.getpid()


def test_a_probe_that_ends_who_waits_for_it_is_ended_too(local_sandbox: LocalSandbox) -> None:
    run = run_one(local_sandbox, probe(Action.EVALUATE), submission(UNWAITED))
    assert run.exit is not Exit.OK
    assert run.seconds < 60
