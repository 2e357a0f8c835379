"""Cleaning; the same for labelled and new tickets."""

import numpy as np
import pandas as pd

AFTERWARDS = ["minutes_booked"]


def clean(data: pd.DataFrame, unlabelled: bool = False) -> pd.DataFrame:
    rows = data.drop(columns=AFTERWARDS, errors="ignore")
    if not unlabelled:
        rows = rows.drop_duplicates()  # deliveries that were read in twice
    rows = rows.reset_index(drop=True)
    opened = pd.to_datetime(rows["opened_on"])
    rows["language"] = rows["language"].str.lower().str.strip()
    rows["age"] = rows["age"].where(rows["age"] != 999)
    rows["value"] = rows["last_order_value"].str.extract(r"([\d.]+)", expand=False).astype(float)
    rows["words"] = np.where(opened < "2023-10-01", rows["length"] / 6.0, rows["length"])
    rows["since"] = (opened - pd.to_datetime(rows["customer_since"])).dt.days
    return rows
