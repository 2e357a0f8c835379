from pathlib import Path

import joblib
import numpy as np
import pandas as pd
from lightgbm import LGBMRegressor
from sklearn.metrics import mean_absolute_error

COLS = ["price_eur", "discount", "in_leaflet", "size_m2", "purchasing_power", "dow", "month", "ran", "times"]
SHELF = ["store_id", "article"]


def load(data):
    rows = data.drop_duplicates(SHELF + ["date"]).sort_values("date", kind="stable").reset_index(drop=True)
    when = pd.to_datetime(rows["date"])
    return rows.assign(dow=when.dt.dayofweek, month=when.dt.month)


def add_running_mean(rows):
    """The mean of the shelf so far, as a running sum over a running count."""
    shelf = rows.groupby(SHELF)["units"]
    rows = rows.copy()
    rows["times"] = shelf.cumcount()
    rows["ran"] = shelf.cumsum() / (rows["times"] + 1)
    return rows


def closing_balance(rows):
    return rows.groupby(SHELF)["units"].agg(ran="mean", times="size").reset_index()


def boosted():
    return LGBMRegressor(
        objective="mae", n_estimators=250, learning_rate=0.05, num_leaves=20, random_state=3, n_jobs=1, verbose=-1
    )


def evaluate(data):
    rows = add_running_mean(load(data))
    is_late = rows["date"] >= "2023-12-01"
    reg = boosted().fit(rows.loc[~is_late, COLS], rows.loc[~is_late, "units"])
    guess = np.clip(reg.predict(rows.loc[is_late, COLS]), 0, None)
    return {"mae": float(mean_absolute_error(rows.loc[is_late, "units"], guess))}


def train(data, model_dir):
    rows = load(data)
    table = add_running_mean(rows)
    joblib.dump((boosted().fit(table[COLS], table["units"]), closing_balance(rows)), Path(model_dir, "b.joblib"))


def predict(data, model_dir):
    reg, balance = joblib.load(Path(model_dir, "b.joblib"))
    when = pd.to_datetime(data["date"])
    rows = data.assign(dow=when.dt.dayofweek, month=when.dt.month).merge(balance, how="left", on=SHELF)
    return np.clip(reg.predict(rows[COLS]), 0, None)
