"""Rows made up for tests; no real store is in them."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from demand import validation

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

ROW = {
    "store_id": 1,
    "date": "2023-12-05",
    "region": "north",
    "area": "city",
    "format": "supermarket",
    "size_m2": 800,
    "opened_on": "2020-01-01",
    "article": "eggs",
    "category": "dairy",
    "price_eur": 3.0,
    "discount": 0.0,
    "in_leaflet": 0,
    "shelf_units": 24,
    "sold_out_hour": None,
    "returned_units": 0,
    "units": 10,
}


def make_rows(*changes: dict[str, object]) -> pd.DataFrame:
    """One plausible row for each mapping of changes to it."""
    return pd.DataFrame([ROW | change for change in changes]).astype({"sold_out_hour": "float64"})


@pytest.fixture(scope="session", autouse=True)
def _short_training() -> Iterator[None]:
    """Few draws will do: the tests ask whether the right thing is learnt, not how well."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(validation, "BOOTSTRAP_DRAWS", 50)
        yield


@pytest.fixture(scope="session")
def days() -> pd.DataFrame:
    """Twenty stores on forty days; discounts triple the demand, and even stores sell twice as much as odd ones."""
    rng = np.random.default_rng(0)
    dates = pd.date_range("2023-09-01", periods=40, freq="4D").strftime("%Y-%m-%d")
    rows = []
    for store in range(20):
        for date in dates:
            discount = float(rng.choice([0.0, 0.3]))
            mean = 12 * (1 + store % 2) * (3 if discount else 1)
            rows.append({"store_id": store, "date": date, "discount": discount, "units": int(rng.poisson(mean))})
    return make_rows(*rows)
