"""How much work a customer makes for the company."""

import numpy as np
import pandas as pd

WEIGHTS = {"tickets_90d": 1.0, "late_payments_12m": 0.7, "retention_desk_calls": 1.5}


def service_load(data: pd.DataFrame) -> pd.Series:
    return sum(weight * np.log1p(data[name]) for name, weight in WEIGHTS.items())


def service_features(data: pd.DataFrame) -> pd.DataFrame:
    charge = data["monthly_charge"].str.replace(" EUR", "").astype(float)
    load = service_load(data)
    return pd.DataFrame(
        {
            "load": load,
            "load_per_euro": load / charge,
            "charge": charge,
            "monthly": (data["contract"] == "monthly").astype(int),
            "two_year": (data["contract"] == "two_year").astype(int),
            "products": data["n_products"],
            "trend": data["usage_trend"],
            "satisfaction": data["satisfaction"].fillna(0),
        }
    )
