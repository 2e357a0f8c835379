"""Units a day by a Poisson GLM with exposure.

A shelf that was empty from 14:00 on was exposed for six of twelve hours.  Frequency = units per full day of exposure,
weight = exposure, which is the same likelihood as an offset of log(exposure).
"""

from pathlib import Path

import joblib
import numpy as np
import pandas as pd
from sklearn.compose import make_column_transformer
from sklearn.linear_model import PoissonRegressor
from sklearn.metrics import mean_absolute_error
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, SplineTransformer

OPEN, CLOSE = 8.0, 20.0
RATING_FACTORS = ["region", "area", "format", "article", "weekday", "month", "leaflet", "article_month"]
TARIFF = ["log_size", "log_price", "power"]


def exposure(days: pd.DataFrame) -> pd.Series:
    """Part of the opening hours during which the article could be bought; a day that never sold out counts in full."""
    hours = (days["sold_out_hour"].fillna(CLOSE) - OPEN).clip(lower=1.5)
    return (hours / (CLOSE - OPEN)).rename("exposure")


def risk_table(days: pd.DataFrame) -> pd.DataFrame:
    date = pd.to_datetime(days["date"])
    article = days["article"].str.lower()
    return pd.DataFrame(
        {
            "region": days["region"],
            "area": days["area"],
            "format": days["format"],
            "article": article,
            "weekday": date.dt.dayofweek.astype(str),
            "month": date.dt.month.astype(str),
            "leaflet": days["in_leaflet"].astype(str),
            "article_month": article + date.dt.quarter.astype(str),
            "log_size": np.log(days["size_m2"]),
            "log_price": np.log(days["price_eur"] * (1 - days["discount"])),
            "discount": days["discount"],
            "power": days["purchasing_power"].fillna(100.0),
        }
    )


def fitted(days: pd.DataFrame):
    tariff = make_pipeline(
        make_column_transformer(
            (OneHotEncoder(handle_unknown="ignore"), RATING_FACTORS),
            (SplineTransformer(n_knots=4, degree=2, extrapolation="linear"), TARIFF),
            ("passthrough", ["discount"]),
        ),
        PoissonRegressor(alpha=1e-3, max_iter=120),
    )
    at_risk = exposure(days)
    return tariff.fit(risk_table(days), days["units"] / at_risk, poissonregressor__sample_weight=at_risk)


def expected_units(tariff, days: pd.DataFrame, at_risk: pd.Series | float = 1.0) -> np.ndarray:
    return tariff.predict(risk_table(days)) * np.asarray(at_risk)


def evaluate(data: pd.DataFrame) -> dict[str, float]:
    known, judged = data[data["date"] < "2023-12-18"], data[data["date"] >= "2024-01-02"]
    tariff = fitted(known)
    portfolio = expected_units(tariff, known, exposure(known)).sum() / known["units"].sum()
    print(f"balance on the known days {portfolio:.3f}, mean exposure of the judged ones {exposure(judged).mean():.3f}")
    return {"mae": mean_absolute_error(judged["units"], expected_units(tariff, judged))}


def train(data: pd.DataFrame, model_dir: str) -> None:
    joblib.dump(fitted(data), Path(model_dir) / "tariff.joblib")


def predict(data: pd.DataFrame, model_dir: str) -> np.ndarray:
    return expected_units(joblib.load(Path(model_dir) / "tariff.joblib"), data)
