"""Probes as plain processes on this machine: no isolation at all.

Where the system forks safely they are forks of one that has loaded the libraries, as in a container.  For candidates,
who run their own code, and for tests.  It needs neither Docker nor pyarrow.  The answers go through the same checks as
those from a container.
"""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Protocol, Self

from graders.model.probe import Action, Probe, Run, SandboxError, SandboxInfo, Watch, unwatched
from graders.model.submission import Submission
from sandbox.harness.local_child import ANSWER, DATA, MODEL, PLANTED, REQUEST, SUBMISSION
from sandbox.harness.local_server import NUMBER
from sandbox.host import environment, preload
from sandbox.protocol import exchange, tree
from sandbox.static_tools import analysis

HARNESS = Path(__file__).parent.parent  # the package that holds it and the protocol, as in a container
BOOT = (
    "import importlib.util as u, sys; "
    "s = u.spec_from_file_location('assay_harness', sys.argv[1] + '/__init__.py'); m = u.module_from_spec(s); "
    "sys.modules['assay_harness'] = m; s.loader.exec_module(m); "
)
ALONE = BOOT + "from assay_harness.harness.local_child import main; main(sys.argv[2])"
SERVER = BOOT + "from assay_harness.harness.local_server import serve; serve(int(sys.argv[2]))"
#: Elsewhere libraries of the system have threads, which are lost in a fork.
FORKS = sys.platform == "linux"
#: An interpreter has one order of sets from its start, and a grading asks for two.
MOST_SERVERS = 2


class LocalSandbox:
    """A graders.model.Sandbox of child processes, `slots` at a time."""

    def __init__(self, slots: int = 1) -> None:
        self._workers = ThreadPoolExecutor(slots, thread_name_prefix="local-sandbox")
        self._servers = Servers()

    @property
    def info(self) -> SandboxInfo:
        version = ".".join(str(part) for part in sys.version_info[:3])
        return SandboxInfo(image="none", runtime=f"Python {version} on this machine, not isolated")

    def start(
        self, submission: Submission, probes: Sequence[Probe], watch: Watch = unwatched
    ) -> Future[tuple[Run, ...]]:
        """See graders.model.Sandbox."""
        exchange.check(probes)
        return self._workers.submit(run_all, submission, tuple(probes), watch, self._servers)

    def expect(self, submission: Submission, probe: Probe) -> None:
        """Nothing is begun ahead."""

    def release(self, submission: Submission) -> None:
        """Nothing is kept."""

    def finish(self, submission: Submission) -> None:
        """Nothing is kept from one session to the next."""

    def close(self) -> None:
        self._workers.shutdown(wait=True, cancel_futures=True)
        self._servers.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class Process(Protocol):
    """A probe's process, as subprocess.Popen has it."""

    @property
    def pid(self) -> int: ...

    def wait(self, timeout: float | None = None) -> int: ...

    def kill(self) -> None: ...


class Forked:
    """The fork of a server, which tells on `line` which process it is, and its status once it has ended."""

    def __init__(self, line: socket.socket) -> None:
        self._line = line
        self._status: int | None = None
        self.pid = self._number()

    def wait(self, timeout: float | None = None) -> int:
        if self._status is None:
            self._line.settimeout(timeout)
            try:
                self._status = self._number()
            except TimeoutError:
                raise subprocess.TimeoutExpired("a probe", timeout or 0) from None
            except EOFError:  # who waited for it was ended, perhaps by the probe
                self._status = -9
            self._line.close()
        return self._status

    def kill(self) -> None:
        if self._status is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, 9)

    def _number(self) -> int:
        if len(said := self._line.recv(NUMBER.size, socket.MSG_WAITALL)) < NUMBER.size:
            raise EOFError
        return int(NUMBER.unpack(said)[0])


class Servers:
    """Processes that have loaded the libraries, the last few by the variables they were started with."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._open: dict[str, tuple[subprocess.Popen[bytes], socket.socket]] = {}

    def fork(self, work: Path, variables: Mapping[str, str], names: Sequence[str], output: int) -> Forked | None:
        """None where no server can: one may have died of a library."""
        ours, theirs = socket.socketpair()
        try:
            with theirs, self._lock:
                control = self._control(variables)
                socket.send_fds(control, [json.dumps([str(work), names]).encode()], [theirs.fileno(), output])
            return Forked(ours)
        except (OSError, EOFError):
            ours.close()
            return None

    def _control(self, variables: Mapping[str, str]) -> socket.socket:
        key = json.dumps(variables)
        if key not in self._open:
            while len(self._open) >= MOST_SERVERS:
                self._end(next(iter(self._open)))
            ours, theirs = socket.socketpair(type=socket.SOCK_SEQPACKET)
            with theirs:
                self._open[key] = begin(SERVER, str(theirs.fileno()), variables, pass_fds=[theirs.fileno()]), ours
        return self._open[key][1]

    def _end(self, key: str) -> None:
        process, control = self._open.pop(key)
        control.close()
        process.wait()

    def close(self) -> None:
        for key in tuple(self._open):
            self._end(key)


def begin(code: str, argument: str, variables: Mapping[str, str], **more: Any) -> subprocess.Popen[bytes]:
    """An interpreter of the harness, in a session of its own."""
    command = [sys.executable, "-s", "-P", "-c", code, str(HARNESS), argument]
    pipes: dict[str, Any] = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.STDOUT}
    every = {**os.environ, **environment.COMMON, **variables}
    return subprocess.Popen(command, env=every, start_new_session=True, **pipes | more)


def run_all(
    submission: Submission, probes: tuple[Probe, ...], watch: Watch, servers: Servers | None = None
) -> tuple[Run, ...]:
    try:
        return exchange.session(probes, lambda probe: run(submission, probe, servers), watch)
    except OSError as error:
        raise SandboxError(f"the process could not be run: {error!r}") from error


def run(submission: Submission, probe: Probe, servers: Servers | None = None) -> Run:
    """One probe, by itself or by a fork of one of `servers`."""
    if probe.action in analysis.ANALYSES:
        return analysis.run(submission, probe)
    with tempfile.TemporaryDirectory(prefix="assay-", ignore_cleanup_errors=True) as folder:
        work = Path(folder)
        lay_out(work, submission, probe)
        names = preload.modules(probe.action, submission.runnable, traced=probe.traced)
        facts, log = watch_over(work, probe, names, servers if FORKS else None)
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


def watch_over(work: Path, probe: Probe, names: Sequence[str], servers: Servers | None) -> tuple[dict[str, Any], bytes]:
    """Run the child process to its end or its wall-clock limit; what was measured, and the bounded log."""
    started, limit, log = time.monotonic(), None, bytearray()
    own = environment.variables(probe.hash_seed, probe.other_rounding)
    reading, writing = os.pipe()
    with open(reading, "rb") as output:
        try:
            forked = servers.fork(work, own, names, writing) if servers else None
            process: Process = forked or begin(ALONE, str(work), own, cwd=work / SUBMISSION, stdout=writing)
        finally:
            os.close(writing)
        pump = threading.Thread(target=keep_first, args=(output, log, probe.limits.log_kb * 1024), daemon=True)
        pump.start()
        try:
            process.wait(probe.limits.seconds)
        except subprocess.TimeoutExpired:
            limit = "wall"
        status = end(process)
        pump.join(5)
    seconds = time.monotonic() - started
    return {"status": status, "limit": limit, "oom": False, "seconds": seconds, **read_usage(work)}, bytes(log)


def keep_first(source: IO[bytes], log: bytearray, limit: int) -> None:
    """Read a stream to its end and keep its first `limit` bytes."""
    while chunk := source.read1(65536):  # type: ignore[attr-defined]  # a BufferedReader, which IO does not say
        log += chunk[: limit - len(log)]


def end(process: Process) -> int:
    """Kill the process and, where the system knows process groups, what it started; its status."""
    if hasattr(os, "killpg"):
        with contextlib.suppress(ProcessLookupError):  # nothing was left
            os.killpg(process.pid, 9)
    process.kill()
    return process.wait()


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
