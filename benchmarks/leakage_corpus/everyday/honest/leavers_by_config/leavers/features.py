"""From a row as delivered to a row for the model; nothing is learned here."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from .config import Config

UNIT_CHANGE = pd.Timestamp(2023, 7, 1)
TERM_DAYS = {"monthly": 30, "one_year": 365, "two_year": 730}


@dataclass
class Features:
    config: Config

    def __call__(self, data: pd.DataFrame) -> pd.DataFrame:
        rows = data.drop(columns=[c for c in self.config.after_the_fact if c in data])
        snapshot = pd.to_datetime(rows[self.config.time])
        tenure = (snapshot - pd.to_datetime(rows["signup_date"])).dt.days
        term = rows["contract"].map(TERM_DAYS)
        rows = rows.assign(
            tenure=tenure,
            to_renewal=term - tenure % term,
            charge=pd.to_numeric(rows["monthly_charge"].str.extract(r"(\d+(?:\.\d+)?)", expand=False)),
            usage=np.where(snapshot < UNIT_CHANGE, rows["usage_gb"] / 1000, rows["usage_gb"]),
            promo_left=(pd.to_datetime(rows["discount_end_date"]) - snapshot).dt.days.fillna(-1),
            age=rows["age"].mask(rows["age"] == 999),
            plan=rows["plan"].str.strip().str[:1].str.upper(),
        )
        for name, (low, high) in self.config.limits.items():
            rows[name] = rows[name].clip(low, high)
        for name in self.config.categorical:
            rows[name] = rows[name].astype(object).where(rows[name].notna(), "missing")
        return rows
