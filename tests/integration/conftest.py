from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from graders.model.probe import Sandbox
from sandbox.host.docker import DockerSandbox


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where this session's secret seed and hidden data live."""
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="session")
def docker_sandbox() -> Iterator[Sandbox]:
    with DockerSandbox() as sandbox:
        yield sandbox
