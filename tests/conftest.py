"""Which tests share a process; one engine of our own to kill or configure; a browser."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings
from playwright.sync_api import Browser

from tests.browser import running_browser
from tests.faults.engine import Engine, running_engine

#: Files that take more than a minute.
LONGEST = ("integration/test_grading.py", "faults/", "test_gvisor.py", "pages/test_workspace_browser.py")

# A busy machine is no counterexample.
settings.register_profile("assay", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("assay")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest files begin, so that of two processes neither ends long before the other.

    There is one private engine on a machine, so whoever needs it runs while no other process does.
    """
    items.sort(key=lambda item: not any(name in item.nodeid for name in LONGEST))
    for item in items:
        if "private_engine" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.alone)


@pytest.fixture(scope="session")
def private_engine() -> Iterator[Engine]:
    with running_engine() as engine:
        yield engine


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with running_browser() as made:
        yield made
