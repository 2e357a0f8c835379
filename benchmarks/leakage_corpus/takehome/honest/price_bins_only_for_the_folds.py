"""Flat prices with XGBoost.  Folds keep buildings together and have the same mix of price classes (StratifiedGroupKFold).

The price classes serve to make the folds and nothing else.  Columns are picked by gain inside each fold.
"""

from pathlib import Path

import joblib
import numpy as np
import pandas as pd
import xgboost as xgb
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.metrics import mean_absolute_percentage_error, r2_score
from sklearn.model_selection import StratifiedGroupKFold

ENERGY = {letter: i for i, letter in enumerate("ABCDEFG")}
KINDS = ["brick", "panel", "steel", "wood"]


def add_features(df):
    X = df[["area", "rooms", "storey", "built", "to_centre"]].astype(float)
    X["energy"] = df["energy"].map(ENERGY)
    X["area_per_room"] = df["area"] / df["rooms"]
    X["decade"] = df["built"] // 10
    X["ground_floor"] = (df["storey"] == 0).astype(int)
    X["centre_unknown"] = df["to_centre"].isna().astype(int)
    for k in KINDS:
        X[f"kind_{k}"] = (df["kind"] == k).astype(int)
    return X


class DistrictLevel:
    """Shrunken mean of log price of a district.  Training rows get the level from the other buildings of the district."""

    def __init__(self, k=8.0):
        self.k = k

    def fit_transform(self, district, building, logs):
        self.base = logs.mean()
        d = pd.DataFrame({"d": district, "b": building, "v": logs})
        per_building = d.groupby(["d", "b"])["v"].agg(["sum", "count"])
        per_district = per_building.groupby("d").sum()
        self.levels = (per_district["sum"] + self.k * self.base) / (per_district["count"] + self.k)
        rest = per_district.reindex(per_building.index, level="d") - per_building
        without = ((rest["sum"] + self.k * self.base) / (rest["count"] + self.k)).rename("level")
        return d.join(without, on=["d", "b"])["level"]

    def transform(self, district):
        return district.map(self.levels).fillna(self.base)


class FlatModel(BaseEstimator, RegressorMixin):
    def __init__(self, keep=12, rounds=150, seed=0):
        self.keep, self.rounds, self.seed = keep, rounds, seed

    def _booster(self, rounds):
        return xgb.XGBRegressor(n_estimators=rounds, max_depth=4, learning_rate=0.07, subsample=0.8, colsample_bytree=0.8, random_state=self.seed, n_jobs=1)

    def fit(self, df, price):
        logs = np.log(price)
        X = add_features(df)
        self.district_ = DistrictLevel()
        X["district_level"] = self.district_.fit_transform(df["district"], df["building_id"], logs)
        first = self._booster(60).fit(X, logs)
        gains = pd.Series(first.feature_importances_, index=X.columns).sort_values(ascending=False)
        self.columns_ = gains.index[: self.keep].tolist()
        self.model_ = self._booster(self.rounds).fit(X[self.columns_], logs)
        self.smear_ = float(np.exp(logs - self.model_.predict(X[self.columns_])).mean())
        return self

    def predict(self, df):
        X = add_features(df)
        X["district_level"] = self.district_.transform(df["district"])
        return np.exp(self.model_.predict(X[self.columns_])) * self.smear_


def evaluate(data):
    df = data.drop_duplicates().reset_index(drop=True)
    bins = pd.qcut(df["price"], 10, labels=False)
    folds = StratifiedGroupKFold(n_splits=5, shuffle=True, random_state=17)
    oof, r2s = np.zeros(len(df)), []
    for tr, te in folds.split(df, bins, groups=df["building_id"]):
        model = FlatModel().fit(df.iloc[tr], df["price"].iloc[tr])
        oof[te] = model.predict(df.iloc[te])
        r2s.append(r2_score(df["price"].iloc[te], oof[te]))
    return {"r2": float(np.mean(r2s)), "r2_pooled": float(r2_score(df["price"], oof)), "mape": float(mean_absolute_percentage_error(df["price"], oof))}


def train(data, model_dir):
    df = data.drop_duplicates().reset_index(drop=True)
    joblib.dump(FlatModel().fit(df, df["price"]), Path(model_dir) / "flats.joblib")


def predict(data, model_dir):
    return joblib.load(Path(model_dir) / "flats.joblib").predict(data)
