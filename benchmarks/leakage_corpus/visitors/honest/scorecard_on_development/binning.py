"""Optimal binning: a small tree for each column finds the cuts where the share of leavers changes most."""

from __future__ import annotations

import numpy as np
import pandas as pd
from sklearn.tree import DecisionTreeClassifier


class OptimalBinning:
    """Cuts of numeric columns by a tree on the target; gaps are a bin of their own.

    fit(x, y) -> self;  transform(x) -> one column of bin numbers for each column.
    """

    def __init__(self, max_bins: int = 6, min_share: float = 0.04) -> None:
        self.max_bins = max_bins
        self.min_share = min_share
        self.cuts: dict[str, np.ndarray] = {}

    def fit(self, x: pd.DataFrame, y: pd.Series) -> OptimalBinning:
        for column in x.columns:
            known = x[column].notna()
            tree = DecisionTreeClassifier(max_leaf_nodes=self.max_bins, min_samples_leaf=self.min_share, random_state=0)
            tree.fit(x.loc[known, [column]].to_numpy(), y[known])
            inner = tree.tree_.feature >= 0
            self.cuts[column] = np.sort(tree.tree_.threshold[inner])
        return self

    def transform(self, x: pd.DataFrame) -> pd.DataFrame:
        binned = {}
        for column, cuts in self.cuts.items():
            values = x[column].to_numpy(float)
            binned[column] = np.where(np.isnan(values), len(cuts) + 1, np.searchsorted(cuts, values, side="right"))
        return pd.DataFrame(binned, index=x.index)
