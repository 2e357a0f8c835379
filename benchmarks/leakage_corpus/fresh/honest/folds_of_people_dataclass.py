from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from pathlib import Path

import joblib
import numpy as np
import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import roc_auc_score


@dataclass(frozen=True)
class Config:
    folds: int = 4
    trees: int = 60
    leaf: int = 5
    cut: str = "2023-06-15"
    seed: int = 17


@dataclass(frozen=True)
class Fold:
    fit: pd.DataFrame
    judge: pd.DataFrame


def to_features(raw: pd.DataFrame) -> pd.DataFrame:
    when = pd.to_datetime(raw["snapshot_date"])
    return pd.DataFrame(
        {
            "tenure": (when - pd.to_datetime(raw["signup_date"])).dt.days,
            "charge": raw["monthly_charge"].str.split().str[0].astype(float),
            "tickets": raw["tickets_90d"],
            "late": raw["late_payments_12m"],
            "sat": raw["satisfaction"].fillna(-1),
            "trend": raw["usage_trend"],
            "monthly": raw["contract"].eq("monthly"),
        }
    )


def folds(data: pd.DataFrame, cfg: Config) -> list[Fold]:
    people = np.random.default_rng(cfg.seed).permutation(data["customer_id"].unique())
    early = data["snapshot_date"] < cfg.cut
    made = []
    for some in np.array_split(people, cfg.folds):
        out = data["customer_id"].isin(some)
        made.append(Fold(data[early & ~out], data[~early & out]))
    return made


def fitted(d: pd.DataFrame, cfg: Config) -> RandomForestClassifier:
    forest = RandomForestClassifier(cfg.trees, min_samples_leaf=cfg.leaf, random_state=cfg.seed)
    return forest.fit(to_features(d), d["churned"])


def evaluate(data: pd.DataFrame) -> dict[str, float]:
    cfg = Config()

    def add(scores: list[float], f: Fold) -> list[float]:
        p = fitted(f.fit, cfg).predict_proba(to_features(f.judge))[:, 1]
        return [*scores, roc_auc_score(f.judge["churned"], p)]

    scores = reduce(add, folds(data, cfg), [])
    return {"roc_auc": float(np.mean(scores)), "std": float(np.std(scores))}


def train(data: pd.DataFrame, model_dir: Path) -> None:
    joblib.dump(fitted(data, Config()), model_dir / "rf.joblib", compress=3)


def predict(data: pd.DataFrame, model_dir: Path) -> np.ndarray:
    return joblib.load(model_dir / "rf.joblib").predict_proba(to_features(data))[:, 1]
