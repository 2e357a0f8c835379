"""The churn table: what the company wrote down of the process, and what is kept from candidates.

`make(seed)` is pure: the same seed gives the same rows.  Best attainable ranking: `oracle` is the chance of
leaving given every recorded column, for a customer without history.  The customer's own effect is left out of
it on purpose, because no column of a new customer carries it; it is noise to every pipeline.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from challenges.fingerprint import fingerprint
from challenges.generated import dates, text, twice
from challenges.ml_pipeline import process
from graders.model.arrays import FloatArray, IntArray
from graders.model.challenge import Dataset
from graders.model.later import pd

PUBLIC_CUSTOMERS, PUBLIC_ROWS, DUPLICATES = 3_100, 13_500, 0.01
HIDDEN_CUSTOMERS, HIDDEN_ROWS = 4_200, 10_000
MIGRATION = np.datetime64("2023-07-01")
LOST = 0.8

PUBLIC = process.Era(
    process.months("2022-07", 18),
    channels={"web": 0.4, "shop": 0.25, "phone": 0.2, "partner": 0.15},
    payments={"card": 0.45, "debit": 0.35, "transfer": 0.2},
)
HIDDEN = process.Era(
    process.months("2024-01", 3),
    channels={"web": 0.34, "shop": 0.22, "phone": 0.17, "partner": 0.15, "app": 0.12},
    payments={"card": 0.4, "debit": 0.32, "transfer": 0.18, "wallet": 0.1},
)
BASELINE_COLUMNS = ["age", "n_products", "tickets_90d", "late_payments_12m"]


def make(seed: int) -> Dataset:
    """Public rows with the target, hidden rows of other customers in later months without it."""
    rng = np.random.default_rng(seed)
    ids = 100_000 + rng.permutation(900_000)[: PUBLIC_CUSTOMERS + HIDDEN_CUSTOMERS]
    public, public_oracle = _public(rng, ids[:PUBLIC_CUSTOMERS])
    people = process.customers(rng, ids[PUBLIC_CUSTOMERS:], HIDDEN)
    truth = process.snapshots(rng, people, HIDDEN, HIDDEN_ROWS)
    labels = process.leaves(rng, truth)
    hidden = recorded(rng, truth, desk_calls=_desk_calls(rng, len(truth)))
    return Dataset(
        public=public,
        hidden=hidden,
        labels=labels,
        oracle=process.chance_of_leaving(truth),
        baseline=baseline(public, hidden),
        public_oracle=public_oracle,
        fingerprint=fingerprint(public, hidden, labels),
    )


def _public(rng: np.random.Generator, ids: npt.NDArray[np.int64]) -> tuple[pd.DataFrame, FloatArray]:
    """The public rows, and the oracle of each."""
    truth = process.snapshots(rng, process.customers(rng, ids, PUBLIC), PUBLIC, PUBLIC_ROWS)
    left = process.leaves(rng, truth)
    # The export ran after the customers had left, so calls made while cancelling are counted with the rest.
    calls = _desk_calls(rng, len(truth)) + left * rng.poisson(1.6, len(truth))
    table = recorded(rng, truth, desk_calls=calls).assign(churned=left)
    kept = twice(rng, np.flatnonzero(~_lost(rng, truth, left)), DUPLICATES)
    return table.iloc[kept].reset_index(drop=True), process.chance_of_leaving(truth)[kept]


def _desk_calls(rng: np.random.Generator, rows: int) -> IntArray:
    return rng.poisson(0.35, rows).astype(np.int64)


def _lost(rng: np.random.Generator, truth: pd.DataFrame, left: IntArray) -> npt.NDArray[np.bool_]:
    """Before the migration most churners of one region and of one age group were not archived."""
    badly_kept = (truth["region"] == "south") | (truth["age"] >= 65)
    at_risk = badly_kept & (truth["snapshot"] < MIGRATION) & (left == 1)
    return np.asarray(at_risk & (rng.random(len(truth)) < LOST), dtype=np.bool_)


def recorded(rng: np.random.Generator, truth: pd.DataFrame, desk_calls: IntArray) -> pd.DataFrame:
    """The columns as the company's systems hold them, in the order of the data dictionary."""
    early = (truth["snapshot"] < MIGRATION).to_numpy()
    lower = rng.random(len(truth)) < 0.25
    ends = truth["snapshot"] + pd.to_timedelta(truth["days_left"], unit="D")
    return pd.DataFrame(
        {
            "customer_id": truth["customer_id"],
            "snapshot_date": dates(truth["snapshot"]),
            "signup_date": dates(truth["signup"]),
            "age": np.where(truth["age_known"], truth["age"], 999).astype(np.int64),
            "gender": text(truth["gender"]),
            "region": text(truth["region"]),
            "postcode": truth["postcode"],
            "contract": text(truth["contract"]),
            "plan": text(truth["plan"].where(~lower, truth["plan"].str.lower())),
            "channel": text(truth["channel"]),
            "payment_method": text(truth["payment"]),
            "n_products": truth["products"],
            "discount_pct": truth["discount"].astype(np.int64),
            "discount_end_date": dates(ends),
            "income_k": truth["income"].round(1),
            "monthly_charge": text([f"{charge:.2f} EUR" for charge in truth["charge"]]),
            "usage_gb": np.where(early, (1000 * truth["usage"]).round(1), truth["usage"].round(3)),
            "usage_trend": truth["trend"],
            "tickets_90d": truth["tickets"],
            "late_payments_12m": truth["late"],
            "satisfaction": truth["satisfaction"],
            "retention_desk_calls": desk_calls,
        }
    )


def baseline(public: pd.DataFrame, hidden: pd.DataFrame) -> FloatArray:
    """Scores of the hidden rows by a logistic regression on four numeric columns, taken as they are."""
    from challenges import simple_models  # noqa: PLC0415 - loads scikit-learn, and grading rarely needs it

    return simple_models.baseline(public, hidden, BASELINE_COLUMNS, "churned")[:, 1]
