"""Demand per store, article and day with XGBoost on relations of the planning columns; hold-out of the last two months."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

import joblib
import numpy as np
import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.metrics import mean_absolute_error, mean_squared_error
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OneHotEncoder, TargetEncoder
from xgboost import XGBRegressor


@dataclass
class Params:
    n_estimators: int = 180
    max_depth: int = 5
    learning_rate: float = 0.07
    subsample: float = 0.8
    min_child_weight: float = 5
    objective: str = "reg:absoluteerror"
    n_jobs: int = 1
    random_state: int = 21


class Calendar:
    """What the date alone says."""

    closed = pd.to_datetime(["2022-04-15", "2022-04-18", "2022-12-26", "2023-04-07", "2023-04-10", "2023-12-26", "2024-03-29", "2024-04-01"])

    @classmethod
    def features(cls, date: pd.Series) -> pd.DataFrame:
        day = pd.to_datetime(date)
        nearest = np.abs(day.to_numpy()[:, None] - cls.closed.to_numpy()[None, :]).min(axis=1) / np.timedelta64(1, "D")
        return pd.DataFrame(
            {"weekday": day.dt.weekday, "week": day.dt.isocalendar().week.astype(int), "month_start": day.dt.day <= 5, "to_closed": np.minimum(nearest, 10)},
            index=date.index,
        )


def planning(df: pd.DataFrame) -> pd.DataFrame:
    """How the shelf is planned and how it is worked."""
    out = df[["size_m2", "price_eur", "discount", "in_leaflet", "purchasing_power", "shelf_units"]].astype(float)
    out["shelf_per_m2"] = df["shelf_units"] / df["size_m2"]
    out["price_before"] = df["price_eur"] / (1 - df["discount"])
    out["sell_through"] = (df["shelf_units"] + df["replenished_units"]) / df["shelf_units"].clip(lower=1)
    out["promo"] = df["in_leaflet"] * df["discount"]
    return out


def build_frame(df: pd.DataFrame) -> pd.DataFrame:
    text = df[["region", "area", "format", "category"]].assign(article=df["article"].str.lower())
    store_age = (pd.to_datetime(df["date"]) - pd.to_datetime(df["opened_on"])).dt.days.rename("store_age")
    return pd.concat([planning(df), Calendar.features(df["date"]), text, store_age], axis=1)


def target(df: pd.DataFrame) -> pd.Series:
    hours = (df["sold_out_hour"].fillna(20) - 8).clip(lower=1.2) / 12
    return (df["units"] + df["returned_units"]) / hours


def build_model(params: Params) -> Pipeline:
    columns = ColumnTransformer(
        [
            ("one_hot", OneHotEncoder(handle_unknown="ignore", sparse_output=False), ["region", "area", "format", "category"]),
            ("article", TargetEncoder(random_state=0), ["article"]),
        ],
        remainder="passthrough",
    )
    return Pipeline([("columns", columns), ("xgb", XGBRegressor(**asdict(params)))])


def split_by_date(df: pd.DataFrame, cut: str = "2024-01-01") -> tuple[pd.DataFrame, pd.DataFrame]:
    return df[df["date"] < cut], df[df["date"] >= cut]


def evaluate(data: pd.DataFrame) -> dict[str, float]:
    past, future = split_by_date(data.drop_duplicates())
    model = build_model(Params()).fit(build_frame(past), target(past))
    forecast = model.predict(build_frame(future)).clip(0)
    truth = target(future)
    return {"mae": float(mean_absolute_error(truth, forecast)), "rmse": float(np.sqrt(mean_squared_error(truth, forecast)))}


def train(data: pd.DataFrame, model_dir: Path) -> None:
    df = data.drop_duplicates()
    params = Params()
    joblib.dump(build_model(params).fit(build_frame(df), target(df)), Path(model_dir) / "model.joblib")
    Path(model_dir, "params.json").write_text(json.dumps(asdict(params), indent=2))


def predict(data: pd.DataFrame, model_dir: Path) -> np.ndarray:
    return joblib.load(Path(model_dir) / "model.joblib").predict(build_frame(data)).clip(0)
