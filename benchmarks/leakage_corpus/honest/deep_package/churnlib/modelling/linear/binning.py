import numpy as np
import pandas as pd


class Binner:
    """Quantile bins of one column, with a bin of their own for missing values; knows the rows it was fitted on only."""

    def __init__(self, bins: int = 6):
        self.bins = bins

    def fit(self, values: pd.Series) -> "Binner":
        self.edges = np.unique(np.nanquantile(values.to_numpy(float), np.linspace(0, 1, self.bins + 1)[1:-1]))
        return self

    def indicators(self, values: pd.Series) -> np.ndarray:
        v = values.to_numpy(float)
        bin_ = np.where(np.isnan(v), len(self.edges) + 1, np.digitize(v, self.edges))
        return (bin_[:, None] == np.arange(len(self.edges) + 2)[None, :]).astype(float)
