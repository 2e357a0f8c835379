"""An engine of our own that every test finds running and empty, and the service's fixtures."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.faults.engine import Engine, running_engine
from tests.service.conftest import make_settings, make_site, postgres

__all__ = ["make_settings", "make_site", "postgres"]


@pytest.fixture(scope="session")
def private_engine() -> Iterator[Engine]:
    with running_engine() as engine:
        yield engine


@pytest.fixture
def engine(private_engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Engine:
    """The engine that DockerSandbox finds in this test."""
    private_engine.ensure()
    monkeypatch.setenv("DOCKER_HOST", private_engine.url)
    return private_engine
