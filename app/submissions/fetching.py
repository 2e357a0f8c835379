"""Taking a commit from a repository or a bundle, in a process with limits.

That process alone loads what speaks git and SSH: a server would carry it for ever, and most never need it.
"""

from __future__ import annotations

from app.intake.bounded import bounded
from app.submissions.repository import Fetched, Wanted
from sandbox.static_tools.bounded import Bounds, ForkServer

BOUNDS = Bounds(cpu_seconds=20, memory_mb=1024, seconds=240.0)
SERVER = ForkServer("app.submissions.git")


def fetch(wanted: Wanted, *, private: bool) -> Fetched:
    """The commit, fetched over https or ssh; Rejected with a reason where it is not to be had.

    `private` allows http and addresses that are not public.  SandboxError where the machine has no process to spare.
    """
    return bounded(SERVER, BOUNDS, _fetched, wanted, private=private)


def unbundle(data: bytes) -> Fetched:
    """What is in a bundle; Rejected where it cannot be read, or needs commits that are not in it."""
    return bounded(SERVER, BOUNDS, _unbundled, data)


def _fetched(wanted: Wanted, *, private: bool) -> Fetched:
    from app.submissions import git  # noqa: PLC0415 - in the process with limits alone

    return git.fetched(wanted, private=private)


def _unbundled(data: bytes) -> Fetched:
    from app.submissions import git  # noqa: PLC0415 - in the process with limits alone

    return git.unbundled(data)
