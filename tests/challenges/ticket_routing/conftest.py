"""The datasets of ten seeds; making one takes half a second, most of it the baseline."""

from __future__ import annotations

import pytest

from challenges.ticket_routing.make_data import make
from graders.model.challenge import Dataset

SEEDS = range(1, 11)


@pytest.fixture(scope="session")
def datasets() -> tuple[Dataset, ...]:
    return tuple(make(seed) for seed in SEEDS)


@pytest.fixture(scope="session")
def dataset(datasets: tuple[Dataset, ...]) -> Dataset:
    return datasets[0]
