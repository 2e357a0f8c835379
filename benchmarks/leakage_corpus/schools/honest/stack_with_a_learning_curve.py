"""Ticket routing: a stack of a linear model and trees, and how the loss falls with more customers.

The learning curve scores smaller training parts on the judged tickets as well.  It is there for the README; the last
point is the model that is handed in, whatever the others say.
"""

from collections.abc import Iterator
from pathlib import Path

import joblib
import numpy as np
import pandas as pd
from sklearn.compose import ColumnTransformer, make_column_selector
from sklearn.ensemble import ExtraTreesClassifier, StackingClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, log_loss
from sklearn.model_selection import GroupKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

TEAMS = ["account", "billing", "delivery", "legal", "returns", "technical"]
SIZES = (0.25, 0.5, 1.0)
TEXT = ["channel", "language", "segment", "product", "topic", "error_code", "parcel_state"]


def features(tickets: pd.DataFrame) -> pd.DataFrame:
    opened = pd.to_datetime(tickets["opened_on"])
    words = tickets["length"].where(opened >= "2023-10-01", tickets["length"] / 6)
    text = {name: tickets[name].astype("object").where(tickets[name].notna(), "none").str.lower() for name in TEXT}
    numbers = {
        "hour": tickets["hour"],
        "weekend": (opened.dt.dayofweek > 4).astype(int),
        "age": tickets["age"].replace(999, np.nan),
        "years": (opened - pd.to_datetime(tickets["customer_since"])).dt.days / 365,
        "order": pd.to_numeric(tickets["last_order_value"].str.split(" ").str[0]),
        "since_order": np.log1p(tickets["days_since_order"]),
        "since_invoice": tickets["days_since_invoice"] % 30,
        "words": np.log1p(words),
        "photos": tickets["photos"].clip(upper=3),
        "open": tickets["open_tickets"],
        "tone": tickets["tone"],
    }
    return pd.DataFrame({**text, **numbers}, index=tickets.index)


def encoder() -> ColumnTransformer:
    numeric = make_pipeline(SimpleImputer(strategy="median", add_indicator=True), StandardScaler())
    one_hot = OneHotEncoder(handle_unknown="infrequent_if_exist", min_frequency=20, sparse_output=False)
    return ColumnTransformer(
        [("text", one_hot, make_column_selector(dtype_include=["object", "string"])), ("numbers", numeric, make_column_selector(dtype_include="number"))]
    )


def stack(folds: list[tuple[np.ndarray, np.ndarray]]) -> StackingClassifier:
    first_floor = [
        ("linear", make_pipeline(encoder(), LogisticRegression(C=0.3, max_iter=400))),
        ("trees", make_pipeline(encoder(), ExtraTreesClassifier(80, min_samples_leaf=5, random_state=0))),
    ]
    return StackingClassifier(first_floor, LogisticRegression(C=0.5, max_iter=400), cv=folds, stack_method="predict_proba")


def fit(tickets: pd.DataFrame) -> StackingClassifier:
    folds = list(GroupKFold(3).split(tickets, groups=tickets["customer_id"]))
    return stack(folds).fit(features(tickets), tickets["team"])


def growing(past: pd.DataFrame, rng: np.random.Generator) -> Iterator[tuple[float, pd.DataFrame]]:
    people = rng.permutation(np.sort(past["customer_id"].unique()))
    for size in SIZES:
        yield size, past[past["customer_id"].isin(people[: int(size * len(people))])]


def evaluate(data: pd.DataFrame) -> dict[str, float]:
    tickets = data.drop_duplicates().reset_index(drop=True)
    new_people = tickets["customer_id"] % 10 < 3
    last_quarter = tickets["opened_on"] >= "2024-03-15"
    past, future = tickets[~new_people & ~last_quarter], tickets[new_people & last_quarter]
    curve: dict[str, float] = {}
    for size, part in growing(past, np.random.default_rng(4)):
        shares = fit(part).predict_proba(features(future))
        loss = float(log_loss(future["team"], shares, labels=TEAMS))
        curve[f"log_loss_at_{int(100 * size)}"] = loss
    right = accuracy_score(future["team"], np.asarray(TEAMS)[shares.argmax(axis=1)])
    return {"log_loss": loss, "accuracy": float(right), **curve}


def train(data: pd.DataFrame, model_dir: Path) -> None:
    joblib.dump(fit(data.drop_duplicates().reset_index(drop=True)), model_dir / "stack.joblib", compress=3)


def predict(data: pd.DataFrame, model_dir: Path) -> np.ndarray:
    return joblib.load(model_dir / "stack.joblib").predict_proba(features(data))
