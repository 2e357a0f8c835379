"""Churn: a data set class that loads, cleans and completes the table; gradient boosting; customers and months held out."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import joblib
import numpy as np
import pandas as pd
from sklearn.metrics import average_precision_score, roc_auc_score
from xgboost import XGBClassifier

CATEGORICAL = {"region": 5, "contract": 3, "plan": 3, "channel": 4, "payment_method": 3}


@dataclass
class Config:
    holdout_share: float = 0.35
    holdout_from: str = "2023-08-01"
    clip: tuple[float, float] = (0.01, 0.99)
    seed: int = 5


class ChurnDataset:
    """Features, target and keys of a table; `reference` holds what is needed to prepare new rows in the same way."""

    numeric = ["age", "income_k", "charge", "usage", "usage_trend", "satisfaction", "tenure", "discount_left"]
    counts = ["n_products", "discount_pct", "tickets_90d", "late_payments_12m"]

    def __init__(self, df: pd.DataFrame, config: Config, reference: dict | None = None):
        self.config = config
        self.keys = df[["customer_id", "snapshot_date"]]
        self.y = df["churned"] if "churned" in df else None
        self.reference = reference
        self.X = self._scale(self._impute(self._parse(df)))

    def _parse(self, df: pd.DataFrame) -> pd.DataFrame:
        snap = pd.to_datetime(df["snapshot_date"])
        x = df[["income_k", "usage_trend", "satisfaction", *self.counts]].astype(float)
        x["age"] = df["age"].replace({999: np.nan})
        x["charge"] = df["monthly_charge"].str.rstrip(" EUR").astype(float)
        x["usage"] = np.log(df["usage_gb"].div(np.where(snap < "2023-07-01", 1000, 1)))
        x["tenure"] = (snap - pd.to_datetime(df["signup_date"])).dt.days
        x["discount_left"] = (pd.to_datetime(df["discount_end_date"]) - snap).dt.days
        x["satisfaction_missing"] = df["satisfaction"].isna().astype(float)
        self.codes = df[list(CATEGORICAL)].apply(lambda s: s.str.lower())
        return x

    def _impute(self, x: pd.DataFrame) -> pd.DataFrame:
        if self.reference is None:
            self.reference = {"fill": x[self.numeric].agg("median").to_dict()}
        return x.fillna(self.reference["fill"])

    def _scale(self, x: pd.DataFrame) -> pd.DataFrame:
        ref = self.reference
        if "low" not in ref:
            ref["low"], ref["high"] = (x[self.numeric].quantile(q) for q in self.config.clip)
            limited = x[self.numeric].clip(ref["low"], ref["high"], axis=1)
            ref["centre"], ref["spread"] = limited.mean(), limited.std()
            ref["levels"] = {c: sorted(self.codes[c].unique()) for c in CATEGORICAL}
        x = x.copy()
        limited = x[self.numeric].clip(ref["low"], ref["high"], axis=1)
        x[self.numeric] = (limited - ref["centre"]) / ref["spread"]
        for c, levels in ref["levels"].items():
            for level in levels[:-1]:
                x[f"{c}={level}"] = (self.codes[c] == level).astype(float)
        return x

    def __len__(self) -> int:
        return len(self.X)

    def split(self) -> tuple[pd.Series, pd.Series]:
        """Masks: customers who train, until the cut; other customers, after it."""
        rng = np.random.default_rng(self.config.seed)
        ids = np.sort(self.keys["customer_id"].unique())
        held = self.keys["customer_id"].isin(rng.choice(ids, int(len(ids) * self.config.holdout_share), replace=False))
        late = self.keys["snapshot_date"] >= self.config.holdout_from
        return ~held & ~late, held & late


def new_model(config: Config) -> XGBClassifier:
    return XGBClassifier(n_estimators=150, max_depth=4, learning_rate=0.06, subsample=0.8, colsample_bytree=0.8, random_state=config.seed, n_jobs=1)


def evaluate(data: pd.DataFrame) -> dict[str, float]:
    config = Config()
    dataset = ChurnDataset(data.drop_duplicates(), config)
    fit_on, judge_on = dataset.split()
    model = new_model(config).fit(dataset.X[fit_on], dataset.y[fit_on])
    p = model.predict_proba(dataset.X[judge_on])[:, 1]
    truth = dataset.y[judge_on]
    return {"roc_auc": float(roc_auc_score(truth, p)), "average_precision": float(average_precision_score(truth, p))}


def train(data: pd.DataFrame, model_dir: Path) -> None:
    config = Config()
    dataset = ChurnDataset(data.drop_duplicates(), config)
    joblib.dump((new_model(config).fit(dataset.X, dataset.y), dataset.reference), Path(model_dir) / "model.joblib")


def predict(data: pd.DataFrame, model_dir: Path) -> np.ndarray:
    model, reference = joblib.load(Path(model_dir) / "model.joblib")
    return model.predict_proba(ChurnDataset(data, Config(), reference).X)[:, 1]
