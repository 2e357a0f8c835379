"""The feature view: every column is made of its own row."""

import numpy as np
import pandas as pd

CODES = {
    "region": ["north", "south", "east", "west", "metro"],
    "contract": ["monthly", "one_year", "two_year"],
    "plan": ["s", "m", "l"],
    "channel": ["web", "shop", "phone", "partner"],
    "payment_method": ["card", "debit", "transfer"],
}


def view(rows: pd.DataFrame) -> pd.DataFrame:
    now = pd.to_datetime(rows["snapshot_date"])
    made = rows[["n_products", "discount_pct", "usage_trend", "tickets_90d", "late_payments_12m", "satisfaction", "income_k"]].copy()
    made["age"] = rows["age"].where(rows["age"] < 120)
    made["tenure"] = (now - pd.to_datetime(rows["signup_date"])).dt.days
    made["offer_days"] = (pd.to_datetime(rows["discount_end_date"]) - now).dt.days
    made["charge"] = rows["monthly_charge"].str.extract(r"([\d.]+)")[0].astype(float)
    made["usage"] = rows["usage_gb"] / np.where(now < pd.Timestamp("2023-07-01"), 1000, 1)
    for column, values in CODES.items():
        made[column] = pd.Categorical(rows[column].str.lower(), categories=values).codes
    return made.astype(float)
