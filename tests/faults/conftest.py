"""The private engine, which every test finds running and empty, and the service's fixtures."""

from __future__ import annotations

import pytest

from tests.app.conftest import make_settings, make_site, postgres
from tests.faults.engine import Engine

__all__ = ["make_settings", "make_site", "postgres"]


@pytest.fixture
def engine(private_engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Engine:
    """The engine that DockerSandbox finds in this test."""
    private_engine.ensure()
    monkeypatch.setenv("DOCKER_HOST", private_engine.url)
    return private_engine
