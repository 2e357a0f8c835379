"""What the processes of this container have used, counted from PID 1."""

from __future__ import annotations

import os
import time

from .processes import others

TICKS = os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGE_SIZE")

#: The container's own control group: exact, and nothing escapes it.  Version 1, version 2.
CPU_FILES = [("/sys/fs/cgroup/cpuacct/cpuacct.usage", "", 1e-9)]
if os.path.exists("/sys/fs/cgroup/cgroup.events"):  # not in the group of the whole machine, of which cpu.stat then is
    CPU_FILES.append(("/sys/fs/cgroup/cpu.stat", "usage_usec", 1e-6))
OOM_FILES = (("/sys/fs/cgroup/memory/memory.oom_control", "oom_kill"), ("/sys/fs/cgroup/memory.events", "oom_kill"))

#: Where no kernel counts the container's memory (gVisor without control groups), PID 1 does.
KERNEL_COUNTS_MEMORY = any(os.path.exists(path) for path, _ in OOM_FILES)
SHARED_MB, SHARING = 64, 8  # for so many processes; a fork bomb is counted in full


class CpuClock:
    """CPU seconds of all processes but this one since the clock was made."""

    def __init__(self) -> None:
        self.reaped = 0.0  # from wait4: a reaped process and all it had waited for
        self._start = self._now()

    def used(self) -> float:
        return max(self._now() - self._start, 0.0)

    def _now(self) -> float:
        total = cgroup_seconds()
        return self.reaped + living_seconds() if total is None else total - time.process_time()


def cgroup_seconds() -> float | None:
    for path, key, unit in CPU_FILES:
        value = read_number(path, key)
        if value is not None:
            return value * unit
    return None


def oom_kills() -> int:
    """How many processes of the container the kernel has killed for want of memory."""
    for path, key in OOM_FILES:
        value = read_number(path, key)
        if value is not None:
            return value
    return 0


def read_number(path: str, key: str) -> int | None:
    """The number alone in a file, or behind `key` on a line of it; None where there is none."""
    try:
        with open(path) as file:
            lines = [line.split() for line in file]
    except OSError:
        return None
    wanted = [words[-1] for words in lines if words and (words[0] == key if key else len(words) == 1)]
    return int(wanted[0]) if wanted and wanted[0].isdigit() else None


def living_seconds() -> float:
    """CPU seconds of every living process but ours, with those of the children it has waited for."""
    return sum(process_seconds(name) for name in others())


def process_seconds(pid: str) -> float:
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            fields = file.read().rpartition(b")")[2].split()  # the name before it may hold anything
    except OSError:
        return 0.0
    return sum(int(ticks) for ticks in fields[11:15]) / TICKS


def memory_mb() -> float:
    """What all living processes but ours hold in memory; 0 where the kernel counts.

    Pages shared after a fork are counted again for whoever touches them, so a few processes get an allowance.
    """
    if KERNEL_COUNTS_MEMORY:
        return 0.0
    pages = [resident_pages(name) for name in others()]
    return max(sum(pages) * PAGE / 2**20 - SHARED_MB * min(len(pages), SHARING), 0.0)


def resident_pages(pid: str) -> int:
    try:
        with open(f"/proc/{pid}/statm") as file:
            return int(file.read().split()[1])
    except (OSError, IndexError):  # it ended meanwhile
        return 0
