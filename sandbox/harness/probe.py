"""One probe, seen from PID 1: fork a child for it, watch it, end everything, then collect.

Nothing is collected while a process of the candidate's is alive, so nothing can change under our hands.
"""

from __future__ import annotations

import os
import select
import time
from dataclasses import dataclass, field
from typing import Any

from . import accounting, child, lockdown, processes, tree
from .wire import Header

MB = 1 << 20


@dataclass
class Watched:
    """A running child: what is known of it so far."""

    pid: int
    log_fd: int
    log_limit: int
    log: bytearray = field(default_factory=bytearray)
    dropped: int = 0
    log_open: bool = True
    status: int | None = None
    limit: str | None = None
    max_rss_kb: int = 0

    def drain(self) -> None:
        """Read what the log pipe holds, and keep the first `log_limit` bytes of all."""
        try:
            chunk = os.read(self.log_fd, 65536)
        except BlockingIOError:
            return
        self.log_open = bool(chunk)
        kept = chunk[: self.log_limit - len(self.log)]
        self.log += kept
        self.dropped += len(chunk) - len(kept)

    def reap(self, clock: accounting.CpuClock) -> None:
        """Wait for all dead processes; orphans of the candidate's are children of PID 1 too."""
        try:
            while True:
                pid, status, used = os.wait4(-1, os.WNOHANG)
                if pid == 0:
                    return
                clock.reaped += used.ru_utime + used.ru_stime
                self.max_rss_kb = max(self.max_rss_kb, used.ru_maxrss)
                if pid == self.pid:
                    self.status = os.waitstatus_to_exitcode(status)
        except ChildProcessError:
            return


class HostGone(Exception):
    """The grader hung up, or spoke while a probe was running."""


def run(request: Header, blobs: list[bytes], host_fd: int, wake_fd: int) -> tuple[Header, list[bytes]]:
    """The reply to one request: a header of plain facts, then [answer, model, log]."""
    submission, model, data = blobs
    tree.write(child.SUBMISSION, tree.unpack(submission))
    tree.write(child.MODEL, tree.unpack(model) if model else {})
    answer_fd = os.memfd_create("answer", os.MFD_CLOEXEC)
    clock, started, kills = accounting.CpuClock(), time.monotonic(), accounting.oom_kills()
    watched = start(request, data, answer_fd)
    watch(watched, request, clock, (host_fd, wake_fd), started)
    facts: Header = {"seconds": time.monotonic() - started, "cpu_seconds": clock.used()}
    ended = processes.kill_all()
    facts |= {"oom": accounting.oom_kills() > kills, "status": watched.status, "limit": watched.limit}
    facts |= {"max_rss_mb": watched.max_rss_kb / 1024, "dropped": watched.dropped}
    answer, facts["answer"] = read_answer(answer_fd, int(request["answer_limit"]))
    saved, facts["model"] = read_model(request)
    facts["saved"] = tree.measure(child.MODEL) if facts["model"] in ("given", "too large") else (0, 0)
    facts["clean"] = ended and processes.wipe()
    os.close(watched.log_fd)
    return facts, [answer, saved, bytes(watched.log)]


def start(request: Header, data: bytes, answer_fd: int) -> Watched:
    log_fd, write_fd = os.pipe()
    os.set_blocking(log_fd, False)
    pid = os.fork()
    if pid == 0:
        child.become(request, data, answer_fd, write_fd)
    os.close(write_fd)
    return Watched(pid, log_fd, int(request["log_kb"]) * 1024)


def watch(watched: Watched, request: Header, clock: accounting.CpuClock, fds: tuple[int, int], started: float) -> None:
    """Until the child has ended or used up its time; HostGone when the grader is no longer there."""
    host_fd, wake_fd = fds
    while watched.status is None and watched.limit is None:
        watched.limit, soonest = reached(request, clock, started)
        sources = [host_fd, wake_fd] + [watched.log_fd] * watched.log_open
        ready = select.select(sources, [], [], soonest)[0]
        if host_fd in ready:
            raise HostGone
        if wake_fd in ready:
            os.read(wake_fd, 4096)
        if watched.log_fd in ready:
            watched.drain()
        watched.reap(clock)
    watched.drain()


def reached(request: Header, clock: accounting.CpuClock, started: float) -> tuple[str | None, float]:
    """The limit that is passed, if one is, and the seconds after which to look again."""
    wall_left = started + float(request["seconds"]) - time.monotonic()
    cpu_left = float(request["cpu_seconds"]) - clock.used()
    limit = "wall" if wall_left <= 0 else "cpu" if cpu_left <= 0 else None
    if limit is None and accounting.memory_mb() > int(request["memory_mb"]):
        limit = "memory"
    patience = 1.0 if accounting.KERNEL_COUNTS_MEMORY else 0.05
    return limit, max(min(wall_left, cpu_left / (os.cpu_count() or 1), patience), 0.01)


def read_answer(answer_fd: int, limit: int) -> tuple[bytes, str]:
    """What the child wrote down, with one of "none", "given", "too large"."""
    try:
        size = os.fstat(answer_fd).st_size
        if size > limit:
            return b"", "too large"
        return os.pread(answer_fd, limit, 0), "given" if size else "none"
    finally:
        os.close(answer_fd)


def read_model(request: Header) -> tuple[bytes, str]:
    """What train left, packed, with one of "none", "given", "unsafe", "too large"."""
    if request["action"] != "train":
        return b"", "none"
    try:
        return tree.pack(tree.collect(child.MODEL, int(request["model_mb"]) * MB)), "given"
    except tree.TooLarge:
        return b"", "too large"
    except tree.Unsafe:
        return b"", "unsafe"


def ready() -> dict[str, Any]:
    """Close PID 1 against the processes it is going to start."""
    lockdown.set_dumpable(False)
    return {"pid": os.getpid()}
