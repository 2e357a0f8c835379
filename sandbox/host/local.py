"""Probes as plain processes on this machine: no isolation at all.

For candidates, who run their own code, and for tests.  It needs neither Docker nor pyarrow.  The answers go
through the same checks as those from a container.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from graders.model.probe import Action, Probe, Run, SandboxError, SandboxInfo, Watch, unwatched
from graders.model.submission import Submission
from sandbox.harness.local_child import ANSWER, DATA, MODEL, PLANTED, REQUEST, SUBMISSION
from sandbox.host import environment
from sandbox.protocol import exchange, tree
from sandbox.static_tools import analysis

HARNESS = Path(__file__).parent.parent  # the package that holds it and the protocol, as in a container
BOOT = (
    "import importlib.util as u, sys; "
    "s = u.spec_from_file_location('assay_harness', sys.argv[1] + '/__init__.py'); m = u.module_from_spec(s); "
    "sys.modules['assay_harness'] = m; s.loader.exec_module(m); "
    "from assay_harness.harness.local_child import main; main(sys.argv[2])"
)


class LocalSandbox:
    """A graders.model.Sandbox of child processes, `slots` at a time."""

    def __init__(self, slots: int = 1) -> None:
        self._workers = ThreadPoolExecutor(slots, thread_name_prefix="local-sandbox")

    @property
    def info(self) -> SandboxInfo:
        version = ".".join(str(part) for part in sys.version_info[:3])
        return SandboxInfo(image="none", runtime=f"Python {version} on this machine, not isolated")

    def start(
        self, submission: Submission, probes: Sequence[Probe], watch: Watch = unwatched
    ) -> Future[tuple[Run, ...]]:
        """See graders.model.Sandbox."""
        exchange.check(probes)
        return self._workers.submit(run_all, submission, tuple(probes), watch)

    def expect(self, submission: Submission, probe: Probe) -> None:
        """Nothing is begun ahead."""

    def release(self, submission: Submission) -> None:
        """Nothing is kept."""

    def finish(self, submission: Submission) -> None:
        """Nothing is kept from one session to the next."""

    def close(self) -> None:
        self._workers.shutdown(wait=True, cancel_futures=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def run_all(submission: Submission, probes: tuple[Probe, ...], watch: Watch) -> tuple[Run, ...]:
    try:
        return exchange.session(probes, lambda probe: run(submission, probe), watch)
    except OSError as error:
        raise SandboxError(f"the process could not be run: {error!r}") from error


def run(submission: Submission, probe: Probe) -> Run:
    if probe.action in analysis.ANALYSES:
        return analysis.run(submission, probe)
    with tempfile.TemporaryDirectory(prefix="assay-", ignore_cleanup_errors=True) as folder:
        work = Path(folder)
        lay_out(work, submission, probe)
        facts, log = watch_over(work, probe)
        answer, facts["answer"] = read_answer(work / ANSWER, int(exchange.request(probe)["answer_limit"]))
        model, facts["model"] = read_model(work / MODEL, probe)
        return exchange.run(submission, probe, facts, [answer, model, log])


def lay_out(work: Path, submission: Submission, probe: Probe) -> None:
    """Everything the child process reads; the rows as a pickle, since this way it comes from us."""
    tree.write(str(work / SUBMISSION), submission.runnable)
    tree.write(str(work / MODEL), tree.unpack(probe.model) if probe.model else {})
    (work / PLANTED).write_bytes(tree.pack(probe.planted))
    (work / REQUEST).write_text(json.dumps(exchange.request(probe)))
    if probe.data is not None:
        probe.data.to_pickle(work / DATA)


def watch_over(work: Path, probe: Probe) -> tuple[dict[str, Any], bytes]:
    """Run the child process to its end or its wall-clock limit; what was measured, and the bounded log."""
    command = [sys.executable, "-s", "-P", "-c", BOOT, str(HARNESS), str(work)]
    pipes: dict[str, Any] = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    started, limit, log = time.monotonic(), None, bytearray()
    own = environment.variables(probe.hash_seed, probe.other_rounding)
    variables = {**os.environ, **environment.COMMON, **own}
    with subprocess.Popen(command, env=variables, cwd=work / SUBMISSION, start_new_session=True, **pipes) as process:
        assert process.stdout
        pump = threading.Thread(target=keep_first, args=(process.stdout, log, probe.limits.log_kb * 1024), daemon=True)
        pump.start()
        try:
            process.wait(probe.limits.seconds)
        except subprocess.TimeoutExpired:
            limit = "wall"
        end(process)
        pump.join(5)
    usage = read_usage(work)
    seconds = time.monotonic() - started
    return {"status": process.returncode, "limit": limit, "oom": False, "seconds": seconds, **usage}, bytes(log)


def keep_first(source: IO[bytes], log: bytearray, limit: int) -> None:
    """Read a stream to its end and keep its first `limit` bytes."""
    while chunk := source.read1(65536):  # type: ignore[attr-defined]  # a BufferedReader, which IO does not say
        log += chunk[: limit - len(log)]


def end(process: subprocess.Popen[bytes]) -> None:
    """Kill the process and, where the system knows process groups, what it started."""
    if hasattr(os, "killpg"):
        with contextlib.suppress(ProcessLookupError):  # nothing was left
            os.killpg(process.pid, 9)
    process.kill()
    process.wait()


def read_usage(work: Path) -> dict[str, float]:
    """What the child says it used; nothing rests on it here, where the code is the user's own."""
    try:
        found = json.loads((work / "usage").read_bytes()[:1000])
        return {"cpu_seconds": float(found["cpu_seconds"]), "max_rss_mb": float(found["max_rss_mb"])}
    except (OSError, ValueError, KeyError, TypeError):
        return {"cpu_seconds": 0.0, "max_rss_mb": 0.0}


def read_answer(path: Path, limit: int) -> tuple[bytes, str]:
    try:
        content = tree.read_regular(str(path), limit)
    except tree.TooLarge:
        return b"", "too large"
    except tree.Unsafe:
        return b"", "none"
    return content, "given" if content else "none"


def read_model(folder: Path, probe: Probe) -> tuple[bytes, str]:
    if probe.action is not Action.TRAIN:
        return b"", "none"
    try:
        return tree.pack(tree.collect(str(folder), probe.limits.model_mb * 2**20)), "given"
    except tree.TooLarge:
        return b"", "too large"
    except tree.Unsafe:
        return b"", "unsafe"
