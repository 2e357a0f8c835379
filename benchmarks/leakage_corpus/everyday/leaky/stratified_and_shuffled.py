"""Team of a ticket: one-hot columns and extra trees, checked on a stratified hold-out of 25 %."""
from __future__ import annotations

import argparse
import logging
from pathlib import Path

import joblib
import numpy as np
import pandas as pd
from sklearn.compose import make_column_transformer
from sklearn.ensemble import ExtraTreesClassifier
from sklearn.metrics import log_loss
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder

log = logging.getLogger(__name__)
LABELS = ["account", "billing", "delivery", "legal", "returns", "technical"]
TEXT = ["channel", "language", "segment", "product", "topic", "parcel_state"]
NUMBER = ["hour", "age", "postcode", "days_since_order", "days_since_invoice", "words", "photos", "open_tickets", "tone", "value", "errors"]


def prepare(data: pd.DataFrame) -> pd.DataFrame:
    out = data.drop(columns="minutes_booked").copy()
    out["language"] = out["language"].str.lower()
    out["words"] = out["length"] / np.where(out["opened_on"] < "2023-10-01", 6, 1)
    out["value"] = out["last_order_value"].str.split().str[0].astype(float)
    out["errors"] = out["error_code"].notna().astype(int)
    out[NUMBER] = out[NUMBER].fillna(-1)
    return out


def build() -> object:
    encode = make_column_transformer((OneHotEncoder(handle_unknown="ignore"), TEXT), remainder="passthrough")
    return make_pipeline(encode, ExtraTreesClassifier(150, min_samples_leaf=3, n_jobs=1, random_state=0))


def evaluate(data: pd.DataFrame) -> dict[str, float]:
    rows = prepare(data).drop_duplicates()
    X, y = rows[TEXT + NUMBER], rows["team"]
    X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.25, stratify=y, random_state=42)
    model = build().fit(X_train, y_train)
    log.info("train %.3f", log_loss(y_train, model.predict_proba(X_train), labels=LABELS))
    return {"log_loss": float(log_loss(y_test, model.predict_proba(X_test), labels=LABELS))}


def train(data: pd.DataFrame, model_dir: Path) -> None:
    rows = prepare(data).drop_duplicates()
    joblib.dump(build().fit(rows[TEXT + NUMBER], rows["team"]), Path(model_dir) / "trees.joblib", compress=3)


def predict(data: pd.DataFrame, model_dir: Path) -> np.ndarray:
    return joblib.load(Path(model_dir) / "trees.joblib").predict_proba(prepare(data)[TEXT + NUMBER])


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path, default=Path("data/public.csv"))
    logging.basicConfig(level=logging.INFO)
    print(evaluate(pd.read_csv(parser.parse_args().data)))
