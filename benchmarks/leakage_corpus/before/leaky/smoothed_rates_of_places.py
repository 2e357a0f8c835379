"""Churn: rates by postcode area, plan and channel, smoothed toward the mean by an m-estimate."""

import json
from dataclasses import dataclass, field
from pathlib import Path

import joblib
import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import roc_auc_score

NUMBERS = ["age", "n_products", "discount_pct", "income_k", "usage_gb", "usage_trend", "tickets_90d"]
NUMBERS += ["late_payments_12m", "satisfaction", "charge"]


@dataclass
class SmoothedRates:
    """A rate of churn for each value of some columns: (sum + m * mean) / (count + m)."""

    m: float = 20.0
    mean: float = 0.0
    tables: dict = field(default_factory=dict)

    def learn(self, rows, target):
        self.mean = float(target.mean())
        for name in self.keys(rows):
            grouped = target.groupby(self.keys(rows)[name]).agg(["sum", "count"])
            self.tables[name] = (grouped["sum"] + self.m * self.mean) / (grouped["count"] + self.m)
        return self

    def give(self, rows):
        return pd.DataFrame({f"{n}_rate": k.map(self.tables[n]).fillna(self.mean) for n, k in self.keys(rows).items()})

    @staticmethod
    def keys(rows):
        postcode = rows["postcode"].astype(str).str.zfill(5)
        offer = rows["contract"] + "/" + rows["plan"].astype(str).str.strip().str.upper()
        return {"area": postcode.str[:3], "offer": offer, "street": postcode}


def clean(data):
    rows = data.drop_duplicates().reset_index(drop=True)
    charge = rows["monthly_charge"].astype(str).str.extract(r"([\d.,]+)")[0].str.replace(",", ".")
    return rows.assign(charge=pd.to_numeric(charge, errors="coerce"))


def classifier():
    return HistGradientBoostingClassifier(max_iter=120, learning_rate=0.06, max_leaf_nodes=15, random_state=4)


def evaluate(data):
    rows = clean(data)
    rates = SmoothedRates().learn(rows, rows["churned"])
    table = pd.concat([rows[NUMBERS], rates.give(rows)], axis=1)
    border = rows["snapshot_date"].drop_duplicates().sort_values().iloc[-4]
    test = (rows["snapshot_date"] >= border).to_numpy()
    fit = ~test & ~rows["customer_id"].isin(rows.loc[test, "customer_id"]).to_numpy()
    model = classifier().fit(table[fit], rows.loc[fit, "churned"])
    area = roc_auc_score(rows.loc[test, "churned"], model.predict_proba(table[test])[:, 1])
    print(json.dumps({"fitted": int(fit.sum()), "judged": int(test.sum()), "area": round(area, 4)}))
    return {"roc_auc": float(area)}


def train(data, model_dir):
    rows = clean(data)
    rates = SmoothedRates().learn(rows, rows["churned"])
    model = classifier().fit(pd.concat([rows[NUMBERS], rates.give(rows)], axis=1), rows["churned"])
    joblib.dump((rates.tables, rates.mean, model), Path(model_dir) / "churn.joblib")


def predict(data, model_dir):
    tables, mean, model = joblib.load(Path(model_dir) / "churn.joblib")
    charge = data["monthly_charge"].astype(str).str.extract(r"([\d.,]+)")[0].str.replace(",", ".")
    rows = data.assign(charge=pd.to_numeric(charge, errors="coerce"))
    rates = SmoothedRates(mean=mean, tables=tables)
    return model.predict_proba(np.asarray(pd.concat([rows[NUMBERS], rates.give(rows)], axis=1), dtype=float))[:, 1]
