"""A function of ours over text of a candidate's, in a process of its own that can be ended.

The text is hostile: it may be made to take a reader minutes, or all memory.  So each call gets a process with limits,
used once; a session has one for several calls about one submission.  It is forked from one that has loaded the
libraries already, so that a call costs milliseconds.
Nothing of the candidate's is executed in it.  What comes back is what our own function returned.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import io
import os
import pickle
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, ParamSpec, Self, TypeVar

from graders.model.probe import SandboxError
from sandbox.protocol.failure import Starved

T = TypeVar("T")
P = ParamSpec("P")
NUMBER = struct.Struct("<q")
CHUNK = 1 << 20
SERVE = (
    "import sys; sys.path[:] = sys.argv[2:]; from sandbox.static_tools.bounded import serve; serve(int(sys.argv[1]))"
)
#: Memory is bounded by what is asked of the system, and other allocators ask for a gigabyte ahead.  What is freed is
#: kept for the next array: to ask the system for each anew took a fifth of judging.
SPARING = {
    "ARROW_DEFAULT_MEMORY_POOL": "jemalloc",
    "MALLOC_ARENA_MAX": "1",
    "MALLOC_MMAP_THRESHOLD_": str(32 * 2**20),
    "MALLOC_TRIM_THRESHOLD_": str(128 * 2**20),
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
}
#: Behind the service itself, which has to answer meanwhile.
NICENESS = 5
#: The line to whom this process answers, and after that ends; -1 in one that answers nobody.
_asker = -1


@dataclass(frozen=True)
class Bounds:
    """Processor time and memory are the text's.  The wall clock is ours: our readers do not sleep, so whoever meets it
    has waited for a core; `seconds` must lie far above `cpu_seconds`."""

    cpu_seconds: int = 20
    memory_mb: int = 1024
    seconds: float = 120.0


#: Reading the code of a large project takes some seconds.
OF_A_PROJECT = Bounds(cpu_seconds=120, memory_mb=2048, seconds=600)


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
        with self._line() as line:
            line.send(pickle.dumps((bounds, function, args, named)), until)
            return _value(line.reply(until))  # type: ignore[no-any-return]

    def session(self, bounds: Bounds, *held: object) -> Session:
        """A process for several calls, all about what it holds; their processor time and memory count together."""
        return Session(self._line() if hasattr(os, "fork") else None, bounds, held)

    def _line(self) -> _Line:
        ours, theirs = socket.socketpair()
        try:
            with theirs:
                if _asker >= 0:  # in such a process already, which is nobody's but ours and has one thread
                    _fork(theirs.fileno())
                else:
                    self._hand_over(theirs)
        except BaseException:
            ours.close()
            raise
        return _Line(ours)

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
            variables = {**os.environ, **SPARING}
            process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, pass_fds=[theirs.fileno()], env=variables, start_new_session=True
            )
        process.returncode = 0  # it ends with us, and nobody waits for it
        ours.sendall("\n".join(self._modules).encode() + b"\0")
        return ours


class Session:
    """Calls one after another in one process, which is ended with `close`.

    What it `held` from its beginning is handed over once, however often the arguments of a call hold it.
    """

    def __init__(self, line: _Line | None, bounds: Bounds, held: Sequence[object]) -> None:
        self._line, self._bounds, self._held = line, bounds, held
        self._handed_over = False
        self._names = {id(one): number for number, one in enumerate(held)}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def call(self, function: Callable[P, T], *args: P.args, **named: P.kwargs) -> T:
        """As ForkServer.call."""
        if self._line is None:
            return function(*args, **named)
        until = time.monotonic() + self._bounds.seconds
        if not self._handed_over:  # only now: whoever begins the session need not wait for libraries to be loaded
            self._line.send(pickle.dumps((self._bounds, _hold, self._held, {})), until)
            _value(self._line.reply(until))
            self._handed_over = True
        self._line.send(self._written(function, args, named), until)
        return _value(self._line.reply(until))  # type: ignore[no-any-return]

    def close(self) -> None:
        if self._line is not None:
            self._line.close()

    def _written(self, function: object, args: object, named: object) -> bytes:
        written = io.BytesIO()
        _Pickler(written, self._names).dump((self._bounds, function, args, named))
        return written.getvalue()


def forked(bounds: Bounds) -> Session:
    """A session in a process forked from this one: for a command that has one thing to read, and as yet one thread.

    What it loads it loads by itself, with libraries as sparing as in any other process of these.
    """
    if not hasattr(os, "fork"):
        return Session(None, bounds, ())
    ours, theirs = socket.socketpair()
    with theirs:
        if os.fork() == 0:
            ours.close()
            os.environ.update(SPARING)
            _answer(theirs.fileno())
    return Session(_Line(ours), bounds, ())


def beside(work: Callable[[], T], /) -> Callable[[], T]:
    """Begin `work` on another core, where there is one; what it returns or raises is had by calling what is returned.

    It runs in a process forked from this one, which ends with it.  That has the same bounds, each for itself.
    Only a process that answers has but one thread, and can be forked so: in any other the work is done when asked for.
    """
    if _asker < 0 or os.cpu_count() == 1:
        return work
    ours, theirs = socket.socketpair()
    with theirs:
        pid = os.fork()
        if pid == 0:
            try:
                ours.close()
                os.close(_asker)  # whoever asked sees the end of its process, however long this one goes on
                _reply(theirs, _done(work, (), {}))
            finally:
                os._exit(0)

    def result() -> T:
        with ours:
            head = ours.recv(NUMBER.size, socket.MSG_WAITALL)
            reply = ours.recv(NUMBER.unpack(head)[0], socket.MSG_WAITALL) if len(head) == NUMBER.size else b""
        os.waitpid(pid, 0)
        if not reply:
            raise Overrun
        return _value(reply)  # type: ignore[no-any-return]

    return result


class _Pickler(pickle.Pickler):
    """Writes what the other side holds by its number."""

    def __init__(self, file: io.BytesIO, names: Mapping[int, int]) -> None:
        super().__init__(file)
        self._names = names

    def persistent_id(self, obj: object) -> int | None:
        return self._names.get(id(obj))


class _Unpickler(pickle.Unpickler):
    def persistent_load(self, pid: int) -> object:
        return _held[pid]


#: What the calls of a session are about, in its process.
_held: tuple[object, ...] = ()


def _hold(*held: object) -> None:
    global _held  # noqa: PLW0603 - of this process
    _held = held


class _Line:
    """Our end of the line to a process: requests and replies, each after its length."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._read = bytearray()
        self._pid = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """The process ends, whoever else still holds this end of the line."""
        with contextlib.suppress(OSError):
            self._connection.shutdown(socket.SHUT_RDWR)
        self._connection.close()

    def send(self, request: bytes, until: float) -> None:
        """A process that has died is found out by who asks for the reply."""
        with self._in_time(), contextlib.suppress(BrokenPipeError, ConnectionResetError):
            self._connection.settimeout(max(until - time.monotonic(), 0.01))
            self._connection.sendall(NUMBER.pack(len(request)))
            self._connection.sendall(request)

    def reply(self, until: float) -> bytes:
        """The next reply; Overrun where the process has ended instead."""
        with self._in_time():
            if not self._pid:
                said = self._next(NUMBER.size, until)
                if len(said) < NUMBER.size:
                    raise SandboxError("no process could be begun to read the submission")
                self._pid = NUMBER.unpack(said)[0]
            said = self._next(NUMBER.size, until)
            reply = self._next(NUMBER.unpack(said)[0], until) if len(said) == NUMBER.size else b""
        if not reply:
            raise Overrun
        return reply

    def _next(self, size: int, until: float) -> bytes:
        """So many bytes, or none where the process ends before."""
        while len(self._read) < size:
            self._connection.settimeout(max(until - time.monotonic(), 0.01))
            with contextlib.suppress(ConnectionResetError):
                if chunk := self._connection.recv(CHUNK):
                    self._read += chunk
                    continue
            return b""
        found = bytes(self._read[:size])
        del self._read[:size]
        return found

    @contextlib.contextmanager
    def _in_time(self) -> Iterator[None]:
        try:
            yield
        except TimeoutError:
            if self._pid:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(self._pid, signal.SIGKILL)
            raise Starved("reading the submission took too long: this machine has too much to do") from None


def _value(reply: bytes) -> Any:
    returned, value = pickle.loads(reply)  # noqa: S301 - written by our own function
    if returned:
        return value
    raise value


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
    """The forked process: say who it is, do what is asked within its bounds, answer, and end when nothing is."""
    global _asker  # noqa: PLW0603 - of this process
    _asker = fd
    limited = False
    try:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.setpgid(0, 0)  # what it starts ends with it
        with socket.socket(fileno=fd) as connection:
            connection.sendall(NUMBER.pack(os.getpid()))
            while (request := _request(connection)) is not None:
                try:
                    bounds, function, args, named = _Unpickler(request).load()
                except Exception as error:
                    fault = SandboxError(f"the request could not be read: {type(error).__name__}")
                    _reply(connection, pickle.dumps((False, fault)))
                    return
                del request  # the text lies in memory once
                if not limited:
                    _limit(bounds)
                    limited = True
                _reply(connection, _done(function, args, named))
                del function, args, named
    finally:
        os._exit(0)


def _request(connection: socket.socket) -> io.BytesIO | None:
    """The next request; None where nothing more is asked."""
    head = connection.recv(NUMBER.size, socket.MSG_WAITALL)
    if len(head) < NUMBER.size:
        return None
    request = bytearray(NUMBER.unpack(head)[0])
    rest = memoryview(request)
    while rest:
        if not (read := connection.recv_into(rest, min(len(rest), CHUNK))):
            return None
        rest = rest[read:]
    return io.BytesIO(request)


def _reply(connection: socket.socket, reply: bytes) -> None:
    connection.sendall(NUMBER.pack(len(reply)))
    connection.sendall(reply)


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
