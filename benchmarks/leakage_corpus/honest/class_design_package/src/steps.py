"""Steps with the usual fit/transform; only Imputer and Scaler learn anything."""
import numpy as np
import pandas as pd


class Step:
    def fit(self, X):
        return self

    def transform(self, X):
        raise NotImplementedError

    def fit_transform(self, X):
        return self.fit(X).transform(X)


class Parse(Step):
    """Text to numbers, one row at a time: fit() does nothing."""

    def transform(self, X):
        day = pd.to_datetime(X["snapshot_date"])
        out = X[["tickets_90d", "late_payments_12m", "n_products", "usage_trend", "satisfaction", "discount_pct"]].astype(float)
        out["tenure"] = np.log1p((day - pd.to_datetime(X["signup_date"])).dt.days)
        out["left"] = (pd.to_datetime(X["discount_end_date"]) - day).dt.days.fillna(250).clip(upper=250)
        out["charge"] = X["monthly_charge"].str.replace(" EUR", "").astype(float)
        out["free"] = (X["contract"] == "monthly").astype(float)
        out["two"] = (X["contract"] == "two_year").astype(float)
        out["free_left"] = out["free"] * (out["left"] <= 60) * out["discount_pct"]
        out["silent"] = X["satisfaction"].isna().astype(float)
        return out


class Imputer(Step):
    def fit(self, X):
        self.medians = X.median()
        return self

    def transform(self, X):
        return X.fillna(self.medians)


class Scaler(Step):
    def fit(self, X):
        self.mean, self.std = X.mean(), X.std().replace(0, 1)
        return self

    def transform(self, X):
        return (X - self.mean) / self.std
