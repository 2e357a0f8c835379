"""Row-by-row cleaning, so it may be applied to the whole table at once."""

from __future__ import annotations

import numpy as np
import pandas as pd

DROP = ["retention_desk_calls", "postcode", "gender"]


def clean(raw: pd.DataFrame) -> pd.DataFrame:
    df = raw.drop(columns=DROP).copy()
    day = pd.to_datetime(df["snapshot_date"])
    df["plan"] = df["plan"].str.upper()
    df["age"] = df["age"].where(df["age"] != 999)
    df["charge"] = df["monthly_charge"].str.split(" ").str[0].astype(float)
    df["usage"] = np.where(day < "2023-07-01", df["usage_gb"] / 1024, df["usage_gb"])
    df["tenure"] = (day - pd.to_datetime(df["signup_date"])).dt.days
    df["discount_left"] = (pd.to_datetime(df["discount_end_date"]) - day).dt.days
    df["free_soon"] = (df["discount_left"].between(0, 60) & (df["contract"] == "monthly")).astype(int)
    df["silent"] = df["satisfaction"].isna().astype(int)
    return df


def without_repeats(raw: pd.DataFrame) -> pd.DataFrame:
    return raw.drop_duplicates().reset_index(drop=True)
