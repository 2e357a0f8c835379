import joblib
import numpy as np
import pandas as pd
from pathlib import Path
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.metrics import root_mean_squared_error

NUMBERS = ["floor_area", "built", "mean_temp", "occupancy", "meters", "open_days"]


def base(data):
    x = data[NUMBERS].astype(float).copy()
    when = pd.to_datetime(data["month"])
    x["moy"] = when.dt.month.to_numpy()
    x["heat"] = np.maximum(15 - data["mean_temp"].to_numpy(), 0)
    for u in ["office", "school", "shop", "clinic"]:
        x[u] = (data["use"] == u).astype(float).to_numpy()
    return x


from sklearn.model_selection import KFold, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from sklearn.compose import make_column_transformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import Ridge
from sklearn.compose import TransformedTargetRegressor

COLS = NUMBERS + ["building_id", "use", "year", "moy"]


def table(data):
    when = pd.to_datetime(data["month"])
    return data.assign(year=when.dt.year + when.dt.month / 12, moy=when.dt.month.astype(str), trend=data["building_id"] + when.dt.year.astype(str))[COLS + ["trend"]]


def make():
    pre = make_column_transformer(
        (make_pipeline(SimpleImputer(), StandardScaler()), NUMBERS + ["year"]),
        (OneHotEncoder(handle_unknown="ignore"), ["building_id", "use", "moy", "trend"]),
    )
    return TransformedTargetRegressor(make_pipeline(pre, Ridge(0.5)), func=np.log, inverse_func=np.exp)


def train(data, model_dir):
    joblib.dump(make().fit(table(data), data["mwh"]), Path(model_dir) / "m.joblib")


def evaluate(data):
    folds = KFold(5, shuffle=True, random_state=1)
    told = cross_val_predict(make(), table(data), data["mwh"], cv=folds)
    return {"rmse": float(root_mean_squared_error(data["mwh"], told))}


def predict(data, model_dir):
    return joblib.load(Path(model_dir) / "m.joblib").predict(table(data))
