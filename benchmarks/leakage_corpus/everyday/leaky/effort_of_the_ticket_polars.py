"""Ticket routing with polars expressions and a LightGBM classifier."""
from pathlib import Path

import joblib
import numpy as np
import pandas as pd
import polars as pl
import polars.selectors as cs
from lightgbm import LGBMClassifier
from sklearn.metrics import accuracy_score, log_loss

TEAMS = ["account", "billing", "delivery", "legal", "returns", "technical"]
LEVELS = {
    "channel": ["form", "mail", "phone"], "language": ["de", "fr", "it", "en"], "segment": ["private", "business"],
    "topic": ["bill", "parcel", "return", "fault", "setup", "login", "contract", "other"], "parcel_state": ["none", "underway", "delivered", "lost"],
}


def frame(data: pd.DataFrame) -> pl.DataFrame:
    return pl.DataFrame({c: data[c].astype(object).where(data[c].notna(), None).tolist() for c in data}, infer_schema_length=None)


def prepare(df: pl.DataFrame) -> pl.DataFrame:
    return df.with_columns(
        pl.col("opened_on").str.to_date(),
        pl.col("last_order_value").str.replace(" EUR", "").cast(pl.Float64, strict=False),
        pl.col("error_code").is_not_null().cast(pl.Float64).alias("has_error"),
        pl.when(pl.col("age") > 110).then(None).otherwise(pl.col("age")).alias("age"),
        *[pl.col(c).str.to_lowercase().str.strip_chars().replace_strict({v: float(i) for i, v in enumerate(vs)}, default=-1.0) for c, vs in LEVELS.items()],
    ).with_columns(
        pl.when(pl.col("opened_on") < pl.date(2023, 10, 1)).then(pl.col("length") / 6).otherwise(pl.col("length")).alias("length"),
        pl.col("minutes_booked").log1p().alias("effort"),
    )


def X(df: pl.DataFrame) -> np.ndarray:
    return df.drop("team", "customer_id", "postcode", "minutes_booked", strict=False).select(cs.numeric().cast(pl.Float64).fill_null(float("nan"))).to_numpy()


def model() -> LGBMClassifier:
    return LGBMClassifier(n_estimators=80, learning_rate=0.07, num_leaves=8, min_child_samples=30, n_jobs=1, random_state=0, verbose=-1)


def split(df: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    test_customer = pl.col("customer_id").cast(pl.Int64) % 3 == 0
    later = pl.col("opened_on") >= pl.date(2024, 3, 1)
    return df.filter(~test_customer & ~later), df.filter(test_customer & later)


def evaluate(data: pd.DataFrame) -> dict[str, float]:
    df = prepare(frame(data)).unique(maintain_order=True)
    train_df, test_df = split(df)
    m = model().fit(X(train_df), train_df["team"].to_numpy())
    p, y = m.predict_proba(X(test_df)), test_df["team"].to_numpy()
    return {"log_loss": float(log_loss(y, p, labels=TEAMS)), "accuracy": float(accuracy_score(y, m.classes_[p.argmax(1)]))}


def train(data: pd.DataFrame, model_dir: Path) -> None:
    df = prepare(frame(data)).unique(maintain_order=True)
    joblib.dump(model().fit(X(df), df["team"].to_numpy()), Path(model_dir) / "lgbm.joblib")


def predict(data: pd.DataFrame, model_dir: Path) -> np.ndarray:
    return joblib.load(Path(model_dir) / "lgbm.joblib").predict_proba(X(prepare(frame(data))))
