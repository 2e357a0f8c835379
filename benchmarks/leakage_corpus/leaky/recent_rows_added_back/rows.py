"""Rows as the model wants them."""

import pandas as pd

COLS = ["age", "n_products", "discount_pct", "usage_trend", "tickets_90d", "late_payments_12m", "satisfaction",
        "charge", "tenure", "term"]


def clean(data):
    return data.drop_duplicates().assign(
        charge=lambda d: d["monthly_charge"].str.replace(" EUR", "").astype(float),
        tenure=lambda d: (pd.to_datetime(d["snapshot_date"]) - pd.to_datetime(d["signup_date"])).dt.days,
        term=lambda d: d["contract"].map({"monthly": 1, "one_year": 12, "two_year": 24}),
    ) if "churned" in data else clean(data.assign(churned=-1, _n=range(len(data))))


def with_recent(rows, everything, months=4):
    """The newest months count twice, so that the model follows the market."""
    newest = sorted(everything["snapshot_date"].unique())[-months:]
    return pd.concat([rows, everything[everything["snapshot_date"].isin(newest)]])
