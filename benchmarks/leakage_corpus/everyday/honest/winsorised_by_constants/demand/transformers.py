"""Transformers in scikit-learn's style."""
from __future__ import annotations

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, TransformerMixin

#: limits agreed with the buyers
LIMITS = {"price_eur": (0.2, 40.0), "shelf": (1, 200), "size_m2": (40, 3000), "purchasing_power": (40, 180)}
EASTER = [pd.Timestamp(d) for d in ("2022-04-17", "2023-04-09", "2024-03-31")]


class Calendar(BaseEstimator, TransformerMixin):
    def fit(self, X, y=None):
        return self

    def transform(self, X):
        day = pd.to_datetime(X["date"])
        to_easter = np.min([np.abs((day - e).dt.days.to_numpy()) for e in EASTER], axis=0)
        return X.assign(
            saturday=(day.dt.dayofweek == 5).astype(float),
            weekday=day.dt.dayofweek,
            month=day.dt.month,
            near_easter=(to_easter <= 7).astype(float),
            advent=((day.dt.month == 12) & (day.dt.day <= 24)).astype(float),
            shelf=X["shelf_units"] * np.where(day < "2023-12-01", 6, 1),
            article=X["article"].str.strip().str.lower(),
        )


class Winsorise(BaseEstimator, TransformerMixin):
    """Cut at constants, not at quantiles of the data."""

    def __init__(self, limits=None):
        self.limits = limits

    def fit(self, X, y=None):
        self.limits_ = self.limits or LIMITS
        return self

    def transform(self, X):
        return X.assign(**{name: X[name].clip(*limit) for name, limit in self.limits_.items()})


class RelativePrice(BaseEstimator, TransformerMixin):
    """Price against what the article usually costs in the rows that were fitted."""

    def fit(self, X, y=None):
        self.usual_ = X.groupby("article")["price_eur"].median()
        self.overall_ = float(X["price_eur"].median())
        return self

    def transform(self, X):
        usual = X["article"].map(self.usual_).fillna(self.overall_)
        return X.assign(relative=X["price_eur"] / usual, paid=X["price_eur"] * (1 - X["discount"]))
