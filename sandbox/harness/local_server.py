"""A process of the candidate's machine that has loaded the libraries, and forks one for each probe.

Loading them takes longer than most small probes do.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import signal
import socket
import struct
import sys
import traceback
from collections.abc import Collection
from typing import NoReturn

from . import local_child, rehearsal

MOST = 1 << 16  # bytes of a request: a path and names of modules
NUMBER = struct.Struct("<q")


def serve(control_fd: int) -> None:
    """Fork for each request, which comes with a line to its asker and where output goes; until the asker is gone."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody asks how those ended that wait for probes
    with socket.socket(fileno=control_fd) as control:
        while True:
            said, descriptors, _, _ = socket.recv_fds(control, MOST, 2)
            if not said:
                return
            work, names = json.loads(said)
            load(names)
            if os.fork() == 0:
                control.close()
                wait_for(work, *descriptors)
            for descriptor in descriptors:
                os.close(descriptor)


def load(names: Collection[str]) -> None:
    """Import what is not here yet, and use it once; what this machine lacks the probe itself will miss."""
    new = set(names) - sys.modules.keys()
    if not new:
        return
    gc.disable()  # it would look through all that is loaded again and again, and find nothing
    for name in names:
        with contextlib.suppress(Exception):
            importlib.import_module(name)
    rehearsal.rehearse(new)
    gc.enable()
    gc.collect()
    gc.freeze()  # a fork that looked through all that is loaded would copy it


def wait_for(work: str, line_fd: int, output_fd: int) -> NoReturn:
    """Between server and probe: say which process the probe is, and with which status it has ended."""
    try:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        pid = os.fork()
        if pid == 0:
            become(work, line_fd, output_fd)
        os.close(output_fd)
        with socket.socket(fileno=line_fd) as line:
            line.sendall(NUMBER.pack(pid))
            _, status = os.waitpid(pid, 0)
            line.sendall(NUMBER.pack(os.waitstatus_to_exitcode(status)))
    finally:
        os._exit(0)


def become(work: str, line_fd: int, output_fd: int) -> NoReturn:
    """As a process that was started for the probe alone."""
    try:
        os.setsid()
        os.dup2(output_fd, 1)
        os.dup2(output_fd, 2)
        os.close(line_fd)
        os.close(output_fd)
        os.chdir(os.path.join(work, local_child.SUBMISSION))
        local_child.main(work)
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(1)
