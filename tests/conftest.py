"""Which tests share a process; one engine of our own to kill or configure; a browser."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings
from playwright.sync_api import Browser

from tests.browser import running_browser
from tests.faults.engine import Engine, running_engine

# A busy machine is no counterexample.
settings.register_profile("assay", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("assay")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A file's tests share their fixtures, so one process runs them; there is one private engine on a machine."""
    for item in items:
        shared = "faults" in item.path.parts or item.path.name == "test_gvisor.py"
        item.add_marker(pytest.mark.xdist_group("private engine" if shared else str(item.path)))


@pytest.fixture(scope="session")
def private_engine() -> Iterator[Engine]:
    with running_engine() as engine:
        yield engine


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with running_browser() as made:
        yield made
