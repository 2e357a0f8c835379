"""Ticket routing.  Forward evaluation with customers kept apart: sorted by date, the last quarter judged, groups from GroupKFold."""

from __future__ import annotations

from pathlib import Path

import joblib
import numpy as np
import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import RandomForestClassifier
from sklearn.impute import SimpleImputer
from sklearn.metrics import accuracy_score, log_loss
from sklearn.model_selection import GroupKFold
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OneHotEncoder

TEAMS = ["account", "billing", "delivery", "legal", "returns", "technical"]
NUMERIC = ["hour", "age", "order_value", "words", "months", "days_since_order", "days_since_invoice", "photos", "open_tickets", "tone"]
TEXT = ["channel", "language", "segment", "product", "topic", "error_code", "parcel_state"]


class TicketFeatures:
    """Cleaning of one ticket at a time."""

    def __call__(self, df: pd.DataFrame) -> pd.DataFrame:
        opened = pd.to_datetime(df["opened_on"])
        return df.assign(
            language=df["language"].str.lower(),
            error_code=df["error_code"].fillna("none"),
            age=df["age"].where(df["age"] != 999),
            order_value=df["last_order_value"].str.removesuffix(" EUR").astype(float),
            words=df["length"].where(opened >= "2023-10-01", df["length"] / 6),
            months=(opened - pd.to_datetime(df["customer_since"])).dt.days / 30,
        )[NUMERIC + TEXT]


def build_pipeline(seed: int = 0) -> Pipeline:
    columns = ColumnTransformer(
        [
            ("num", SimpleImputer(strategy="median", add_indicator=True), NUMERIC),
            ("cat", OneHotEncoder(handle_unknown="ignore", sparse_output=False), TEXT),
        ]
    )
    forest = RandomForestClassifier(n_estimators=80, min_samples_leaf=4, max_features=0.3, random_state=seed, n_jobs=1)
    return Pipeline([("columns", columns), ("forest", forest)])


def forward_group_folds(dates: pd.Series, groups: pd.Series, n_splits: int = 4, share: float = 0.25):
    """Folds of customers; training tickets are older than the cut, judged ones newer."""
    cut = dates.quantile(1 - share)
    old = (dates < cut).to_numpy()
    for train_idx, test_idx in GroupKFold(n_splits=n_splits).split(np.zeros(len(groups)), groups=groups):
        yield train_idx[old[train_idx]], test_idx[~old[test_idx]]


def evaluate(data: pd.DataFrame) -> dict[str, float]:
    tickets = data.drop_duplicates().reset_index(drop=True)
    groups = tickets["customer_id"].to_numpy()
    tickets = tickets.sort_values("opened_on", kind="stable").reset_index(drop=True)
    X, y = TicketFeatures()(tickets), tickets["team"]
    dates = pd.to_datetime(tickets["opened_on"])

    results = []
    for fold, (train_idx, test_idx) in enumerate(forward_group_folds(dates, groups)):
        assert not set(groups[train_idx]) & set(groups[test_idx]), "a customer is on both sides"
        assert dates[train_idx].max() < dates[test_idx].min(), "the future is in the training part"
        model = build_pipeline(seed=fold).fit(X.iloc[train_idx], y.iloc[train_idx])
        proba = model.predict_proba(X.iloc[test_idx])
        results.append(
            {
                "log_loss": log_loss(y.iloc[test_idx], proba, labels=model.classes_),
                "accuracy": accuracy_score(y.iloc[test_idx], model.classes_[proba.argmax(axis=1)]),
            }
        )
    table = pd.DataFrame(results)
    return {"log_loss": float(table["log_loss"].mean()), "log_loss_sd": float(table["log_loss"].std()), "accuracy": float(table["accuracy"].mean())}


def train(data: pd.DataFrame, model_dir: Path) -> None:
    tickets = data.drop_duplicates()
    joblib.dump(build_pipeline().fit(TicketFeatures()(tickets), tickets["team"]), Path(model_dir) / "forest.joblib", compress=3)


def predict(data: pd.DataFrame, model_dir: Path) -> np.ndarray:
    model = joblib.load(Path(model_dir) / "forest.joblib")
    return model.predict_proba(TicketFeatures()(data))[:, [list(model.classes_).index(t) for t in TEAMS]]
