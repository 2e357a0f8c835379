"""What follows from a challenge's rows alone: worked out once, and shared by all submissions to it."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TypeVar

from graders.model.challenge import Challenge, Dataset

T = TypeVar("T")


def of_data(work: Callable[[Challenge, Dataset], T]) -> Callable[[Challenge, Dataset], T]:
    """Keep what `work` gives beside the rows; whoever judges in another process hands it on with them."""
    name = f"{work.__module__}.{work.__qualname__}"

    @wraps(work)
    def known(challenge: Challenge, dataset: Dataset) -> T:
        if (name, challenge) not in dataset.known:
            dataset.known[name, challenge] = work(challenge, dataset)
        result: T = dataset.known[name, challenge]
        return result

    return known
