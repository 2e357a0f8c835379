from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from graders.model.challenge import Dataset


@pytest.fixture(scope="session")
def customers() -> Dataset:
    """Three rows a customer; `score` is a noisy view of what makes them leave, `late` is written afterwards."""
    return of_customers(3600, 2700)


@pytest.fixture(scope="session")
def many_customers() -> Dataset:
    """The same, for what shows in many rows alone."""
    return of_customers(6000, 4500)


def of_customers(public_rows: int, hidden_rows: int) -> Dataset:
    def rows(count: int, first: int, seed: int) -> tuple[pd.DataFrame, np.ndarray, np.ndarray]:
        rng = np.random.default_rng(seed)
        who = first + np.arange(count) // 3
        true = rng.normal(size=count // 3 + 1)[np.arange(count) // 3] + rng.normal(size=count)
        chance = 1 / (1 + np.exp(1 - 1.5 * true))
        left = (rng.random(count) < chance).astype(np.int64)
        table = pd.DataFrame(
            {
                "customer_id": who,
                "snapshot_date": [f"2024-0{1 + i % 3}-28" for i in range(count)],
                "score": true + rng.normal(size=count) - 1,
                "late": left * 3.0,
                "shop": np.array(["east", "west"], dtype=object)[who % 2],
                "age": 20 + who % 50,
            }
        )
        return table, left, chance

    public, target, known = rows(public_rows, 0, 1)
    hidden, labels, oracle = rows(hidden_rows, 10_000, 2)
    hidden["late"] = 0.0
    baseline = np.random.default_rng(3).random(len(hidden))
    return Dataset(public.assign(churned=target), hidden, labels, oracle, baseline, known, "f" * 16)
