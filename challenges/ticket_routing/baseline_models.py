"""Simple models of ours on the same rows, to say what a submission's complexity buys."""

from __future__ import annotations

import numpy as np

from challenges.ticket_routing.make_data import CHARACTERS, MIGRATION
from graders.model.arrays import FloatArray
from graders.model.later import pd


def cleaned(data: pd.DataFrame) -> pd.DataFrame:
    """Units, case, text numbers and sentinels put right; dates as durations; identifiers and the trap left out."""
    opened = pd.to_datetime(data["opened_on"])
    kept = ["hour", "channel", "segment", "product", "topic", "error_code", "parcel_state", "days_since_order"]
    kept += ["days_since_invoice", "photos", "open_tickets", "tone"]
    return data[kept].assign(
        language=data["language"].str.lower(),
        age=data["age"].where(data["age"] < 120),
        tenure=(opened - pd.to_datetime(data["customer_since"])).dt.days,
        years=(opened - pd.Timestamp("2023-01-01")).dt.days / 365,
        value=data["last_order_value"].str.removesuffix(" EUR").astype(float),
        words=np.log(data["length"] / np.where(opened < MIGRATION, CHARACTERS, 1)),
    )


def baseline_models(public: pd.DataFrame, hidden: pd.DataFrame) -> dict[str, FloatArray]:
    """Probabilities of the hidden rows by a single split and by a logistic regression, both on cleaned columns."""
    from challenges import simple_models  # noqa: PLC0415 - loads scikit-learn, and grading rarely needs it

    return simple_models.on_cleaned(cleaned, public, hidden, "team")
