"""Feature engineering."""

from __future__ import annotations

import numpy as np
import pandas as pd

from .profiles import ProfileStore
from .settings import FeatureSettings

NEW_DESK = "2023-10-01"


def tidy(tickets: pd.DataFrame) -> pd.DataFrame:
    """Typing variants, sentinels and units put right, row by row."""
    out = tickets.copy()
    out["language"] = out["language"].str.lower()
    out["age"] = out["age"].where(out["age"] < 120)
    out["length_words"] = np.where(out["opened_on"] < NEW_DESK, out["length"] / 6.0, out["length"])
    out["order_value"] = out["last_order_value"].str.extract(r"([\d.]+)", expand=False).astype(float)
    out["tenure_days"] = (pd.to_datetime(out["opened_on"]) - pd.to_datetime(out["customer_since"])).dt.days
    return out


def build(tickets: pd.DataFrame, settings: FeatureSettings, profiles: ProfileStore) -> pd.DataFrame:
    """The design matrix of some tickets."""
    clean = tidy(tickets)
    columns = clean[[*settings.numeric, "length_words", "order_value", "tenure_days"]].astype(float)
    for name in settings.categorical:
        columns[name] = clean[name].fillna("none").astype("category")
    return pd.concat([columns, profiles.lookup(clean["customer_id"])], axis=1)
