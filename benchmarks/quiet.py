"""A quiet place on a busy machine: a control group of high weight, with a Docker engine of its own in it.

All containers of the usual engine weigh as one task against whatever else runs, so that neighbours distort every
ratio between a container and a bare process.  In here both are in one group, which outweighs all others together.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.faults.engine import running_engine

CPU = Path("/sys/fs/cgroup/cpu")  # of control groups, version 1
NAME = "assay-quiet"
WEIGHT = 65_536  # of a usual task: 1024


def possible() -> bool:
    """Whether this machine lets us: root, control groups of version 1, and a second Docker engine."""
    return os.access(CPU / "cpu.shares", os.W_OK) and os.getuid() == 0


@contextmanager
def quiet() -> Iterator[None]:
    """This process, all it starts and the engine that $DOCKER_HOST then names outweigh the rest of the machine."""
    group, before = CPU / NAME, os.environ.get("DOCKER_HOST")
    group.mkdir(exist_ok=True)
    (group / "cpu.shares").write_text(str(WEIGHT))
    enter(group)
    try:
        with running_engine({"cgroup-parent": f"/{NAME}"}) as engine:
            os.environ["DOCKER_HOST"] = engine.url
            yield
    finally:
        os.environ.pop("DOCKER_HOST")
        os.environ |= {} if before is None else {"DOCKER_HOST": before}
        enter(CPU)


def enter(group: Path) -> None:
    """Move this process there; what it starts from now on is born there."""
    (group / "cgroup.procs").write_text(str(os.getpid()))
