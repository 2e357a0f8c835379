"""Care pays and a random split flatters.  benchmarks/demand.py prints the sizes over several seeds."""

from __future__ import annotations

import pytest
from sklearn.metrics import mean_absolute_error

from challenges.store_demand.ladder import LADDER, SLIPS, Forecaster, error, random_split
from challenges.store_demand.make_data import make

CARELESS = LADDER["the same without what is known after"]


def flattered(seed: int) -> float:
    """The share of the true error that a random split of the rows does not see."""
    dataset = make(seed)
    return 1 - random_split(CARELESS, dataset.public) / error(Forecaster(CARELESS), dataset)


def test_a_random_split_flatters() -> None:
    assert flattered(1) > 0.15


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2, 11))
def test_a_random_split_flatters_whatever_the_seed(seed: int) -> None:
    assert flattered(seed) > 0.15


def test_care_pays() -> None:
    """What is known after is worthless in use, sales are not demand, and stores have a level."""
    dataset = make(1)
    names = ("gradient boosting, everything", "the same without what is known after", "the level of known stores")
    errors = [error(Forecaster(LADDER[name]), dataset) for name in names]
    assert errors[0] > 1.2 * errors[1] > 1.2 * errors[2]
    assert errors[2] > mean_absolute_error(dataset.labels, dataset.oracle)
    assert error(Forecaster(SLIPS["sales taken for demand"]), dataset) > 1.02 * errors[2]
