"""One dataset for all tests of the challenge; making it takes most of a second."""

from __future__ import annotations

import pytest

from challenges.ml_pipeline.make_data import make
from graders.model.challenge import Dataset

SEED = 1


@pytest.fixture(scope="session")
def dataset() -> Dataset:
    return make(SEED)
