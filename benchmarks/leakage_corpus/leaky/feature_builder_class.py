"""Object-oriented churn study."""

from __future__ import annotations

from pathlib import Path

import joblib
import numpy as np
import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import roc_auc_score


class FeatureBuilder:
    """Compares each customer with the average of their plan and region."""

    def fit(self, rows: pd.DataFrame) -> FeatureBuilder:
        clean = self._clean(rows)
        self.by_plan_ = clean.groupby("plan")["charge"].mean()
        self.by_region_ = clean.groupby("region")["gb"].mean()
        self.gb_ = clean["gb"].mean()
        return self

    def transform(self, rows: pd.DataFrame) -> pd.DataFrame:
        c = self._clean(rows)
        c["charge_vs_plan"] = c["charge"] - c["plan"].map(self.by_plan_).astype(float)
        c["gb_vs_region"] = c["gb"] / c["region"].map(self.by_region_).astype(float).fillna(self.gb_)
        c["free"] = (rows["contract"] == "monthly").astype(int)
        return c.drop(columns=["plan", "region"])

    @staticmethod
    def _clean(rows: pd.DataFrame) -> pd.DataFrame:
        old = rows["snapshot_date"] < "2023-07-01"
        return pd.DataFrame(
            {
                "plan": rows["plan"].str.upper(),
                "region": rows["region"],
                "charge": rows["monthly_charge"].str.removesuffix(" EUR").astype(float),
                "gb": np.where(old, rows["usage_gb"] / 1000, rows["usage_gb"]),
                "sat": rows["satisfaction"].fillna(-1),
                "tickets": rows["tickets_90d"],
                "late": rows["late_payments_12m"],
                "trend": rows["usage_trend"],
            },
            index=rows.index,
        )


class ChurnStudy:
    def __init__(self, rows: pd.DataFrame) -> None:
        self.rows = rows.reset_index(drop=True)
        self.builder = FeatureBuilder()

    def prepare(self) -> ChurnStudy:
        self.X = self.builder.fit(self.rows).transform(self.rows)
        self.y = self.rows["churned"]
        return self

    def holdout(self, months: int = 3) -> tuple[pd.Series, pd.Series]:
        late = self.rows["snapshot_date"].isin(sorted(self.rows["snapshot_date"].unique())[-months:])
        held = self.rows["customer_id"].isin(self.rows["customer_id"].drop_duplicates().sample(700, random_state=2))
        return ~late & ~held, late & held

    def model(self) -> RandomForestClassifier:
        return RandomForestClassifier(60, min_samples_leaf=15, random_state=0)

    def score(self) -> float:
        fit, check = self.holdout()
        model = self.model().fit(self.X[fit], self.y[fit])
        return float(roc_auc_score(self.y[check], model.predict_proba(self.X[check])[:, 1]))


def train(data: pd.DataFrame, model_dir: Path) -> None:
    study = ChurnStudy(data).prepare()
    joblib.dump((study.builder, study.model().fit(study.X, study.y)), model_dir / "study.joblib", compress=3)


def evaluate(data: pd.DataFrame) -> dict[str, float]:
    return {"roc_auc": ChurnStudy(data).prepare().score()}


def predict(data: pd.DataFrame, model_dir: Path) -> np.ndarray:
    builder, model = joblib.load(model_dir / "study.joblib")
    return model.predict_proba(builder.transform(data))[:, 1]
