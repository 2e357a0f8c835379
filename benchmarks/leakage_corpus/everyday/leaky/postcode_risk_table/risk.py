"""Share of leavers by key."""
import pandas as pd

KEYS = {"risk_area": ["postcode_area"], "risk_offer": ["contract", "channel"], "risk_place": ["region", "postcode_area", "plan"]}


class RiskTable:
    def __init__(self, weight: float = 3.0):
        self.weight = weight

    def fit(self, rows: pd.DataFrame) -> "RiskTable":
        self.mean_ = rows["churned"].mean()
        self.tables_ = {}
        for name, keys in KEYS.items():
            g = rows.groupby(keys)["churned"].agg(["sum", "count"])
            self.tables_[name] = ((g["sum"] + self.weight * self.mean_) / (g["count"] + self.weight)).rename(name)
        return self

    def transform(self, rows: pd.DataFrame) -> pd.DataFrame:
        for name, keys in KEYS.items():
            rows = rows.join(self.tables_[name], on=keys)
            rows[name] = rows[name].fillna(self.mean_)
        return rows
