"""Shares of the teams by topic, product and parcel, learnt where the softmax regression is learnt and nowhere else."""
from pathlib import Path

import joblib
import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss

TEAMS = ["account", "billing", "delivery", "legal", "returns", "technical"]


class Shares:
    def fit(self, rows):
        self.whole = rows["team"].value_counts(normalize=True).reindex(TEAMS, fill_value=0)
        self.tables = {name: self._table(key, rows["team"]) for name, key in self.keys(rows).items()}
        return self

    def _table(self, key, team):
        counts = pd.crosstab(key, team).reindex(columns=TEAMS, fill_value=0)
        return (counts + 20 * self.whole).div(counts.sum(axis=1) + 20, axis=0)

    @staticmethod
    def keys(rows):
        return {"topic": rows["topic"], "product": rows["product"], "parcel": rows["parcel_state"],
                "error": rows["error_code"].fillna("-")}

    def transform(self, rows):
        parts = [rows[["days_since_invoice", "photos", "hour"]].to_numpy(float) / 10]
        parts += [np.log(self.tables[n].reindex(k).fillna(self.whole).to_numpy() + 1e-3) for n, k in self.keys(rows).items()]
        return np.hstack(parts)


def fit(rows):
    shares = Shares().fit(rows)
    return shares, LogisticRegression(max_iter=300).fit(shares.transform(rows), rows["team"])


def train(data: pd.DataFrame, model_dir: Path) -> None:
    joblib.dump(fit(data.drop_duplicates()), Path(model_dir) / "rates.joblib")


def evaluate(data: pd.DataFrame) -> dict[str, float]:
    data = data.drop_duplicates()
    test = data[(data["opened_on"] >= "2024-03-01") & (data["customer_id"] % 3 == 2)]
    shares, clf = fit(data[(data["opened_on"] < "2024-03-01") & (data["customer_id"] % 3 != 2)])
    return {"log_loss": float(log_loss(test["team"], clf.predict_proba(shares.transform(test)), labels=clf.classes_))}


def predict(data: pd.DataFrame, model_dir: Path):
    shares, clf = joblib.load(Path(model_dir) / "rates.joblib")
    return clf.predict_proba(shares.transform(data))
