"""Each feature says of a row what it is named after."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from conftest import make_rows
from demand import features, schema

CASES: list[tuple[dict[str, object], str, float]] = [
    ({"article": "EGGS"}, "article=eggs", 1.0),
    ({"article": "tofu"}, "article=eggs", 0.0),
    ({"date": "2023-11-30", "shelf_units": 4}, "log_shelf", np.log(25.0)),
    ({"date": "2023-12-01", "shelf_units": 24}, "log_shelf", np.log(25.0)),
    ({"shelf_units": None}, "log_shelf", np.nan),
    ({"size_m2": 1}, "log_size", np.nan),
    ({"price_eur": 1.0}, "log_price", 0.0),
    ({"date": "2024-03-30"}, "easter", 1.0),
    ({"date": "2024-03-21"}, "easter", 1.0),
    ({"date": "2024-03-20"}, "easter", 0.0),
    ({"date": "2023-04-09"}, "easter", 0.0),
    ({"date": "2023-12-24"}, "christmas", 1.0),
    ({"date": "2023-12-27"}, "christmas", 0.0),
    ({"date": "2023-12-01"}, "christmas", 1.0),
    ({"date": "2024-03-01"}, "friday", 1.0),
    ({"date": "2024-03-02"}, "saturday", 1.0),
    ({"date": "2024-03-02"}, "friday", 0.0),
    ({"date": "2024-04-01"}, "spring", np.sin(2 * np.pi * 92 / 365.25)),
    ({"date": "2024-04-01"}, "winter", np.cos(2 * np.pi * 92 / 365.25)),
    ({"date": "2023-01-01"}, "years", 365 / 365.25),
    ({"date": "2024-03-11", "opened_on": "2024-01-01"}, "young", np.exp(-1.0)),
    ({"date": "2024-03-11", "opened_on": "2024-05-01"}, "young", 1.0),
    ({"discount": 40}, "discount", np.nan),
    ({"discount": 0.3}, "article=eggs, discount", 0.3),
    ({"discount": 0.3}, "article=lager, discount", 0.0),
    ({"format": "kiosk", "date": "2024-03-02"}, "format=kiosk, saturday", 1.0),
    ({"format": "kiosk"}, "format=kiosk, category=dairy", 1.0),
]


@pytest.fixture(scope="module")
def built() -> pd.DataFrame:
    """The features of all cases, a row each: no row looks at another."""
    return features.build(schema.checked(make_rows(*(changes for changes, _, _ in CASES)), with_target=False))


@pytest.mark.parametrize("number", range(len(CASES)), ids=lambda number: f"{number} {CASES[number][1]}")
def test_feature(built: pd.DataFrame, number: int) -> None:
    _, feature, value = CASES[number]
    assert built[feature].iloc[number] == pytest.approx(value, nan_ok=True)


@pytest.mark.parametrize(
    ("row", "asked"),
    [
        ({"units": 10}, 10.0),
        ({"units": 9, "returned_units": 1}, 10.0),
        ({"units": 10, "sold_out_hour": 14.0}, 20.0),
        ({"units": 10, "sold_out_hour": 8.2}, 120.0),
        ({"units": 10, "sold_out_hour": 20.0}, 10.0),
    ],
)
def test_demand_is_what_would_have_been_sold(row: dict[str, object], asked: float) -> None:
    assert features.demand(make_rows(row))[0] == pytest.approx(asked)


def test_what_is_known_later_is_no_feature() -> None:
    rows = make_rows({"replenished_units": 12, "sold_out_hour": 12.0})
    found = set(features.build(schema.checked(rows, with_target=False)).columns)
    assert not found & {"store_id", "sold_out_hour", "returned_units", "replenished_units", "units"}
