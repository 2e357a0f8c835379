"""Store demand: LightGBM on calendar, price and shelf features, TimeSeriesSplit, three metrics by cross_validate."""

from pathlib import Path

import joblib
import lightgbm as lgb
import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.model_selection import TimeSeriesSplit, cross_validate
from sklearn.pipeline import Pipeline

HOLIDAYS = pd.to_datetime(["2022-12-24", "2023-12-23", "2022-04-16", "2023-04-08", "2024-03-30"])


def load(data):
    """Drop repeated deliveries, tidy names, order the rows, and restore the demand of days on which a shelf ran empty."""
    df = data.drop_duplicates().copy()
    df["date"] = pd.to_datetime(df["date"])
    df["article"] = df["article"].str.lower()
    df = df.sort_values(["store_id", "article", "date"]).reset_index(drop=True)
    open_share = ((df["sold_out_hour"] - 8) / 12).clip(lower=0.1).fillna(1)
    df["demand"] = (df["units"] + df["returned_units"]) / open_share
    return df


class DemandFeatures(BaseEstimator, TransformerMixin):
    """Calendar and planning features; the usual demand of article and format is learnt from the training rows."""

    plain = ["size_m2", "purchasing_power", "price_eur", "discount", "in_leaflet"]
    levels = {"category": ["bakery", "dairy", "drinks", "household", "produce", "sweets"], "area": ["city", "rural"], "format": ["city", "kiosk"]}

    def fit(self, X, y):
        usual = pd.DataFrame({"article": X["article"], "format": X["format"], "y": np.asarray(y)})
        self.by_article_ = usual.groupby("article")["y"].median()
        self.by_pair_ = usual.groupby(["article", "format"])["y"].median().rename("pair").reset_index()
        self.median_price_ = X.groupby("article")["price_eur"].median()
        return self

    def transform(self, X):
        day = pd.to_datetime(X["date"])
        article = X["article"].str.lower()
        out = X[self.plain].astype(float)
        out["weekday"] = day.dt.weekday
        out["month"] = day.dt.month
        out["payday"] = (day.dt.day >= 27) | (day.dt.day <= 3)
        out["before_holiday"] = np.min([np.abs((day - h).dt.days) for h in HOLIDAYS], axis=0) <= 2
        out["store_age"] = (day - pd.to_datetime(X["opened_on"])).dt.days
        out["usual"] = article.map(self.by_article_)
        out["usual_here"] = X.assign(article=article)[["article", "format"]].merge(self.by_pair_, how="left")["pair"].to_numpy()
        out["relative_price"] = X["price_eur"] / article.map(self.median_price_)
        for col, values in self.levels.items():
            for value in values:
                out[f"{col}_{value}"] = (X[col] == value).astype(int)
        return out


def make_model():
    booster = lgb.LGBMRegressor(objective="l1", n_estimators=150, learning_rate=0.07, num_leaves=24, min_child_samples=25, subsample=0.8,
                                subsample_freq=1, random_state=10, n_jobs=1, verbose=-1)  # fmt: skip
    return Pipeline([("features", DemandFeatures()), ("booster", booster)])


def evaluate(data):
    df = load(data)
    X, y = df.drop(columns=["units", "demand", "sold_out_hour", "returned_units", "replenished_units"]), df["demand"]
    scoring = {"mae": "neg_mean_absolute_error", "rmse": "neg_root_mean_squared_error", "r2": "r2"}
    # folds in order of time: always train on the past
    scores = cross_validate(make_model(), X, y, cv=TimeSeriesSplit(n_splits=4), scoring=scoring)
    return {
        "mae": float(-scores["test_mae"].mean()),
        "mae_sd": float(scores["test_mae"].std()),
        "rmse": float(-scores["test_rmse"].mean()),
        "r2": float(scores["test_r2"].mean()),
    }


def train(data, model_dir):
    df = load(data)
    X = df.drop(columns=["units", "demand", "sold_out_hour", "returned_units", "replenished_units"])
    joblib.dump(make_model().fit(X, df["demand"]), Path(model_dir) / "model.joblib")


def predict(data, model_dir):
    return np.clip(joblib.load(Path(model_dir) / "model.joblib").predict(data), 0, None)
