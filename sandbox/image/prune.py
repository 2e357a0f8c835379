"""Remove sandbox images that were made from what is no longer the code or the lock."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Collection, Iterator

import docker
import docker.errors

DAY = 24 * 3600.0


def prune(client: docker.DockerClient, repository: str, keep: Collection[str], older_than: float = DAY) -> int:
    """Remove the repository's tags but those to keep, younger ones and those a container uses; how many went.

    The age is in seconds: another checkout of this project may use a younger one on the same engine.
    """
    return sum(removed(client, name) for name in outdated(client, repository, keep, time.time() - older_than))


def outdated(client: docker.DockerClient, repository: str, keep: Collection[str], before: float) -> Iterator[str]:
    for image in client.api.images(repository):
        if image["Created"] <= before:
            yield from (name for name in image["RepoTags"] or () if name not in keep)


def removed(client: docker.DockerClient, name: str) -> bool:
    """Without force, the engine refuses what a container uses."""
    with contextlib.suppress(docker.errors.APIError):
        client.images.remove(name)
        return True
    return False
