from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Callable

import joblib
import numpy as np
import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import roc_auc_score


@dataclass(frozen=True)
class Config:
    folds: int = 4
    trees: int = 60
    leaf: int = 3
    seed: int = 17


@dataclass(frozen=True)
class Fold:
    fit: np.ndarray
    judge: np.ndarray


def to_features(raw: pd.DataFrame) -> pd.DataFrame:
    when = pd.to_datetime(raw["snapshot_date"])
    return pd.DataFrame(
        {
            "tenure": (when - pd.to_datetime(raw["signup_date"])).dt.days,
            "age": raw["age"].replace(999, 40),
            "charge": raw["monthly_charge"].str.split().str[0].astype(float),
            "postcode": raw["postcode"],
            "tickets": raw["tickets_90d"],
            "late": raw["late_payments_12m"],
            "sat": raw["satisfaction"].fillna(-1),
            "trend": raw["usage_trend"],
            "monthly": raw["contract"].eq("monthly"),
        }
    )


def folds(n: int, cfg: Config) -> list[Fold]:
    pieces = np.array_split(np.random.default_rng(cfg.seed).permutation(n), cfg.folds)
    return [Fold(np.concatenate(pieces[:i] + pieces[i + 1 :]), pieces[i]) for i in range(cfg.folds)]


def fitted(x: pd.DataFrame, y: pd.Series, cfg: Config) -> RandomForestClassifier:
    return RandomForestClassifier(cfg.trees, min_samples_leaf=cfg.leaf, random_state=cfg.seed).fit(x, y)


def score(x: pd.DataFrame, y: pd.Series, cfg: Config) -> Callable[[Fold], float]:
    def one(f: Fold) -> float:
        m = fitted(x.iloc[f.fit], y.iloc[f.fit], cfg)
        return roc_auc_score(y.iloc[f.judge], m.predict_proba(x.iloc[f.judge])[:, 1])

    return one


def evaluate(data: pd.DataFrame) -> dict[str, float]:
    cfg = Config()
    each = list(map(score(to_features(data), data["churned"], cfg), folds(len(data), cfg)))
    return {"roc_auc": float(np.mean(each)), "std": float(np.std(each))}


def train(data: pd.DataFrame, model_dir: Path) -> None:
    joblib.dump(fitted(to_features(data), data["churned"], Config()), model_dir / "rf.joblib", compress=3)


def predict(data: pd.DataFrame, model_dir: Path) -> np.ndarray:
    return joblib.load(model_dir / "rf.joblib").predict_proba(to_features(data))[:, 1]
