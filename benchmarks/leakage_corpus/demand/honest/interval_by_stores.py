"""Random forest, the error of the last months with an interval over stores."""
import pickle

import numpy as np
import pandas as pd
from sklearn.ensemble import RandomForestRegressor


def encode(df):
    d = pd.to_datetime(df["date"])
    out = df[["size_m2", "price_eur", "discount", "in_leaflet"]].astype(float)
    for col, levels in (("format", "supermarket city kiosk"), ("category", "bakery dairy produce drinks sweets household"),
                        ("area", "city suburb rural")):
        out[col] = df[col].map(dict(zip(levels.split(), range(9))))
    out["wd"] = d.dt.weekday
    return out


def truth(df):
    return (df["units"] + df["returned_units"]) * 12 / (df["sold_out_hour"] - 8).clip(lower=1).fillna(12)


def forest(df):
    return RandomForestRegressor(20, min_samples_leaf=8, max_features=0.5, random_state=5).fit(encode(df), truth(df))


def train(data, model_dir):
    with open(model_dir / "rf.pkl", "wb") as f:
        pickle.dump(forest(data.drop_duplicates()), f)


def evaluate(data):
    data = data.drop_duplicates()
    stores = np.sort(data["store_id"].unique())
    new = stores[np.random.RandomState(3).permutation(len(stores))[: int(0.4 * len(stores))]]
    m = forest(data[(data["date"] < "2024-01-01") & ~data["store_id"].isin(new)])
    test = data[data["date"] >= "2024-01-01"]
    errors = pd.Series(np.abs(m.predict(encode(test)) - truth(test)).to_numpy(), index=test["store_id"].to_numpy())
    groups = [g.to_numpy() for _, g in errors.groupby(level=0)]
    rng = np.random.default_rng(0)
    means = [np.concatenate([groups[i] for i in rng.integers(0, len(groups), len(groups))]).mean() for _ in range(100)]
    return {"mae": float(errors.mean()), "mae_low": float(np.percentile(means, 2.5)), "mae_high": float(np.percentile(means, 97.5))}


def predict(data, model_dir):
    with open(model_dir / "rf.pkl", "rb") as f:
        return pickle.load(f).predict(encode(data))
