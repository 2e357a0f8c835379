from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import joblib
import numpy as np
import pandas as pd
from sklearn.base import clone
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import roc_auc_score

TEXT = {"contract": ["monthly", "one_year", "two_year"], "region": ["north", "south", "east", "west", "metro"]}


@dataclass
class ChurnModel:
    """Estimate first, then fit on everything: `estimate` leaves a model that is ready to ship."""

    estimator: HistGradientBoostingClassifier = field(
        default_factory=lambda: HistGradientBoostingClassifier(
            max_iter=120, learning_rate=0.06, max_leaf_nodes=8, min_samples_leaf=60, random_state=7
        )
    )
    final_: HistGradientBoostingClassifier | None = None

    def features(self, rows: pd.DataFrame) -> pd.DataFrame:
        day = pd.to_datetime(rows["snapshot_date"])
        X = rows[["n_products", "usage_trend", "tickets_90d", "late_payments_12m", "satisfaction", "discount_pct"]].copy()
        for column, names in TEXT.items():
            for name in names[1:]:
                X[f"{column}_{name}"] = (rows[column] == name).astype(int)
        X["tenure"] = (day - pd.to_datetime(rows["signup_date"])).dt.days
        X["promo_days"] = (pd.to_datetime(rows["discount_end_date"]) - day).dt.days
        X["charge"] = rows["monthly_charge"].str.extract(r"([\d.]+)")[0].astype(float)
        X["age"] = rows["age"].mask(rows["age"] > 120)
        return X

    def fit(self, rows: pd.DataFrame) -> "ChurnModel":
        self.final_ = clone(self.estimator).fit(self.features(rows), rows["churned"])
        return self

    def score(self, rows: pd.DataFrame) -> np.ndarray:
        return self.final_.predict_proba(self.features(rows))[:, 1]

    def estimate(self, rows: pd.DataFrame, folds: int = 5, months: int = 3) -> dict[str, float]:
        last = sorted(rows["snapshot_date"].unique())[-months:]
        fold = rows["customer_id"].map(lambda c: (c * 2654435761 >> 7) % folds)
        scores = pd.Series(np.nan, index=rows.index)
        for k in range(folds):
            test = (fold == k) & rows["snapshot_date"].isin(last)
            learn = (fold != k) & ~rows["snapshot_date"].isin(last)
            scores[test] = ChurnModel(self.estimator).fit(rows[learn]).score(rows[test])
        seen = scores.notna()
        found = {"roc_auc": float(roc_auc_score(rows.loc[seen, "churned"], scores[seen])), "rows_scored": float(seen.sum())}
        self.fit(rows)
        return found


def train(data: pd.DataFrame, model_dir: Path) -> None:
    joblib.dump(ChurnModel().fit(data.drop_duplicates()).final_, Path(model_dir) / "final.joblib")


def evaluate(data: pd.DataFrame) -> dict[str, float]:
    return ChurnModel().estimate(data.drop_duplicates().reset_index(drop=True))


def predict(data: pd.DataFrame, model_dir: Path) -> np.ndarray:
    return ChurnModel(final_=joblib.load(Path(model_dir) / "final.joblib")).score(data)
