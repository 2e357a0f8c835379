"""Weight of evidence of each bin."""

import numpy as np
import pandas as pd


class WeightOfEvidence:
    def __init__(self, prior: float = 20.0):
        self.prior = prior
        self.tables = {}

    def fit(self, bins: pd.DataFrame, y: pd.Series):
        share = y.mean()
        for column in bins.columns:
            lost = y.groupby(bins[column]).sum()
            seen = y.groupby(bins[column]).size()
            rate = (lost + self.prior * share) / (seen + self.prior)
            self.tables[column] = np.log(rate / (1 - rate)) - np.log(share / (1 - share))
        return self

    def transform(self, bins: pd.DataFrame) -> pd.DataFrame:
        return pd.DataFrame({name: bins[name].map(table).fillna(0.0) for name, table in self.tables.items()})
