"""Nobody gets more processor time than allowed, however many processes and threads share the work."""

from __future__ import annotations

import pytest

from graders.model.probe import Action, Exit
from sandbox.host.docker import DockerSandbox
from sandbox.testing.conformance import probe, run_one, submission
from sandbox.testing.specimens import BRIEF


@pytest.mark.parametrize(
    ("body", "fact"),
    [
        ("for _ in range(4): os.fork()\n    spin()", "many at once"),
        ("while True:\n        if os.fork() == 0: spin(0.2)\n        os.wait()", "one after another, each brief"),
        ("while True:\n        if os.fork() == 0: os.fork() or spin(0.2)\n        os.wait()", "orphans"),
        ("os.fork() or (os.setsid(), os.fork() or spin())\n    time.sleep(1000)", "a daemon in a session of its own"),
        ("[threading.Thread(target=spin).start() for _ in range(8)]\n    spin()", "threads"),
        ("subprocess.run([sys.executable, '-c', 'while True: pass'])", "another program"),
    ],
)
def test_time_is_that_of_the_whole_tree(body: str, fact: str, docker_sandbox: DockerSandbox) -> None:
    """However the work is spread, the CPU seconds of all processes together end it."""
    spin = (
        "def spin(seconds=1e9):\n    end = time.process_time() + seconds\n    while time.process_time() < end: pass\n"
    )
    source = f"import os, subprocess, sys, threading, time\n{spin}    os._exit(0)\ndef evaluate(data):\n    {body}\n"
    run = run_one(docker_sandbox, probe(Action.EVALUATE, BRIEF), submission(source))
    assert run.failure, fact
    assert (run.exit, run.failure.kind) == (Exit.TIMED_OUT, "CPU_LIMIT"), (fact, run)
    assert BRIEF.cpu_seconds <= run.cpu_seconds < 10 * BRIEF.cpu_seconds, fact
