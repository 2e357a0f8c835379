"""Each feature says of a ticket what it is named after."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from conftest import make_rows
from tickets import features, schema

CASES: list[tuple[dict[str, object], str, object]] = [
    ({"age": 999}, "senior", 0.0),
    ({"age": 65}, "senior", 1.0),
    ({"last_order_value": "39.90 EUR"}, "log_value", np.log(39.9)),
    ({"last_order_value": None}, "log_value", np.nan),
    ({"opened_on": "2023-09-30", "length": 360}, "log_words", np.log(60.0)),
    ({"opened_on": "2023-10-01", "length": 60}, "log_words", np.log(60.0)),
    ({"days_since_order": 20}, "log_order_age", np.log(21.0)),
    ({"days_since_order": None}, "log_order_age", np.nan),
    ({"customer_since": "2024-01-02"}, "new_customer", 60 / 90),
    ({"customer_since": "2020-01-02"}, "new_customer", 0.0),
    ({"days_since_invoice": 6}, "fresh_invoice", 0.5),
    ({"days_since_invoice": 40}, "fresh_invoice", 0.0),
    ({"opened_on": "2023-01-01"}, "years", 0.0),
    ({"language": "DE"}, "language", "de"),
    ({"channel": "chat"}, "channel", "unknown"),
    ({"error_code": None}, "error_code", "none"),
    ({"days_since_order": 30}, "can_go_back", 1.0),
    ({"days_since_order": 31}, "can_go_back", 0.0),
    ({"parcel_state": "lost"}, "can_go_back", 0.0),
    ({"topic": "fault"}, "broken_and_can_go_back", 1.0),
    ({"topic": "bill"}, "broken_and_can_go_back", 0.0),
    ({"parcel_state": "underway", "days_since_order": 8}, "late_parcel", 1.0),
    ({"parcel_state": "underway", "days_since_order": 7}, "late_parcel", 0.0),
    ({"segment": "business"}, "business_invoice", 0.5),
    ({"segment": "private"}, "business_invoice", 0.0),
]


@pytest.fixture(scope="module")
def built() -> pd.DataFrame:
    """The features of all cases, a row each: no row looks at another."""
    rows = make_rows(*(changes for changes, _, _ in CASES))
    return features.build(schema.checked(rows, with_target=False))


@pytest.mark.parametrize("number", range(len(CASES)), ids=lambda number: f"{number} {CASES[number][1]}")
def test_feature(built: pd.DataFrame, number: int) -> None:
    _, feature, value = CASES[number]
    found = built[feature].iloc[number]
    if isinstance(value, str):
        assert found == value
    else:
        assert found == pytest.approx(value, nan_ok=True)


def test_identifiers_and_what_is_known_later_are_no_features() -> None:
    rows = make_rows({"minutes_booked": 4.0, "postcode": 12345})
    found = set(features.build(schema.checked(rows, with_target=False)).columns)
    assert not found & {"customer_id", "postcode", "minutes_booked", "team"}


def test_a_row_has_the_same_features_alone_and_in_company() -> None:
    rows = schema.checked(make_rows({}, {"age": 999}, {"tone": None}), with_target=False)
    alone = pd.concat([features.build(rows.iloc[[i]]) for i in range(3)])
    pd.testing.assert_frame_equal(alone, features.build(rows))
