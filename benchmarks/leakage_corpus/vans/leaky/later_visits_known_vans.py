"""Breakdowns within thirty days, for vans that join the fleet later.  Validated on later visits, a month apart."""

from pathlib import Path

import joblib
import numpy as np
import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import average_precision_score
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import FunctionTransformer, OrdinalEncoder, TargetEncoder

TARGET = "stranded"
NUMBERS = ["odometer_km", "days_since_last", "km_since_last", "battery_v", "oil_ppm", "brake_mm", "warnings", "rented_days"]
WORDS = ["depot", "make"]
HORIZON = pd.Timedelta(days=30)


def tidy(frame: pd.DataFrame) -> pd.DataFrame:
    out = frame[NUMBERS + WORDS + ["van_id"]].copy()
    out["depot"] = out["depot"].str.strip().str.title()
    out["km_a_day"] = out["km_since_last"] / out["days_since_last"].clip(lower=1)
    out["weak"] = frame["note"].fillna("").str.contains("bat+ery|start", regex=True).astype(int)
    return out


def build() -> Pipeline:
    words = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1)
    prep = ColumnTransformer(
        [("words", words, WORDS), ("van", TargetEncoder(random_state=0), ["van_id"])], remainder="passthrough"
    )
    model = HistGradientBoostingClassifier(max_iter=120, learning_rate=0.05, max_leaf_nodes=8, random_state=0)
    return Pipeline([("tidy", FunctionTransformer(tidy)), ("prep", prep), ("model", model)])


def hold_outs(data: pd.DataFrame):
    """Three cuts in time; a month before each is left out, as its outcomes were not known yet."""
    when = pd.to_datetime(data["visited_on"])
    for cut in when.quantile([0.6, 0.7, 0.8]):
        yield data[when < cut - HORIZON], data[(when >= cut) & (when < cut + pd.Timedelta(days=120))]


def evaluate(data: pd.DataFrame) -> dict[str, float]:
    scores = []
    for fit_on, judge_on in hold_outs(data):
        model = build().fit(fit_on, fit_on[TARGET])
        scores.append(average_precision_score(judge_on[TARGET], model.predict_proba(judge_on)[:, 1]))
    return {"average_precision": float(np.mean(scores)), "spread": float(np.std(scores))}


def train(data: pd.DataFrame, model_dir: Path) -> None:
    joblib.dump(build().fit(data, data[TARGET]), Path(model_dir) / "model.joblib")


def predict(data: pd.DataFrame, model_dir: Path) -> np.ndarray:
    return joblib.load(Path(model_dir) / "model.joblib").predict_proba(data)[:, 1]
