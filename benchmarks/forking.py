"""Probes as forks of one process that has loaded the libraries, as in a container but without isolation.

For our own pipelines only: on a busy machine a container's start and the loading cost more than a small pipeline does.
"""

from __future__ import annotations

import gc
import importlib.util
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from graders.model.probe import Probe, Run, SandboxError, SandboxInfo, Watch, unwatched
from graders.model.submission import Submission
from sandbox.harness.local_child import ANSWER, MODEL, SUBMISSION
from sandbox.host import environment, preload
from sandbox.host.local import BOOT, HARNESS, lay_out, read_answer, read_model, read_usage, run
from sandbox.protocol import exchange

LOG = "log"


class ForkingSandbox:
    """A graders.model.Sandbox; one probe at a time."""

    def __init__(self) -> None:
        self._worker = ThreadPoolExecutor(1)
        self._parent = subprocess.Popen(
            [sys.executable, "-s", "-m", "benchmarks.forking"],
            env={**os.environ, **environment.COMMON},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )

    @property
    def info(self) -> SandboxInfo:
        return SandboxInfo(image="none", runtime="forks on this machine, not isolated")

    def start(
        self,
        submission: Submission,
        probes: Sequence[Probe],
        watch: Watch = unwatched,
    ) -> Future[tuple[Run, ...]]:
        """See graders.model.Sandbox."""
        exchange.check(probes)
        return self._worker.submit(exchange.session, probes, lambda probe: self._run(submission, probe), watch)

    def expect(self, submission: Submission, probe: Probe) -> None:
        """Nothing is begun ahead."""

    def release(self, submission: Submission) -> None:
        """Nothing is kept."""

    def finish(self, submission: Submission) -> None:
        """Nothing is kept from one session to the next."""

    def _run(self, submission: Submission, probe: Probe) -> Run:
        if probe.other_rounding:  # a library picks its kernels as it is loaded
            return run(submission, probe)
        with tempfile.TemporaryDirectory(prefix="assay-", ignore_cleanup_errors=True) as folder:
            work = Path(folder)
            lay_out(work, submission, probe)
            facts = {**self._forked(work, probe.limits.seconds), **read_usage(work), "oom": False}
            log = (work / LOG).read_bytes()[: probe.limits.log_kb * 1024]
            answer, facts["answer"] = read_answer(work / ANSWER, int(exchange.request(probe)["answer_limit"]))
            model, facts["model"] = read_model(work / MODEL, probe)
            return exchange.run(submission, probe, facts, [answer, model, log])

    def _forked(self, work: Path, seconds: float) -> dict[str, Any]:
        assert self._parent.stdin
        assert self._parent.stdout
        self._parent.stdin.write(json.dumps([str(work), seconds]).encode() + b"\n")
        self._parent.stdin.flush()
        line = self._parent.stdout.readline()
        if not line:
            raise SandboxError("the process that forks has ended")
        found: dict[str, Any] = json.loads(line)
        return found

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._worker.shutdown(wait=True, cancel_futures=True)
        self._parent.kill()
        self._parent.wait()


def main() -> None:
    """Load the libraries and use them once, then fork for each work folder named on standard input."""
    gc.disable()
    for name in (*preload.GENERAL, *preload.RARE):
        with suppress(ImportError):  # the image has all of them, this machine need not
            importlib.import_module(name)
    harness = importlib.util.spec_from_file_location("assay_harness", HARNESS / "__init__.py")
    assert harness
    sys.modules["assay_harness"] = importlib.util.module_from_spec(harness)
    for name in ("assay_harness.harness.local_child", *preload.TRACING):
        importlib.import_module(name)
    importlib.import_module("assay_harness.harness.rehearsal").rehearse(sys.modules.keys())
    gc.enable()
    gc.collect()
    gc.freeze()  # as PID 1 of a container does: a fork that looked through all that is loaded would copy it
    for line in sys.stdin:
        work, seconds = json.loads(line)
        started = time.monotonic()
        pid = os.fork()
        if pid == 0:
            perform(work)
        status, limit = watched(pid, started + seconds)
        print(json.dumps({"status": status, "limit": limit, "seconds": time.monotonic() - started}), flush=True)


def perform(work: str) -> None:
    """In the child: what sandbox/host/local.py does in a process of its own."""
    os.setsid()
    log = os.open(os.path.join(work, LOG), os.O_WRONLY | os.O_CREAT, 0o600)
    for descriptor in (1, 2):
        os.dup2(log, descriptor)
    os.chdir(os.path.join(work, SUBMISSION))
    sys.argv = ["boot", str(HARNESS), work]
    code = 1
    try:
        exec(BOOT, {"__name__": "__main__"})  # noqa: S102  (our own text, which ends the process)
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 1
    finally:
        os._exit(code)


def watched(pid: int, deadline: float) -> tuple[int, str | None]:
    """The exit status of a child, as subprocess gives it, and whether it met the wall-clock limit."""
    limit = None
    while True:
        done, status = os.waitpid(pid, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status), limit
        if time.monotonic() > deadline:
            limit = "wall"
            os.killpg(pid, signal.SIGKILL)
        time.sleep(0.02)


if __name__ == "__main__":
    main()
