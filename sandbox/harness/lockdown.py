"""What a process gives up before the candidate's code may run in it.

The system-call filter of the whole container is in sandbox/host/seccomp.py, the one of a probe's process in
callfilter.py; here is the rest of what has to be done process by process.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource

from . import accounting

PR_SET_DUMPABLE = 4
MB = 1 << 20
PROCESSES = 64  # and threads, where no control group counts them
USER = 10001  # and group: of everything that is the candidate's


def drop_user() -> None:
    """Become the candidate's user for good: the kernel takes every capability of PID 1 with it."""
    os.setgroups([])
    os.setresgid(USER, USER, USER)
    os.setresuid(USER, USER, USER)


def set_dumpable(allowed: bool) -> None:
    """Not dumpable: no other process may trace this one or open its memory, environment or files in /proc."""
    ctypes.CDLL(None).prctl(PR_SET_DUMPABLE, int(allowed), 0, 0, 0)


def limit(cpu_seconds: float, file_mb: int) -> None:
    """Limits of one process; those of the whole tree are the container's and the zygote's."""
    seconds = int(cpu_seconds) + 5  # a backstop: the zygote counts the tree and is stricter
    for what, most in (
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, file_mb * MB),
        (resource.RLIMIT_NOFILE, 256),
        (resource.RLIMIT_MEMLOCK, 0),
    ):
        resource.setrlimit(what, (most, most))
    with contextlib.suppress(ValueError):  # gVisor knows no such limit; the filter refuses the calls themselves
        resource.setrlimit(resource.RLIMIT_MSGQUEUE, (0, 0))
    if not accounting.KERNEL_COUNTS_MEMORY:  # elsewhere control groups do, and this would count other containers' too
        resource.setrlimit(resource.RLIMIT_NPROC, (PROCESSES, PROCESSES))


def die_first() -> None:
    """When memory runs out the kernel takes this process, and not the zygote."""
    try:
        with open("/proc/self/oom_score_adj", "w") as file:
            file.write("1000")
    except OSError:
        pass  # gVisor has no such file; the host then learns it from the container's state
