"""Ticket routing under label shift: shares of the teams move, so probabilities are brought to the shares of the new months."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import joblib
import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import log_loss

NUMBERS = ["hour", "age", "days_since_order", "days_since_invoice", "length", "photos", "open_tickets", "tone"]
WORDS = ["channel", "language", "segment", "product", "topic", "error_code", "parcel_state"]


@dataclass
class Vocabulary:
    values: dict[str, list[str]]

    @classmethod
    def of(cls, tickets: pd.DataFrame) -> Vocabulary:
        return cls({word: sorted(text(tickets[word]).unique()) for word in WORDS})

    def encode(self, tickets: pd.DataFrame) -> pd.DataFrame:
        codes = {word: pd.Index(values).get_indexer(text(tickets[word])) for word, values in self.values.items()}
        euros = pd.to_numeric(tickets["last_order_value"].astype(str).str.extract(r"([\d.]+)")[0], errors="coerce")
        return pd.DataFrame({**{name: tickets[name].to_numpy(float) for name in NUMBERS}, "euros": euros.to_numpy(), **codes})


def text(column: pd.Series) -> pd.Series:
    return column.fillna("none").astype(str).str.strip().str.lower()


def class_shares(teams: pd.Series, classes: np.ndarray) -> np.ndarray:
    """Shares of the teams with half a ticket added to each."""
    counts = teams.value_counts().reindex(classes, fill_value=0).to_numpy(float) + 0.5
    return counts / counts.sum()


def shifted(probabilities: np.ndarray, before: np.ndarray, after: np.ndarray) -> np.ndarray:
    """Bayes: p(team | x) is proportional to p(x | team) times the share of the team where it is used."""
    moved = probabilities * (after / before)
    return moved / moved.sum(axis=1, keepdims=True)


def fitted(tickets: pd.DataFrame) -> tuple[Vocabulary, HistGradientBoostingClassifier]:
    words = Vocabulary.of(tickets)
    model = HistGradientBoostingClassifier(max_iter=60, learning_rate=0.1, max_leaf_nodes=12, random_state=0)
    return words, model.fit(words.encode(tickets), tickets["team"])


def split(tickets: pd.DataFrame, share: float = 0.3) -> tuple[pd.DataFrame, pd.DataFrame]:
    rng = np.random.default_rng(99)
    customers = np.sort(tickets["customer_id"].unique())
    held = rng.random(len(customers)) < share
    apart = tickets["customer_id"].isin(customers[held])
    late = pd.to_datetime(tickets["opened_on"]) >= "2024-02-01"
    return tickets[~apart & ~late], tickets[apart & late]


def late_part(tickets: pd.DataFrame, days: int = 120) -> pd.DataFrame:
    opened = pd.to_datetime(tickets["opened_on"])
    return tickets[opened > opened.max() - pd.Timedelta(days=days)]


def evaluate(data: pd.DataFrame) -> dict[str, float]:
    fitting, judged = split(data.drop_duplicates())
    words, model = fitted(fitting)
    before = class_shares(fitting["team"], model.classes_)
    after = class_shares(judged["team"], model.classes_)
    plain = model.predict_proba(words.encode(judged))
    print(f"without the shift {log_loss(judged['team'], plain, labels=model.classes_):.4f}")
    return {"log_loss": log_loss(judged["team"], shifted(plain, before, after), labels=model.classes_)}


def train(data: pd.DataFrame, model_dir: str) -> None:
    tickets = data.drop_duplicates()
    words, model = fitted(tickets)
    before = class_shares(tickets["team"], model.classes_)
    after = class_shares(late_part(tickets)["team"], model.classes_)
    joblib.dump((words.values, model), Path(model_dir) / "model.joblib")
    (Path(model_dir) / "shares.json").write_text(json.dumps({"before": before.tolist(), "after": after.tolist()}))


def predict(data: pd.DataFrame, model_dir: str) -> np.ndarray:
    values, model = joblib.load(Path(model_dir) / "model.joblib")
    shares = json.loads((Path(model_dir) / "shares.json").read_text())
    plain = model.predict_proba(Vocabulary(values).encode(data))
    return shifted(plain, np.array(shares["before"]), np.array(shares["after"]))
