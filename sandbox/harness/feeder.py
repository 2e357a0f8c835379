"""Calls that are timed from outside: a process of ours hands the rows over, one call's at a time.

The candidate's process gets the rows of a call when the answer to the call before has been taken, and what it has
answered stands.  So all the work that an answer needs is done between the two, whatever clock it tampers with, and
all CPU time of all its processes counts.  This process stays root and cannot be opened, as PID 1; it ends with the
rows it has held.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import struct
import sys
import time
import traceback
from collections.abc import Sequence
from typing import NoReturn

from ..protocol.contract import width
from ..protocol.wire import LENGTH, MAX_HEADER, Header
from .accounting import CpuClock
from .line import Host

VALUES, FAILED, DONE = b"v", b"f", b"d"
HEAD = struct.Struct(">cI")  # what comes, and how many bytes of it
#: Seconds that this process gets to write down what it was told last.
PATIENCE = 5.0


class Bad(Exception):
    """The other side said what no honest other side says."""


class Line:
    """The end of the candidate's process: rows in, values out."""

    def __init__(self, descriptor: int) -> None:
        self._socket = socket.socket(fileno=descriptor)

    def wait(self) -> None:
        take(self._socket, 1)

    def rows(self) -> bytes:
        (size,) = LENGTH.unpack(take(self._socket, LENGTH.size))
        return take(self._socket, size)

    def give(self, values: bytes) -> None:
        self._socket.sendall(HEAD.pack(VALUES, len(values)) + values)

    def end(self, answer: bytes, failed: bool) -> None:
        body = answer if failed else b""
        self._socket.sendall(HEAD.pack(FAILED if failed else DONE, len(body)) + body)


def take(source: socket.socket, size: int) -> bytes:
    """Exactly so many bytes; Bad at the end of the line."""
    got = bytearray()
    while len(got) < size:
        chunk = source.recv(min(size - len(got), 1 << 20))
        if not chunk:
            raise Bad("the line has ended")
        got += chunk
    return bytes(got)


def start(request: Header, size: int, host: Host, line: socket.socket, answer_fd: int) -> int:
    """The process that feeds, once it has read all rows from the grader; OSError where it could not."""
    ready, begin = os.pipe()
    pid = os.fork()
    if pid == 0:
        become(request, size, host, line, answer_fd, begin)
    os.close(begin)
    told = os.read(ready, 1)
    os.close(ready)
    if not told:
        raise OSError("the rows could not be read")
    return pid


def finished(pid: int) -> None:
    """Give it the time to write down what came last."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        try:
            if os.waitpid(pid, os.WNOHANG)[0]:
                return
        except ChildProcessError:
            return
        time.sleep(0.002)


def become(request: Header, size: int, host: Host, line: socket.socket, answer_fd: int, begin: int) -> NoReturn:
    """Turn this fresh fork into the feeder, and end."""
    try:
        signal.set_wakeup_fd(-1)
        rows = host.read(size)
        os.close(host.input)
        os.close(host.output)
        os.write(begin, b"!")
        line.sendall(b"!")
        answer = feed(line, rows, request["parts"], request["batches"], width(request["contract"]))
        os.ftruncate(answer_fd, 0)
        os.pwrite(answer_fd, answer, 0)
        os._exit(0)
    except (Bad, OSError):
        os._exit(0)  # no answer, which is the candidate's doing
    except BaseException:
        traceback.print_exc(file=sys.stderr)
    finally:
        os._exit(1)


def feed(line: socket.socket, rows: bytes, sizes: Sequence[int], calls: Sequence[int], columns: int = 1) -> bytes:
    """An answer with the CPU seconds and the values of each call; Bad where there is none."""
    clock, seconds, values, at = CpuClock(), [], [], 0
    for size, count in zip(sizes, calls, strict=True):
        before = clock.used()
        line.sendall(LENGTH.pack(size) + rows[at : at + size])
        kind, length = HEAD.unpack(take(line, HEAD.size))
        if kind == FAILED:
            return failure(take(line, bounded(length)))
        if kind != VALUES or length != 8 * columns * count:
            raise Bad("not the values of a call")
        values.append(take(line, length))
        seconds.append(round(clock.used() - before, 6))
        at += size
    if HEAD.unpack(take(line, HEAD.size)) != (DONE, 0):
        raise Bad("no end")
    text = json.dumps({"done": True, "seconds": seconds}).encode()
    return b"".join((LENGTH.pack(len(text)), text, *values))


def bounded(length: int) -> int:
    if length > MAX_HEADER:
        raise Bad("too long")
    return length


def failure(answer: bytes) -> bytes:
    """What the harness says of a call that failed, as it is; nothing else may be said in its place."""
    try:
        header = json.loads(answer[LENGTH.size :])
    except (ValueError, RecursionError) as error:
        raise Bad("no answer") from error
    if not isinstance(header, dict) or not {"failure", "problem"} & set(header):
        raise Bad("no failure")
    return answer
