"""A function of ours over text of a candidate's, in a process of its own that can be ended.

The text is hostile: it may be made to take a reader minutes, or all memory.  So each call gets a process with limits,
used once.  It is forked from one that has loaded the libraries already, so that a call costs milliseconds.
Nothing of the candidate's is executed in it.  What comes back is what our own function returned.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import os
import pickle
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, ParamSpec, TypeVar

from graders.model.probe import SandboxError
from sandbox.protocol.failure import Starved

T = TypeVar("T")
P = ParamSpec("P")
PID = struct.Struct("<q")
CHUNK = 1 << 20
SERVE = (
    "import sys; sys.path[:] = sys.argv[2:]; from sandbox.static_tools.bounded import serve; serve(int(sys.argv[1]))"
)
#: Memory is bounded by what is asked of the system, and other allocators ask for a gigabyte ahead.
SPARING = {"ARROW_DEFAULT_MEMORY_POOL": "jemalloc", "MALLOC_ARENA_MAX": "1"}
#: Behind the service itself, which has to answer meanwhile.
NICENESS = 5
#: Whether this process answers one call, and ends.
_answering = False


@dataclass(frozen=True)
class Bounds:
    """Processor time and memory are the text's.  The wall clock is ours: our readers do not sleep, so whoever meets it
    has waited for a core; `seconds` must lie far above `cpu_seconds`."""

    cpu_seconds: int = 20
    memory_mb: int = 1024
    seconds: float = 120.0


class Overrun(Exception):
    """The text took more processor time or memory than its bounds allow."""

    def __init__(self, limit: Literal["cpu", "memory"] = "cpu") -> None:
        super().__init__(limit)
        self.limit = limit


class ForkServer:
    """Forks a process for each call, from one that has imported `modules`; begun by the first call."""

    def __init__(self, *modules: str) -> None:
        self._modules = modules
        self._lock = threading.Lock()
        self._control: socket.socket | None = None
        self._owner = 0

    def __del__(self) -> None:
        """The server ends once nobody can ask it any more."""
        if self._control is not None:
            self._control.close()

    def call(self, bounds: Bounds, function: Callable[P, T], *args: P.args, **named: P.kwargs) -> T:
        """What `function` returns or raises; it and its arguments must be picklable.

        Raises Overrun where processor time or memory ran out, Starved where the wall clock did.
        """
        if not hasattr(os, "fork"):
            return function(*args, **named)
        until = time.monotonic() + bounds.seconds
        request = pickle.dumps((bounds, function, args, named))
        ours, theirs = socket.socketpair()
        with ours:
            with theirs:
                if _answering:  # in such a process already, which is nobody's but ours and has one thread
                    _fork(theirs.fileno())
                else:
                    self._hand_over(theirs)
            reply = _exchange(ours, request, until)
        if len(reply) < PID.size:
            raise SandboxError("no process could be begun to read the submission")
        if len(reply) == PID.size:
            raise Overrun
        returned, value = pickle.loads(reply[PID.size :])  # noqa: S301 - written by our own function
        if returned:
            return value  # type: ignore[no-any-return]
        raise value

    def _hand_over(self, connection: socket.socket) -> None:
        """Give the fork server one end of a call; a server that has died is begun again."""
        with self._lock:
            for _ in range(2):
                if self._control is None or self._owner != os.getpid():
                    self._control, self._owner = self._begin(), os.getpid()
                try:
                    socket.send_fds(self._control, [b"\0"], [connection.fileno()])
                except OSError:
                    self._control.close()
                    self._control = None
                else:
                    return
        raise SandboxError("no process could be begun to read the submission")

    def _begin(self) -> socket.socket:
        ours, theirs = socket.socketpair()
        with theirs:
            command = [sys.executable, "-c", SERVE, str(theirs.fileno()), *sys.path]
            variables = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", **SPARING}
            process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, pass_fds=[theirs.fileno()], env=variables, start_new_session=True
            )
        process.returncode = 0  # it ends with us, and nobody waits for it
        ours.sendall("\n".join(self._modules).encode() + b"\0")
        return ours


def _exchange(connection: socket.socket, request: bytes, until: float) -> bytes:
    """Send the request, and read to the end of the reply: the process's number, and what it says if it gets so far."""
    reply = bytearray()
    try:
        connection.settimeout(max(until - time.monotonic(), 0.01))
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # it died while it was reading
            connection.sendall(request)
            connection.shutdown(socket.SHUT_WR)
            while chunk := connection.recv(CHUNK):
                reply += chunk
                connection.settimeout(max(until - time.monotonic(), 0.01))
    except TimeoutError:
        if len(reply) >= PID.size:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(PID.unpack_from(reply)[0], signal.SIGKILL)
        raise Starved("reading the submission took too long: this machine has too much to do") from None
    return bytes(reply)


def serve(control_fd: int) -> None:
    """The fork server: import what it is told to, then fork for each connection until the caller is gone."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody asks how they ended
    with socket.socket(fileno=control_fd) as control:
        names = bytearray()
        while not names.endswith(b"\0"):
            names += control.recv(1) or b"\0"
        gc.disable()  # it would look through all that is loaded again and again, and find nothing
        for name in names[:-1].decode().split():
            importlib.import_module(name)
        gc.enable()
        gc.collect()
        gc.freeze()  # no forked process looks at what was loaded, which would copy it
        while True:
            said, fds, _, _ = socket.recv_fds(control, 1, 1)
            if not said:
                return
            _fork(fds[0])
            os.close(fds[0])


def _fork(fd: int) -> None:
    """Have a forked process answer the request that comes through `fd`."""
    if os.fork() == 0:
        _answer(fd)


def _answer(fd: int) -> None:
    """The forked process: say who it is, read the request, do it within its bounds, answer, end."""
    global _answering  # noqa: PLW0603 - of this process
    _answering = True
    try:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.setpgid(0, 0)  # what it starts ends with it
        with socket.socket(fileno=fd) as connection:
            connection.sendall(PID.pack(os.getpid()))
            request = bytearray()
            while chunk := connection.recv(CHUNK):
                request += chunk
            try:
                bounds, function, args, named = pickle.loads(request)  # noqa: S301 - written by the caller
            except Exception as error:
                fault = SandboxError(f"the request could not be read: {type(error).__name__}")
                connection.sendall(pickle.dumps((False, fault)))
                return
            del request  # the text lies in memory once
            _limit(bounds)
            connection.sendall(_done(function, args, named))
    finally:
        os._exit(0)


def _done(function: Callable[..., object], args: tuple[object, ...], named: dict[str, object]) -> bytes:
    try:
        return pickle.dumps((True, function(*args, **named)))
    except MemoryError:
        return pickle.dumps((False, Overrun("memory")))
    except Exception as error:
        return pickle.dumps((False, error))


def _limit(bounds: Bounds) -> None:
    """Bound this process, where the system can; memory counts from what the libraries took."""
    os.nice(NICENESS)
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource  # noqa: PLC0415 - not on every system

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_CPU, (bounds.cpu_seconds, bounds.cpu_seconds))
        with open("/proc/self/statm", "rb") as file:
            taken = int(file.read().split()[0]) * resource.getpagesize()
        most = taken + bounds.memory_mb * 2**20
        resource.setrlimit(resource.RLIMIT_AS, (most, most))
