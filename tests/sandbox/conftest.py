"""One sandbox of each kind for all the tests here: a container is fresh for every start anyway."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from graders.model.probe import Sandbox
from sandbox.host.docker import DockerSandbox
from sandbox.host.local import LocalSandbox


@pytest.fixture(scope="session")
def docker_sandbox() -> Iterator[DockerSandbox]:
    with DockerSandbox() as sandbox:
        yield sandbox


@pytest.fixture(scope="session")
def local_sandbox() -> Iterator[LocalSandbox]:
    with LocalSandbox(slots=2) as sandbox:
        yield sandbox


@pytest.fixture(params=["local", "docker"])
def sandbox(request: pytest.FixtureRequest) -> Sandbox:
    found: Sandbox = request.getfixturevalue(f"{request.param}_sandbox")
    return found
