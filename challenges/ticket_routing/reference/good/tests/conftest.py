"""Tickets made up for tests; no real customer is in them."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tickets import config, validation

ROW = {
    "customer_id": 1,
    "opened_on": "2024-02-01",
    "hour": 12,
    "channel": "form",
    "language": "de",
    "age": 40,
    "customer_since": "2022-01-01",
    "segment": "private",
    "product": "camera",
    "topic": "bill",
    "error_code": None,
    "parcel_state": "delivered",
    "last_order_value": "39.90 EUR",
    "days_since_order": 20.0,
    "days_since_invoice": 6,
    "length": 60,
    "photos": 0,
    "open_tickets": 0,
    "tone": 0.1,
    "team": "billing",
}
TOPICS = {"bill": "billing", "login": "account", "parcel": "delivery", "return": "returns", "fault": "technical"}


def make_rows(*changes: dict[str, object]) -> pd.DataFrame:
    """One plausible ticket for each mapping of changes to it."""
    return pd.DataFrame([ROW | change for change in changes])


@pytest.fixture(scope="session", autouse=True)
def _short_validation() -> Iterator[None]:
    """A few draws will do: the tests ask whether the right thing is worked out, not how finely."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(validation, "BOOTSTRAP_DRAWS", 50)
        patch.setattr(validation, "FOLDS", 2)
        patch.setitem(config.LOGISTIC, "max_iter", 100)
        yield


@pytest.fixture(scope="session")
def tickets_of_customers() -> pd.DataFrame:
    """100 customers with six tickets each, whose team mostly follows from the topic."""
    rng = np.random.default_rng(0)
    topics = rng.choice(list(TOPICS), 600)
    teams = [TOPICS[topic] if rng.random() < 0.85 else rng.choice(config.TEAMS) for topic in topics]
    months = [f"2024-{month:02d}-01" for month in range(1, 7)]
    return make_rows(
        *(
            {
                "customer_id": i // 6,
                "opened_on": months[i % 6],
                "topic": topics[i],
                "photos": i % 4,
                "language": ("de", "en", "fr")[i % 3],
                "team": str(teams[i]),
            }
            for i in range(600)
        )
    )
