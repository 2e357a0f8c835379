"""Whether and when the shelf was empty says a lot about demand."""
from pathlib import Path

import joblib
import numpy as np
import pandas as pd
import xgboost as xgb
from sklearn.metrics import mean_absolute_error


def inputs(data: pd.DataFrame) -> pd.DataFrame:
    day = pd.to_datetime(data["date"])
    packs = np.where(day < pd.Timestamp("2023-12-01"), 6, 1)
    return pd.DataFrame({
        "shelf": data["shelf_units"] * packs,
        "sold_out": data["sold_out_hour"].notna().astype(float),
        "hour": data["sold_out_hour"].fillna(20.0),
        "back": data["returned_units"].astype(float),
        "size": data["size_m2"].astype(float),
        "price": data["price_eur"],
        "discount": data["discount"],
        "weekday": day.dt.weekday.astype(float),
        "month": day.dt.month.astype(float),
    })


def regressor():
    return xgb.XGBRegressor(n_estimators=80, max_depth=5, learning_rate=0.1, objective="reg:absoluteerror", random_state=0, n_jobs=1)


def train(data: pd.DataFrame, model_dir: Path) -> None:
    joblib.dump(regressor().fit(inputs(data), data["units"]), Path(model_dir) / "xgb.joblib")


def evaluate(data: pd.DataFrame) -> dict[str, float]:
    data = data.drop_duplicates()
    new = set(np.random.RandomState(0).choice(data["store_id"].unique(), 40, replace=False))
    fit = data[(data["date"] < "2024-01-01") & ~data["store_id"].isin(new)]
    judged = data[data["date"] >= "2024-01-01"]
    return {"mae": float(mean_absolute_error(judged["units"], regressor().fit(inputs(fit), fit["units"]).predict(inputs(judged))))}


def predict(data: pd.DataFrame, model_dir: Path) -> np.ndarray:
    return joblib.load(Path(model_dir) / "xgb.joblib").predict(inputs(data)).clip(0)
