"""One engine of our own for whoever needs one it may kill or configure."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.faults.engine import Engine, running_engine


@pytest.fixture(scope="session")
def private_engine() -> Iterator[Engine]:
    with running_engine() as engine:
        yield engine
