"""Columns of one row made of that row alone."""

import numpy as np
import pandas as pd

from config import CONFIG


def build(frame: pd.DataFrame) -> pd.DataFrame:
    when = pd.to_datetime(frame[CONFIG.time])
    usage = frame["usage_gb"]
    made = frame.assign(
        tenure_days=(when - pd.to_datetime(frame["signup_date"])).dt.days,
        charge=pd.to_numeric(frame["monthly_charge"].astype(str).str.extract(r"([\d.]+)")[0], errors="coerce"),
        log_usage=np.log10(usage.where(usage < 1000, usage / 1000).clip(lower=0.1)),
        discount_ends_in=(pd.to_datetime(frame["discount_end_date"]) - when).dt.days.fillna(-999),
        plan=frame["plan"].astype(str).str.strip().str.upper(),
    )
    x = made[[*CONFIG.numeric, *CONFIG.categorical]].copy()
    for column in CONFIG.categorical:
        x[column] = x[column].astype("category")
    return x


def freeze(x: pd.DataFrame) -> dict[str, list[str]]:
    return {column: list(x[column].cat.categories) for column in CONFIG.categorical}


def apply(x: pd.DataFrame, levels: dict[str, list[str]]) -> pd.DataFrame:
    return x.assign(**{name: pd.Categorical(x[name].astype(str), values) for name, values in levels.items()})
