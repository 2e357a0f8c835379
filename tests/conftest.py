"""Which tests share a process, and in which order; one engine of our own to kill or configure; a browser."""

from __future__ import annotations

import gc
import os
import secrets
from collections.abc import Generator, Iterator
from random import Random

import pytest
import structlog
from hypothesis import HealthCheck, settings
from playwright.sync_api import Browser

from tests.browser import running_browser
from tests.faults.engine import Engine, running_engine

#: Tests with an engine of our own, of which a machine has one: one process runs them all, and mostly waits.
#: `./setup.sh test` runs them by their names, beside all others.
ENGINE = ("tests/faults/test_engine.py", "tests/faults/test_worker.py", "tests/sandbox/test_gvisor.py")
#: The one file whose tests time the machine; `./setup.sh test` runs it by its name.
ALONE = "tests/sandbox/host/test_concurrency.py"
#: What takes long, which begins.  On a fresh machine the image is still being made then: only one of the first four
#: files waits for it.
LONGEST = (
    "tests/integration/test_grading.py",
    *ENGINE,
    "tests/app/pages/test_crawl.py",
    "tests/app/pages/test_workspace_browser.py",
    "tests/app/pages/test_own_challenge_browser.py",
    "tests/app/web/test_openapi.py",
    "tests/app/api/",
    "tests/test_patterns.py",
    "tests/attacks/",
    "tests/sandbox/",
    "tests/integration/",
    "tests/starter_kit/",
    "tests/faults/",
    "tests/challenges/",
    "tests/app/pages/",
    "tests/app/test_",
    "tests/app/tracking/",
    "tests/app/worker/",
    "tests/graders/",
)

# Two threads of a busy machine spin while they wait for each other: models of a test are fitted by one, also in the
# processes it starts.
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

# Crashes that a test makes are logged as plain text: colouring their lines takes longer than most tests.
structlog.configure(
    [
        *structlog.get_config()["processors"][:-1],
        structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback),
    ]
)

# A busy machine is no counterexample, and every run tries the same examples.
settings.register_profile("assay", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("assay")


def place(item: pytest.Item) -> int:
    return next((number for number, name in enumerate(LONGEST) if item.nodeid.startswith(name)), len(LONGEST))


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest files begin, so that of the processes none ends long before the others."""
    items.sort(key=place)
    for item in items:
        file = item.nodeid.partition("::")[0]
        if file in ENGINE:
            item.add_marker("engine")
        if "private_engine" in getattr(item, "fixturenames", ()) and file not in ENGINE:
            raise pytest.UsageError(f"{file} needs the private engine: name it in tests/conftest.py")
        if item.get_closest_marker("alone") and file != ALONE:
            raise pytest.UsageError(f"{file} times the machine, but only {ALONE} is run alone")


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """What is loaded stays, and is not looked through again and again for garbage, neither meanwhile nor later."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.collect()
        gc.freeze()
        gc.enable()


@pytest.fixture(scope="module", autouse=True)
def _seeds(request: pytest.FixtureRequest) -> Iterator[None]:
    """The secret seeds of rows are those of the file, so that every run grades the same rows."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(secrets, "randbits", Random(request.node.nodeid).getrandbits)  # noqa: S311 - no secrets
        yield


@pytest.fixture(scope="session")
def private_engine() -> Iterator[Engine]:
    with running_engine() as engine:
        yield engine


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with running_browser() as made:
        yield made
