"""PID 1 of a sandbox container: loads the libraries once, then forks one child for each probe.

It trusts its children in nothing.  They cannot signal it (PID 1), trace it or open its files (not
dumpable), and they hold none of its descriptors, so the line to the grader is its own.
"""

from __future__ import annotations

import gc
import importlib
import os
import signal
import sys
import time

from . import probe, processes
from .wire import Header, ProtocolError, decode, encode

MAX_REQUEST = 1 << 29
PRELOAD = "ASSAY_PRELOAD"  # names of modules, from the grader


class Host:
    """The line to the grader: the container's own input and output, taken from descriptors 0 and 1."""

    def __init__(self) -> None:
        self.input, self.output = os.dup(0), os.dup(1)
        null = os.open(os.devnull, os.O_RDWR)
        os.dup2(null, 0)
        os.dup2(null, 1)

    def read(self, size: int) -> bytes:
        """Exactly `size` bytes; HostGone at the end of input."""
        got = bytearray()
        while len(got) < size:
            chunk = os.read(self.input, min(1 << 20, size - len(got)))
            if not chunk:
                raise probe.HostGone
            got += chunk
        return bytes(got)

    def send(self, header: Header, blobs: list[bytes]) -> None:
        message = memoryview(encode(header, blobs))
        while message:
            message = message[os.write(self.output, message) :]


def load(names: list[str]) -> None:
    """Import what the submission is going to, and let the forks share it."""
    gc.disable()  # it would look through all that is loaded again and again, and find nothing
    for name in names:
        importlib.import_module(name)
    gc.enable()
    gc.collect()
    gc.freeze()


def ignore_signals() -> int:
    """A descriptor that becomes readable when a child ends; every other signal is ignored."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGPIPE, signal.SIGUSR1, signal.SIGUSR2):
        signal.signal(number, signal.SIG_IGN)
    wake_fd, write_fd = os.pipe()
    os.set_blocking(write_fd, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(write_fd, warn_on_full_buffer=False)
    return wake_fd


def serve(host: Host, wake_fd: int) -> None:
    while True:
        request, blobs = decode(host.read, MAX_REQUEST)
        if "load" in request:
            load(request["load"])
            host.send({}, [])
            continue
        if len(blobs) != 3:
            raise ProtocolError("a request has three blobs")
        host.send(*probe.run(request, blobs, host.input, wake_fd))


def main() -> int:
    if os.getpid() != 1:
        sys.exit("this is PID 1 of a sandbox container, and ends every other process: not to be started elsewhere")
    started = time.monotonic()
    host, wake_fd = Host(), ignore_signals()
    facts = probe.ready()
    load(os.environ.pop(PRELOAD, "").split())
    processes.wipe()
    host.send({**facts, "ready": time.monotonic() - started}, [])
    try:
        serve(host, wake_fd)
    except probe.HostGone:
        os._exit(0)  # and the kernel ends every other process of the container
    return 1
