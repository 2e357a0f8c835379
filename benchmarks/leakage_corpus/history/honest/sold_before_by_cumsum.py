from pathlib import Path

import joblib
import numpy as np
import pandas as pd
from lightgbm import LGBMRegressor
from sklearn.metrics import mean_absolute_error

KEY = ["store_id", "category"]
FEATURES = [
    "price_eur",
    "discount",
    "in_leaflet",
    "size_m2",
    "purchasing_power",
    "weekday",
    "cat",
    "fmt",
    "so_far",
    "n_so_far",
]
CATEGORIES = ["bakery", "dairy", "drinks", "household", "produce", "sweets"]
FORMATS = ["supermarket", "city", "kiosk"]


def basics(raw):
    out = raw.copy()
    out["date"] = pd.to_datetime(out["date"])
    out["weekday"] = out["date"].dt.dayofweek
    out["cat"] = out["category"].map({name: i for i, name in enumerate(CATEGORIES)}).fillna(-1)
    out["fmt"] = out["format"].map({name: i for i, name in enumerate(FORMATS)}).fillna(-1)
    return out


def with_past(frame):
    """Mean units of the store's category on the days before: the running sum less the day's own."""
    daily = frame.groupby([*KEY, "date"], as_index=False).agg(total=("units", "sum"), rows=("units", "size"))
    daily = daily.sort_values("date")
    by = daily.groupby(KEY)
    daily["sum_before"] = by["total"].cumsum() - daily["total"]
    daily["n_so_far"] = by["rows"].cumsum() - daily["rows"]
    daily["so_far"] = daily["sum_before"] / daily["n_so_far"].replace(0, np.nan)
    return frame.merge(daily[[*KEY, "date", "so_far", "n_so_far"]], on=[*KEY, "date"], how="left")


def final_state(frame):
    return frame.groupby(KEY)["units"].agg(so_far="mean", n_so_far="size").reset_index()


def regressor():
    return LGBMRegressor(
        n_estimators=200, learning_rate=0.05, num_leaves=15, objective="l1", random_state=1, verbose=-1, n_jobs=1
    )


def evaluate(data):
    frame = basics(data.drop_duplicates())
    cutoff = frame["date"].max() - pd.DateOffset(months=2)
    new_store = frame["store_id"] % 5 < 2  # as many as will have just opened
    past, future = frame[(frame["date"] <= cutoff) & ~new_store], frame[frame["date"] > cutoff]
    model = regressor().fit(with_past(past)[FEATURES], past["units"])
    # the two months to come are seen from the cutoff, as they will be in use
    future = future.merge(final_state(past), on=KEY, how="left")
    return {"mae": mean_absolute_error(future["units"], model.predict(future[FEATURES]))}


def train(data, model_dir):
    frame = basics(data.drop_duplicates())
    model = regressor().fit(with_past(frame)[FEATURES], frame["units"])
    joblib.dump((model, final_state(frame)), Path(model_dir, "bundle.pkl"))


def predict(data, model_dir):
    model, state = joblib.load(Path(model_dir, "bundle.pkl"))
    frame = basics(data).merge(state, on=KEY, how="left")
    return np.clip(model.predict(frame[FEATURES]), 0, None)
