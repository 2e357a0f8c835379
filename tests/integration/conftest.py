from __future__ import annotations

import secrets
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from challenges import registry, vault
from graders.model.probe import Sandbox
from sandbox.host.docker import DockerSandbox


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the secret seed and the hidden data live, the same in every session."""
    made = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(secrets, "randbits", Random(20).getrandbits)  # noqa: S311 - no secrets
        vault.load(registry.get("ml_pipeline"), made)
    return made


@pytest.fixture(scope="session")
def docker_sandbox() -> Iterator[Sandbox]:
    with DockerSandbox() as sandbox:
        yield sandbox
