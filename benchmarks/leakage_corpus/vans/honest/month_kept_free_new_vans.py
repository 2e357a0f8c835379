"""Breakdowns within thirty days, for vans that join the fleet later.

The hold-out copies the use: other vans, later visits, and a month between the two whose outcomes were not known yet.
"""

from pathlib import Path

import joblib
import numpy as np
import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import average_precision_score
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import FunctionTransformer, OrdinalEncoder

TARGET = "stranded"
NUMBERS = ["odometer_km", "days_since_last", "km_since_last", "battery_v", "oil_ppm", "brake_mm", "warnings", "rented_days"]
WORDS = ["depot", "make"]
HORIZON = pd.Timedelta(days=30)


def tidy(frame: pd.DataFrame) -> pd.DataFrame:
    out = frame[NUMBERS + WORDS].copy()
    out["depot"] = out["depot"].str.strip().str.title()
    out["km_a_day"] = out["km_since_last"] / out["days_since_last"].clip(lower=1)
    out["weak"] = frame["note"].fillna("").str.contains("bat+ery|start", regex=True).astype(int)
    return out


def build() -> Pipeline:
    words = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1)
    prep = ColumnTransformer([("words", words, WORDS)], remainder="passthrough")
    model = HistGradientBoostingClassifier(max_iter=120, learning_rate=0.05, max_leaf_nodes=8, random_state=0)
    return Pipeline([("tidy", FunctionTransformer(tidy)), ("prep", prep), ("model", model)])


def hold_out(data: pd.DataFrame, lot: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Two thirds of the vans before the cut, the other third after it."""
    when = pd.to_datetime(data["visited_on"])
    cut = when.quantile(0.7)
    vans = np.sort(data["van_id"].unique())
    late = np.random.default_rng(lot).choice(vans, len(vans) // 3, replace=False)
    other = data["van_id"].isin(late)
    return data[~other & (when < cut - HORIZON)], data[other & (when >= cut)]


def evaluate(data: pd.DataFrame) -> dict[str, float]:
    scores = []
    for lot in range(4):
        fit_on, judge_on = hold_out(data, lot)
        model = build().fit(fit_on, fit_on[TARGET])
        scores.append(average_precision_score(judge_on[TARGET], model.predict_proba(judge_on)[:, 1]))
    return {"average_precision": float(np.mean(scores)), "spread": float(np.std(scores))}


def train(data: pd.DataFrame, model_dir: Path) -> None:
    joblib.dump(build().fit(data, data[TARGET]), Path(model_dir) / "model.joblib")


def predict(data: pd.DataFrame, model_dir: Path) -> np.ndarray:
    return joblib.load(Path(model_dir) / "model.joblib").predict_proba(data)[:, 1]
