"""A small process of ours that ends everything a probe has started, and has collected what is left.

It is forked from PID 1 before that loads any library, so a fork of it costs a tenth of one of PID 1.  As PID 1 it
stays root, cannot be opened, and runs nothing of a candidate's.  No probe is forked from it, so none inherits its
memory; what is collected does not pass through it all the same.
"""

from __future__ import annotations

import json
import os
import select
import signal
import socket
from collections.abc import Sequence
from typing import NoReturn

from ..protocol.wire import Header
from . import collector, processes
from .line import Host

KILL = b"kill"
DONE, FAILED = b"1", b"0"
MOST = 1 << 16  # bytes of an order


class Sweeper:
    """PID 1's end of the line to it."""

    def __init__(self, host: Host) -> None:
        self._line, far = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._pid = os.fork()
        if self._pid == 0:
            self._line.close()
            become(far, host)
        far.close()
        processes.OURS.add(str(self._pid))

    def kill_all(self, wake_fd: int) -> bool:
        """End and reap every process but PID 1 and this one; False if one is still there after a while."""
        self._line.send(KILL)
        line = self._line.fileno()
        while line not in select.select([line, wake_fd], [], [])[0]:
            os.read(wake_fd, 4096)  # one has died: it counts as alive until somebody waits for it
            processes.reap()
        processes.reap()
        return self._line.recv(1) == DONE

    def collect(self, order: Header, files: Sequence[int]) -> bool:
        """Tell the grader what is left, in a process that ends with all it has seen; False where that failed."""
        socket.send_fds(self._line, [json.dumps(order).encode()], list(files))
        return self._line.recv(1) == DONE

    def end(self) -> None:
        self._line.close()
        os.waitpid(self._pid, 0)


def become(line: socket.socket, host: Host) -> NoReturn:
    """Turn this fresh fork into the sweeper, until PID 1 hangs up."""
    try:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.close(host.input)
        while True:
            order, files, _, _ = socket.recv_fds(line, MOST, 2)
            if not order:
                os._exit(0)
            done = processes.kill_others() if order == KILL else collected(order, files, host)
            for file in files:
                os.close(file)
            line.send(DONE if done else FAILED)
    finally:
        os._exit(1)


def collected(order: bytes, files: Sequence[int], host: Host) -> bool:
    pid = os.fork()
    if pid == 0:
        collector.become(json.loads(order), files, host)
    return os.waitpid(pid, 0)[1] == 0
