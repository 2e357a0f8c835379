"""Which team?  CatBoost takes the text columns as they are; it keeps the best iteration."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd
from catboost import CatBoostClassifier, Pool

TEAMS = ["account", "billing", "delivery", "legal", "returns", "technical"]
TEXT = ["channel", "language", "segment", "product", "topic", "error_code", "parcel_state"]
NUMBERS = ["hour", "age", "value", "days_since_order", "days_since_invoice", "words", "photos", "open_tickets", "tone", "months"]


def columns(tickets: pd.DataFrame) -> pd.DataFrame:
    opened = pd.to_datetime(tickets["opened_on"])
    x = tickets.assign(
        language=tickets["language"].str.lower(),
        age=tickets["age"].mask(tickets["age"] == 999),
        value=tickets["last_order_value"].str.removesuffix(" EUR").astype(float),
        words=tickets["length"] / np.where(opened < "2023-10-01", 6, 1),
        months=(opened - pd.to_datetime(tickets["customer_since"])).dt.days // 30,
    )
    x[TEXT] = x[TEXT].fillna("-").astype(str)
    return x[TEXT + NUMBERS]


def pool(tickets: pd.DataFrame) -> Pool:
    return Pool(columns(tickets), tickets["team"].to_numpy(), cat_features=TEXT)


def booster(rounds: int = 150) -> CatBoostClassifier:
    return CatBoostClassifier(
        iterations=rounds, learning_rate=0.12, depth=4, l2_leaf_reg=6, loss_function="MultiClass", random_seed=0,
        thread_count=1, verbose=0, allow_writing_files=False, classes_count=None,
    )  # fmt: skip


def split(tickets: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """New customers of the last months against everybody else before."""
    new = tickets["customer_id"] % 5 < 2
    last = tickets["opened_on"] >= "2024-02-15"
    return tickets[~new & ~last], tickets[new & last]


def evaluate(data: pd.DataFrame) -> dict[str, float]:
    past, coming = split(data.drop_duplicates())
    model = booster().fit(pool(past), eval_set=pool(coming), use_best_model=True)
    best = model.get_best_score()["validation"]["MultiClass"]
    print(f"best iteration {model.get_best_iteration()}", file=sys.stderr)
    return {"log_loss": float(best), "rounds": float(model.tree_count_)}


def train(data: pd.DataFrame, model_dir: Path) -> None:
    tickets = data.drop_duplicates()
    past, coming = split(tickets)
    rounds = booster().fit(pool(past), eval_set=pool(coming), use_best_model=True).tree_count_
    booster(rounds).fit(pool(tickets)).save_model(str(model_dir / "router.cbm"))


def predict(data: pd.DataFrame, model_dir: Path) -> np.ndarray:
    model = CatBoostClassifier()
    model.load_model(str(model_dir / "router.cbm"))
    order = [list(model.classes_).index(team) for team in TEAMS]
    return model.predict_proba(columns(data))[:, order]
