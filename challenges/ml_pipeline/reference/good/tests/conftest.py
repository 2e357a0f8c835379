"""Rows made up for tests; no real customer is in them."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

ROW = {
    "customer_id": 1,
    "snapshot_date": "2023-10-01",
    "signup_date": "2023-01-01",
    "age": 40,
    "region": "north",
    "contract": "monthly",
    "plan": "M",
    "channel": "web",
    "payment_method": "card",
    "n_products": 2,
    "discount_pct": 20,
    "discount_end_date": "2023-10-31",
    "monthly_charge": "39.90 EUR",
    "usage_gb": 8.0,
    "usage_trend": -0.5,
    "tickets_90d": 1,
    "late_payments_12m": 0,
    "satisfaction": 7.0,
    "churned": 0,
}


def make_rows(*changes: dict[str, object]) -> pd.DataFrame:
    """One plausible row for each mapping of changes to it."""
    return pd.DataFrame([ROW | change for change in changes])


@pytest.fixture(scope="session")
def customers() -> pd.DataFrame:
    """300 customers at eight snapshots each, of whom the unhappy ones leave."""
    rng = np.random.default_rng(0)
    months = [f"2023-{month:02d}-01" for month in range(5, 13)]
    happy = rng.integers(1, 11, 2400).astype(float)
    return make_rows(
        *(
            {
                "customer_id": i // 8,
                "snapshot_date": months[i % 8],
                "contract": ("monthly", "one_year", "two_year")[i // 8 % 3],
                "satisfaction": happy[i],
                "churned": int(rng.random() < (0.8 if happy[i] < 5 else 0.1)),
            }
            for i in range(2400)
        )
    )
