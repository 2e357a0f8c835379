"""PID 1 of a sandbox container: loads the libraries once, then forks one child for each probe.

It trusts its children in nothing.  They run as another user, so they can neither signal nor trace it, nor change
its limits, nor open its files, and they hold none of its descriptors: the line to the grader is its own.
"""

from __future__ import annotations

import gc
import importlib
import os
import signal
import sys
import time
from typing import NoReturn

from ..protocol.wire import ProtocolError, decode_header
from . import lockdown, probe, processes, rehearsal
from .line import Host, HostGone
from .sweeper import Sweeper

MAX_REQUEST = 1 << 29
PRELOAD = "ASSAY_PRELOAD"  # names of modules, from the grader
ROUNDING = "OPENBLAS_CORETYPE"  # asked for by single probes


def load(names: list[str]) -> None:
    """Import what the submission is going to, use it once, and let the forks share all that."""
    gc.disable()  # it would look through all that is loaded again and again, and find nothing
    known = set(sys.modules)
    for name in names:
        importlib.import_module(name)
    rehearsal.rehearse(sys.modules.keys() - known)
    gc.freeze()  # what little of it is garbage stays, which costs less than to look for it
    gc.enable()


def ignore_signals() -> int:
    """A descriptor that becomes readable when a child ends; every other signal is ignored."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGPIPE, signal.SIGUSR1, signal.SIGUSR2):
        signal.signal(number, signal.SIG_IGN)
    wake_fd, write_fd = os.pipe()
    os.set_blocking(write_fd, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(write_fd, warn_on_full_buffer=False)
    return wake_fd


def serve(host: Host, sweeper: Sweeper, wake_fd: int) -> None:
    while True:
        request, sizes = decode_header(host.read, MAX_REQUEST)
        if "variables" in request:
            sweeper.end()
            begin_anew(request["variables"], request["load"], host)
        elif "load" in request:
            load(request["load"])
            host.send({})
        elif len(sizes) == 3:
            probe.run(request, sizes, host, sweeper, wake_fd)
        else:
            raise ProtocolError("a request has three blobs")


def begin_anew(variables: dict[str, str], names: list[str], host: Host) -> NoReturn:
    """Become a fresh interpreter with other variables; the line to the grader stays, and nothing else does.

    Between probes there is no other process, and nothing of a candidate's that an interpreter could read.
    """
    host.hand_on()
    kept = {name: value for name, value in os.environ.items() if name != ROUNDING}
    variables = {**kept, **variables, PRELOAD: " ".join(names)}
    os.execve(sys.executable, sys.orig_argv, variables)  # noqa: S606


def main() -> int:
    if os.getpid() != 1:
        sys.exit("this is PID 1 of a sandbox container, and ends every other process: not to be started elsewhere")
    started = time.monotonic()
    host, wake_fd = Host(), ignore_signals()
    lockdown.set_dumpable(False)
    sweeper = Sweeper(host)
    load(os.environ.pop(PRELOAD, "").split())
    processes.wipe()
    processes.settle()
    host.send({"ready": time.monotonic() - started})
    try:
        serve(host, sweeper, wake_fd)
    except HostGone:
        os._exit(0)  # and the kernel ends every other process of the container
    return 1
