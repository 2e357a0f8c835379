"""One dataset for all tests of the challenge; making it takes most of a second."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from challenges.ml_pipeline.make_data import make
from graders.model.challenge import Dataset

SEED = 1

# Two threads of a busy machine spin while they wait for each other; child processes read this variable.
os.environ.setdefault("OMP_NUM_THREADS", "1")


@pytest.fixture(scope="session", autouse=True)
def _one_thread() -> Iterator[None]:
    with threadpool_limits(1):
        yield


@pytest.fixture(scope="session")
def dataset() -> Dataset:
    return make(SEED)
