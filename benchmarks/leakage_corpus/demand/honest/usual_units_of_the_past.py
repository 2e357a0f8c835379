"""Usual units by store and by article, learnt where the trees are learnt."""
from pathlib import Path

import joblib
import numpy as np
import pandas as pd
from sklearn.ensemble import GradientBoostingRegressor


def restored(rows):
    return (rows["units"] + rows["returned_units"]) * 12 / (rows["sold_out_hour"] - 8).clip(lower=1).fillna(12)


class Forecast:
    def fit(self, rows):
        y = restored(rows)
        self.mean = y.mean()
        pair = y.groupby([rows["format"], rows["article"].str.lower()])
        self.pair = pair.mean()
        relative = y / pair.transform("mean").clip(lower=0.5)
        sums, counts = relative.groupby(rows["store_id"]).sum(), relative.groupby(rows["store_id"]).count()
        self.store = (sums + 20) / (counts + 20)
        self.trees = GradientBoostingRegressor(loss="absolute_error", n_estimators=60, max_depth=4, subsample=0.5, random_state=0)
        self.trees.fit(self.inputs(rows), y)
        return self

    def inputs(self, rows):
        day = pd.to_datetime(rows["date"])
        pair = self.pair.reindex(pd.MultiIndex.from_arrays([rows["format"], rows["article"].str.lower()])).fillna(self.mean).to_numpy()
        return np.column_stack([pair, rows["store_id"].map(self.store).fillna(1.0), rows["discount"], rows["in_leaflet"],
                                rows["size_m2"], rows["price_eur"], day.dt.dayofweek, day.dt.dayofyear])

    def forecast(self, rows):
        return np.maximum(self.trees.predict(self.inputs(rows)), 0)


def train(data: pd.DataFrame, model_dir: Path) -> None:
    joblib.dump(Forecast().fit(data.drop_duplicates()), Path(model_dir) / "forecast.joblib")


def evaluate(data: pd.DataFrame) -> dict[str, float]:
    data = data.drop_duplicates()
    strange = data["store_id"].isin(sorted(data["store_id"].unique())[::2])
    past = data[(data["date"] < "2024-01-01") & ~strange]
    future = data[data["date"] >= "2024-01-01"]
    return {"mae": float(np.abs(Forecast().fit(past).forecast(future) - restored(future)).mean())}


def predict(data: pd.DataFrame, model_dir: Path) -> np.ndarray:
    return joblib.load(Path(model_dir) / "forecast.joblib").forecast(data)
