import numpy as np
import pandas as pd

from .scaling import scaled


def build(data, state):
    snap = pd.to_datetime(data["snapshot_date"])
    columns = {
        "tenure": np.log1p((snap - pd.to_datetime(data["signup_date"])).dt.days),
        "left": (pd.to_datetime(data["discount_end_date"]) - snap).dt.days.fillna(400),
        "charge": data["monthly_charge"].str.replace(" EUR", "", regex=False).astype(float),
        "trend": data["usage_trend"].abs(),
        "tickets": data["tickets_90d"],
        "late": data["late_payments_12m"],
        "mood": data["satisfaction"].fillna(4.0),
        "free": (data["contract"] == "monthly").astype(float),
    }
    return scaled(pd.DataFrame(columns, index=data.index), state)
