"""Prices relative to the average of the table at hand, so that inflation does not matter."""
from pathlib import Path

import joblib
import numpy as np
import pandas as pd
from sklearn.linear_model import PoissonRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler


def features(df: pd.DataFrame) -> np.ndarray:
    weekday = pd.to_datetime(df["date"]).dt.weekday
    price = df["price_eur"] / df["price_eur"].mean()
    size = (df["size_m2"] - df["size_m2"].mean()) / (df["size_m2"].std() + 1e-9)
    flags = [df["category"] == c for c in ("bakery", "dairy", "produce", "drinks", "sweets")]
    return np.column_stack([price, size.fillna(0), df["discount"], df["in_leaflet"], weekday >= 4, *flags]).astype(float)


def model():
    return make_pipeline(StandardScaler(), PoissonRegressor(alpha=0.01, max_iter=200))


def train(data: pd.DataFrame, model_dir: Path) -> None:
    joblib.dump(model().fit(features(data), data["units"].clip(lower=0)), Path(model_dir) / "poisson.joblib")


def evaluate(data: pd.DataFrame) -> dict[str, float]:
    data = data.drop_duplicates()
    early, late = data[data["date"] < "2023-12-01"], data[data["date"] >= "2023-12-01"]
    fitted = model().fit(features(early), early["units"].clip(lower=0))
    return {"mae": float(np.abs(fitted.predict(features(late)) - late["units"]).mean())}


def predict(data: pd.DataFrame, model_dir: Path) -> np.ndarray:
    return joblib.load(Path(model_dir) / "poisson.joblib").predict(features(data))
