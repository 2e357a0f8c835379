"""Vans: CatBoost on columns that are stable in time; what drifts (Kolmogorov-Smirnov) is left out."""

import logging
from pathlib import Path

import numpy as np
import pandas as pd
from catboost import CatBoostClassifier
from scipy.stats import ks_2samp
from sklearn.metrics import average_precision_score

log = logging.getLogger(__name__)

DRIFT_LIMIT = 0.12
BASE = ["odometer_km", "days_since_last", "km_since_last", "battery_v", "oil_ppm", "brake_mm", "warnings", "rented_days", "lease_value"]


def make_features(df: pd.DataFrame) -> pd.DataFrame:
    out = df[BASE].astype(float)
    visited = pd.to_datetime(df["visited_on"])
    out["month_sin"] = np.sin(2 * np.pi * visited.dt.month / 12)
    out["month_cos"] = np.cos(2 * np.pi * visited.dt.month / 12)
    out["km_per_day"] = out["km_since_last"] / out["days_since_last"].clip(lower=1)
    out["weak_battery"] = (out["battery_v"] < 12.2).astype(float)
    out["worried"] = df["note"].fillna("").str.lower().str.contains("weak|hard|leak").astype(float)
    for make in ("Aro", "Belt", "Corda", "Dane", "Ekto", "Fjor"):
        out[f"make_{make}"] = (df["make"] == make).astype(float)
    return out


def stable_columns(reference: pd.DataFrame, current: pd.DataFrame, limit: float = DRIFT_LIMIT) -> list[str]:
    """Columns whose distribution in `current` is that of `reference`, give or take `limit`."""
    keep = []
    for column in reference.columns:
        statistic = ks_2samp(reference[column].dropna(), current[column].dropna()).statistic
        if statistic <= limit:
            keep.append(column)
        else:
            log.info("dropping %s: KS %.3f", column, statistic)
    return keep


def fit_model(X: pd.DataFrame, y: pd.Series) -> CatBoostClassifier:
    model = CatBoostClassifier(
        iterations=150, depth=4, learning_rate=0.06, random_seed=11, thread_count=1, verbose=False, allow_writing_files=False
    )
    return model.fit(X, y)


def split_by_van_and_time(df: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    vans = np.sort(df["van_id"].unique())
    held = set(np.random.default_rng(3).permutation(vans)[: len(vans) // 3])
    is_held = df["van_id"].isin(held)
    visited = pd.to_datetime(df["visited_on"])
    return df[~is_held & (visited < "2024-05-01")], df[is_held & (visited >= "2024-06-01")]


def halves_in_time(df: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    middle = df["visited_on"].sort_values().iloc[len(df) // 2]
    return df[df["visited_on"] < middle], df[df["visited_on"] >= middle]


def evaluate(data: pd.DataFrame) -> dict:
    train_df, test_df = split_by_van_and_time(data.drop_duplicates())
    columns = stable_columns(make_features(train_df), make_features(test_df))
    model = fit_model(make_features(train_df)[columns], train_df["stranded"])
    scores = model.predict_proba(make_features(test_df)[columns])[:, 1]
    return {"average_precision": float(average_precision_score(test_df["stranded"], scores)), "columns": len(columns)}


def train(data: pd.DataFrame, model_dir: str) -> None:
    df = data.drop_duplicates()
    early, late = halves_in_time(df)
    columns = stable_columns(make_features(early), make_features(late))
    model = fit_model(make_features(df)[columns], df["stranded"])
    model.save_model(str(Path(model_dir) / "vans.cbm"))
    (Path(model_dir) / "columns.txt").write_text("\n".join(columns))


def predict(data: pd.DataFrame, model_dir: str) -> np.ndarray:
    model = CatBoostClassifier()
    model.load_model(str(Path(model_dir) / "vans.cbm"))
    columns = (Path(model_dir) / "columns.txt").read_text().split("\n")
    return model.predict_proba(make_features(data)[columns])[:, 1]
