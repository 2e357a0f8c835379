"""Whose container is it?  Labels that name the process which made it, so that a dead grader's can be swept."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from pathlib import Path

import docker
import docker.errors
from docker.models.containers import Container

MARK = "assay"
OWNER = "assay.owner"


def born(pid: int) -> str | None:
    """When a process of this machine started, in ticks since boot; None where there is no such process."""
    try:
        return Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()[19].decode()
    except OSError:
        return None


def label(pid: int) -> str:
    return f"{socket.gethostname()} {pid} {born(pid)}"


LABELS = {MARK: "1", OWNER: label(os.getpid())}
os.register_at_fork(after_in_child=lambda: LABELS.update({OWNER: label(os.getpid())}))


def dead(owner: str) -> bool:
    """Whether the process a label names is gone; one of another machine is taken to be alive."""
    host, _, rest = owner.partition(" ")
    pid, _, birth = rest.partition(" ")
    return host == socket.gethostname() and pid.isdigit() and born(int(pid)) != birth


def left_over(container: Container) -> bool:
    """Whether nobody alive runs it: its grader is dead, or it is our own and ended when the engine did."""
    return of_the_dead(container) or (
        container.labels.get(OWNER, "") == LABELS[OWNER] and container.status in ("exited", "dead")
    )


def of_the_dead(container: Container) -> bool:
    """Whether the grader that made it is gone."""
    return dead(container.labels.get(OWNER, ""))


def sweep(client: docker.DockerClient, which: Callable[[Container], bool] = left_over) -> int:
    """Remove the containers of graders that are left over, or `which` of them; how many there were."""
    found = client.containers.list(all=True, filters={"label": f"{MARK}=1"}, ignore_removed=True)
    left = [container for container in found if which(container)]
    for container in left:
        try:
            container.remove(force=True, v=True)
        except docker.errors.APIError as error:
            if error.status_code not in (404, 409):
                raise
    return len(left)
