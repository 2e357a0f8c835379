"""Ending everything a probe started, and removing everything it wrote."""

from __future__ import annotations

import contextlib
import os
import signal
import time

#: All a probe can write to, each a file system of its own in memory that belongs to PID 1.
WRITABLE = tuple(path for path in ("/job", "/tmp", "/dev/shm", "/dev/mqueue") if os.path.isdir(path))  # noqa: S108
#: Numbers of the processes that live as long as the container and run nothing of a candidate's.
OURS = {"1"}


def others() -> list[str]:
    """The numbers of all processes but OURS."""
    return [name for name in os.listdir("/proc") if name.isdigit() and name not in OURS]


def kill_others(patience: float = 15.0) -> bool:
    """Kill every process but this one and PID 1, until the kernel says that PID 1 has waited for the last of them.

    False if one is still there after `patience` seconds.
    """
    assert os.getppid() == 1, "only a process of ours in a container may do this"
    end = time.monotonic() + patience
    while time.monotonic() < end:
        try:
            os.kill(-1, signal.SIGKILL)
        except ProcessLookupError:
            return True
        time.sleep(0.0005)
    return False


def reap() -> None:
    """Wait for all dead children."""
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def nobody_else() -> bool:
    """Whether this process, its parent and PID 1 are all there is."""
    return set(others()) <= {str(os.getpid()), str(os.getppid())}


def wipe() -> bool:
    """Empty every folder that can be written to; False when something resists, and the container is spent."""
    for folder in WRITABLE:
        with contextlib.suppress(OSError, RecursionError):  # whether it worked is looked at below
            empty(folder)
    return not any(os.listdir(folder) for folder in WRITABLE)


def empty(folder: str) -> None:
    """Remove all that lies in a folder, its owner's permissions put back where they are missing."""
    with os.scandir(folder) as entries:
        found = [(entry.path, entry.is_dir(follow_symlinks=False)) for entry in entries]
    for path, is_folder in found:
        if is_folder:
            os.chmod(path, 0o700)
            empty(path)
            os.rmdir(path)
        else:
            os.unlink(path)


def settle() -> None:
    """Let everybody write to the emptied folders, and give them the same times again, which tell of what was there."""
    for folder in WRITABLE:
        os.chmod(folder, 0o1777)  # noqa: S103  (so is every /tmp)
        os.utime(folder, (0, 0))
