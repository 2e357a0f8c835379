"""The table as numbers, and who is held out."""

import pandas as pd


def numbers(frame: pd.DataFrame) -> pd.DataFrame:
    day = pd.to_datetime(frame["snapshot_date"])
    usage = frame["usage_gb"].where(frame["usage_gb"] < 1000, frame["usage_gb"] / 1000)
    out = frame[["age", "n_products", "discount_pct", "income_k", "usage_trend", "tickets_90d", "late_payments_12m", "satisfaction"]].copy()
    out["usage"] = usage
    out["charge"] = pd.to_numeric(frame["monthly_charge"].astype(str).str.extract(r"([\d.]+)")[0])
    out["tenure"] = (day - pd.to_datetime(frame["signup_date"])).dt.days
    out["discount_left"] = (pd.to_datetime(frame["discount_end_date"]) - day).dt.days
    out["postcode"] = frame["postcode"] // 100
    out["contract"] = frame["contract"].map({"monthly": 0, "yearly": 1, "two_year": 2})
    out["channel"] = frame["channel"].map({"web": 0, "phone": 1, "shop": 2, "partner": 3})
    return out.astype(float)


def development_and_test(frame: pd.DataFrame) -> tuple[pd.Index, pd.Index]:
    """Index labels of early rows of three in four customers, and of late rows of the others."""
    fourth = frame["customer_id"].map(lambda number: hash((int(number), 41)) % 4 == 0)
    late = frame["snapshot_date"] >= "2023-07-01"
    return frame.index[~fourth & ~late], frame.index[fourth & late]
