"""Each feature says of a row what it is named after."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from churn import features, schema
from conftest import make_rows


def built(**changes: object) -> pd.Series:
    return features.build(schema.checked(make_rows(changes), with_target=False)).iloc[0]


@pytest.mark.parametrize(
    ("changes", "feature", "value"),
    [
        ({"age": 999}, "age", np.nan),
        ({"age": 64}, "age", 64.0),
        ({"monthly_charge": "39.90 EUR"}, "charge", 39.9),
        ({"monthly_charge": "on request"}, "charge", np.nan),
        ({"monthly_charge": None}, "charge", np.nan),
        ({"snapshot_date": "2023-06-01", "usage_gb": 8000.0}, "usage", 8.0),
        ({"snapshot_date": "2023-07-01", "usage_gb": 8.0}, "usage", 8.0),
        ({"plan": "m"}, "plan", "M"),
        ({"channel": "app"}, "channel", "other"),
        ({"satisfaction": None}, "unanswered", 1.0),
        ({"satisfaction": 3.0}, "unanswered", 0.0),
        ({"signup_date": "2023-09-30"}, "log_tenure", np.log(2.0)),
        ({"discount_end_date": "2023-10-31"}, "days_left", 30.0),
        ({"discount_end_date": None}, "days_left", np.nan),
        ({"discount_end_date": "2023-10-31", "discount_pct": 20}, "price_jump", 20.0),
        ({"discount_end_date": "2024-02-01", "discount_pct": 20}, "price_jump", 0.0),
        ({"discount_end_date": "2024-02-01"}, "held_by_promotion", 1.0),
        ({"contract": "two_year"}, "price_jump", 0.0),
        ({"contract": "one_year", "signup_date": "2022-10-11"}, "days_to_renewal", 10.0),
        ({"contract": "two_year", "signup_date": "2022-10-11"}, "days_to_renewal", 375.0),
        ({"contract": "monthly"}, "days_to_renewal", np.nan),
        ({"usage_trend": -0.5}, "trend_size", 0.5),
    ],
)
def test_feature(changes: dict[str, object], feature: str, value: object) -> None:
    found = built(**changes)[feature]
    if isinstance(value, str):
        assert found == value
    else:
        assert found == pytest.approx(value, nan_ok=True)


def test_identifiers_and_what_is_known_later_are_no_features() -> None:
    rows = make_rows({"retention_desk_calls": 4, "postcode": 12345, "gender": "f"})
    found = set(features.build(schema.checked(rows, with_target=False)).columns)
    assert not found & {"customer_id", "postcode", "gender", "retention_desk_calls", "churned"}


def test_a_row_has_the_same_features_alone_and_in_company() -> None:
    rows = schema.checked(make_rows({}, {"age": 999}, {"usage_gb": None}), with_target=False)
    alone = pd.concat([features.build(rows.iloc[[i]]) for i in range(3)])
    pd.testing.assert_frame_equal(alone, features.build(rows))
