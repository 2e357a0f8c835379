"""Cleaning with constants of the data dictionary and round numbers.  Nothing is measured on the rows that come in."""
import json
from pathlib import Path

import numpy as np
import pandas as pd

BOOK = json.loads((Path(__file__).parent / "settings" / "data_dictionary.json").read_text())


def clean(rows: pd.DataFrame) -> pd.DataFrame:
    fill, scale = BOOK["fill"], BOOK["scale"]
    day = pd.to_datetime(rows["snapshot_date"])
    left = (pd.to_datetime(rows["discount_end_date"]) - day).dt.days.fillna(fill["days_left"])
    old_unit = rows["snapshot_date"] < BOOK["usage_unit_change"]
    raw = {
        "age": rows["age"].mask(rows["age"] == BOOK["unknown_age"], fill["age"]),
        "charge": rows["monthly_charge"].str.replace(" EUR", "").astype(float),
        "usage": np.log(rows["usage_gb"].where(~old_unit, rows["usage_gb"] / BOOK["mb_per_gb"]) + 0.01),
        "tenure": np.log((day - pd.to_datetime(rows["signup_date"])).dt.days + 30),
        "satisfaction": rows["satisfaction"].fillna(fill["satisfaction"]),
    }
    table = pd.DataFrame({k: (v - scale[k][0]) / scale[k][1] for k, v in raw.items()})
    for name, levels in BOOK["levels"].items():
        for level in levels:
            table[f"{name}={level}"] = (rows[name] == level).astype(float)
    table["age_unknown"] = (rows["age"] == BOOK["unknown_age"]).astype(float)
    table["no_answer"] = rows["satisfaction"].isna().astype(float)
    table["promo_ends"] = ((left <= 60) & (rows["contract"] == "monthly")) * rows["discount_pct"] / 20
    table["promo_far"] = (left.between(61, 364) & (rows["contract"] == "monthly")).astype(float)
    return table.join(rows[["usage_trend", "tickets_90d", "late_payments_12m", "n_products"]])
