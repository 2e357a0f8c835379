"""Softmax regression with an interval: judged customers are drawn again and again, the model stays as it is."""

import pickle
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.compose import make_column_transformer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder


@dataclass(frozen=True)
class Settings:
    target: str = "team"
    words: tuple = ("channel", "segment", "topic", "error_code", "parcel_state", "product")
    strength: float = 0.5
    cut: str = "2024-03-01"
    draws: int = 100


S = Settings()


def build() -> Pipeline:
    return make_pipeline(
        make_column_transformer((OneHotEncoder(handle_unknown="ignore"), list(S.words)), ("passthrough", ["photos", "open_tickets"])),
        LogisticRegression(C=S.strength, max_iter=400),
    )


def train(data: pd.DataFrame, model_dir: Path) -> None:
    (Path(model_dir) / "m.pkl").write_bytes(pickle.dumps(build().fit(data, data[S.target])))


def evaluate(data: pd.DataFrame) -> dict:
    data = data.drop_duplicates()
    judged_customers = data["customer_id"].drop_duplicates().sample(frac=0.3, random_state=8)
    theirs = data["customer_id"].isin(judged_customers)
    m = build().fit(data[~theirs & (data["opened_on"] < S.cut)], data[S.target][~theirs & (data["opened_on"] < S.cut)])
    test = data[theirs & (data["opened_on"] >= S.cut)]
    index = {team: i for i, team in enumerate(m.classes_)}
    losses = -np.log(m.predict_proba(test)[np.arange(len(test)), test[S.target].map(index)])
    per_customer = pd.DataFrame({"id": test["customer_id"].to_numpy(), "loss": losses}).groupby("id")["loss"].agg(["sum", "count"])
    rng = np.random.default_rng(0)
    drawn = [per_customer.sample(len(per_customer), replace=True, random_state=int(rng.integers(2**31))) for _ in range(S.draws)]
    means = [d["sum"].sum() / d["count"].sum() for d in drawn]
    low, high = np.percentile(means, [2.5, 97.5])
    return {"log_loss": float(losses.mean()), "log_loss_low": float(low), "log_loss_high": float(high)}


def predict(data: pd.DataFrame, model_dir: Path) -> np.ndarray:
    return pickle.loads((Path(model_dir) / "m.pkl").read_bytes()).predict_proba(data)
