"""Churn: smoothed rates by postcode area and plan, out of folds of customers within the training part."""

from dataclasses import dataclass, field
from pathlib import Path

import joblib
import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import roc_auc_score

NUMBERS = ["age", "n_products", "discount_pct", "income_k", "usage_gb", "usage_trend", "tickets_90d"]
NUMBERS += ["late_payments_12m", "satisfaction", "charge"]
FOLDS = 5


@dataclass
class SmoothedRates:
    """A rate of churn for each value of some columns: (sum + m * mean) / (count + m)."""

    m: float = 20.0
    mean: float = 0.0
    tables: dict = field(default_factory=dict)

    def learn(self, rows, target):
        self.mean = float(target.mean())
        for name, key in keys(rows).items():
            grouped = target.groupby(key).agg(["sum", "count"])
            self.tables[name] = (grouped["sum"] + self.m * self.mean) / (grouped["count"] + self.m)
        return self

    def give(self, rows):
        return pd.DataFrame({f"{n}_rate": k.map(self.tables[n]).fillna(self.mean) for n, k in keys(rows).items()})

    def out_of_fold(self, rows, target):
        """Rates of the other folds' customers for each row; afterwards those of all of them are kept."""
        fold = rows["customer_id"] % FOLDS
        parts = []
        for number in range(FOLDS):
            inside, outside = fold == number, fold != number
            parts.append(SmoothedRates(self.m).learn(rows[outside], target[outside]).give(rows[inside]))
        self.learn(rows, target)
        return pd.concat(parts).loc[rows.index]


def keys(rows):
    postcode = rows["postcode"].astype(str).str.zfill(5)
    offer = rows["contract"] + "/" + rows["plan"].astype(str).str.strip().str.upper()
    return {"area": postcode.str[:2], "offer": offer}


def clean(data):
    charge = data["monthly_charge"].astype(str).str.extract(r"([\d.,]+)")[0].str.replace(",", ".")
    return data.assign(charge=pd.to_numeric(charge, errors="coerce"))


def fitted(rows):
    rates = SmoothedRates()
    table = pd.concat([rows[NUMBERS], rates.out_of_fold(rows, rows["churned"])], axis=1)
    model = HistGradientBoostingClassifier(max_iter=120, learning_rate=0.06, max_leaf_nodes=15, random_state=4)
    return rates, model.fit(table, rows["churned"])


def answers(rates, model, rows):
    return model.predict_proba(pd.concat([rows[NUMBERS], rates.give(rows)], axis=1))[:, 1]


def evaluate(data):
    rows = clean(data).drop_duplicates().reset_index(drop=True)
    border = rows["snapshot_date"].drop_duplicates().sort_values().iloc[-4]
    test = rows[rows["snapshot_date"] >= border]
    known = rows[(rows["snapshot_date"] < border) & ~rows["customer_id"].isin(test["customer_id"])]
    return {"roc_auc": float(roc_auc_score(test["churned"], answers(*fitted(known), test)))}


def train(data, model_dir):
    joblib.dump(fitted(clean(data).drop_duplicates().reset_index(drop=True)), Path(model_dir) / "churn.joblib")


def predict(data, model_dir):
    return answers(*joblib.load(Path(model_dir) / "churn.joblib"), clean(data))
