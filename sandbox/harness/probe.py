"""One probe, seen from PID 1: fork a process for it, watch that, end everything, then have it collected.

Nothing is collected while a process of the candidate's is alive, so nothing can change under our hands.  Neither
rows nor answers nor models pass through PID 1: what it once held, the process of the next probe would inherit.
"""

from __future__ import annotations

import os
import select
import socket
import time
from dataclasses import dataclass

from ..protocol.names import STARVED
from ..protocol.wire import Header
from . import accounting, child, collector, feeder, pace, processes
from .line import Host, HostGone
from .log import Log
from .sweeper import Sweeper
from .waiting import Waiting


class Broken(Exception):
    """A process of ours failed, or one of the candidate's outlived the end: the container is of no more use."""


@dataclass
class Watched:
    """A running child: what is known of it so far."""

    pid: int
    log_fd: int
    log: Log
    log_open: bool = True
    feeding: int = 0  # the process that hands rows over to it, where it is timed
    status: int | None = None
    limit: str | None = None
    max_rss_kb: int = 0

    def drain(self) -> None:
        self.log_open = self.log.drain(self.log_fd)

    def reap(self, clock: accounting.CpuClock) -> None:
        """Wait for all dead processes; orphans of the candidate's are children of PID 1 too."""
        try:
            while True:
                pid, status, used = os.wait4(-1, os.WNOHANG)
                if pid == 0:
                    return
                if pid == self.feeding:
                    continue  # ours
                clock.reaped += used.ru_utime + used.ru_stime
                self.max_rss_kb = max(self.max_rss_kb, used.ru_maxrss)
                if pid == self.pid:
                    self.status = os.waitstatus_to_exitcode(status)
        except ChildProcessError:
            return


def run(request: Header, sizes: list[int], host: Host, sweeper: Sweeper, wake_fd: int) -> None:
    """Answer one request, whose blobs (submission, model, rows) have not been read yet; Broken where that fails."""
    paces = [pace.seconds()] if request.get("timed") else []
    answer_fd = os.memfd_create("answer", os.MFD_CLOEXEC)
    os.fchmod(answer_fd, 0o600)
    watched = start(request, sizes, host, answer_fd)
    clock, started, kills = accounting.CpuClock(), time.monotonic(), accounting.oom_kills()
    waiting = Waiting(clock.used)
    watch(watched, request, clock, waiting, (host.input, wake_fd), started)
    facts: Header = {"seconds": time.monotonic() - started, "cpu_seconds": clock.used(), "waited": waiting.seconds}
    if watched.feeding and watched.status is not None:
        feeder.finished(watched.feeding)
    if not sweeper.kill_all(wake_fd):
        raise Broken("a process of the candidate's could not be ended")
    paces += [pace.seconds()] if request.get("timed") else []
    facts |= {"pace": sum(paces) / max(len(paces), 1)}
    facts |= {"oom": accounting.oom_kills() > kills, "status": watched.status, "limit": watched.limit}
    facts |= {"max_rss_mb": watched.max_rss_kb / 1024, "dropped": watched.log.dropped}
    printed = watched.log.file()
    watched.log.close()
    if not sweeper.collect(collector.order(request, facts), (answer_fd, printed)):
        raise Broken("what the probe left could not be collected")
    for descriptor in (watched.log_fd, answer_fd, printed):
        os.close(descriptor)
    processes.settle()


def start(request: Header, sizes: list[int], host: Host, answer_fd: int) -> Watched:
    """The child at the moment when it has read and laid out all it needs."""
    fed = "parts" in request
    near, far = socket.socketpair() if fed else (None, None)
    log_fd, write_fd = os.pipe()
    begun_fd, begin_fd = os.pipe()
    os.set_blocking(log_fd, False)
    pid = os.fork()
    if pid == 0:
        if near is not None and far is not None:
            near.close()
            child.become(request, sizes[:2], host, child.Lines(far.detach(), write_fd, begin_fd))
        child.become(request, sizes, host, child.Lines(answer_fd, write_fd, begin_fd))
    os.close(write_fd)
    os.close(begin_fd)
    begun = os.read(begun_fd, 1)
    os.close(begun_fd)
    if not begun:
        raise Broken("the probe could not be laid out")
    watched = Watched(pid, log_fd, Log(int(request["log_kb"]) * 1024))
    if near is not None and far is not None:
        far.close()
        watched.feeding = feeder.start(request, sizes[2], host, near, answer_fd)
        near.close()
    return watched


def watch(
    watched: Watched,
    request: Header,
    clock: accounting.CpuClock,
    waiting: Waiting,
    fds: tuple[int, int],
    started: float,
) -> None:
    """Until the child has ended or used up its time; HostGone when the grader is no longer there."""
    host_fd, wake_fd = fds
    while watched.status is None and watched.limit is None:
        watched.limit, soonest = reached(request, clock, waiting.seconds, started)
        sources = [host_fd, wake_fd] + [watched.log_fd] * watched.log_open
        asleep = time.monotonic()
        ready = select.select(sources, [], [], soonest)[0]
        waiting.look(late=0.0 if ready else time.monotonic() - asleep - soonest)
        if host_fd in ready:
            raise HostGone
        if wake_fd in ready:
            os.read(wake_fd, 4096)
        if watched.log_fd in ready:
            watched.drain()
        watched.reap(clock)
    watched.drain()


def reached(request: Header, clock: accounting.CpuClock, waited: float, started: float) -> tuple[str | None, float]:
    """The limit that is passed, if one is, and the seconds after which to look again.

    The wall clock stands still while the probe waits for a core; where that goes on too long, it was starved.
    """
    most = float(request["seconds"])
    wall_left = started + most + waited - time.monotonic()
    cpu_left = float(request["cpu_seconds"]) - clock.used()
    limit = "wall" if wall_left <= 0 else "cpu" if cpu_left <= 0 else "starved" if waited > STARVED * most else None
    if limit is None and accounting.memory_mb() > int(request["memory_mb"]):
        limit = "memory"
    patience = 0.25 if accounting.KERNEL_COUNTS_MEMORY else 0.05
    return limit, max(min(wall_left, cpu_left / (os.cpu_count() or 1), patience), 0.01)
