"""Risk tables: churn rate by segment from the training rows, looked up for everybody else.  No model library."""
import json
from collections import defaultdict
from pathlib import Path

import pandas as pd
from sklearn.metrics import roc_auc_score


def segment(r):
    promo = "none"
    if isinstance(r["discount_end_date"], str):
        days = (pd.Timestamp(r["discount_end_date"]) - pd.Timestamp(r["snapshot_date"])).days
        promo = "ends" if days <= 60 else "runs"
    sat = "silent" if pd.isna(r["satisfaction"]) else ("low" if r["satisfaction"] < 6 else "fine")
    return [f"{r['contract']}|{promo}", f"{r['contract']}|{sat}", f"tickets{min(r['tickets_90d'], 3)}",
            f"late{min(r['late_payments_12m'], 3)}", r["channel"], f"n{r['n_products']}"]


def learn(records):
    n, k = defaultdict(float), defaultdict(float)
    for r in records:
        for s in segment(r):
            n[s] += 1
            k[s] += r["churned"]
    overall = sum(r["churned"] for r in records) / len(records)
    return {"prior": overall, "rate": {s: (k[s] + 25 * overall) / (n[s] + 25) for s in n}}


def risk(table, r):
    """Geometric mean of odds against the prior, one factor a segment."""
    odds = prior = table["prior"] / (1 - table["prior"])
    for s in segment(r):
        q = table["rate"].get(s, table["prior"])
        odds *= (q / (1 - q)) / prior
    return odds / (1 + odds)


def evaluate(data):
    records = data.drop_duplicates().to_dict("records")
    y, p = [], []
    for k in range(3):
        past = [r for r in records if r["customer_id"] % 3 != k and r["snapshot_date"] < "2023-09-01"]
        future = [r for r in records if r["customer_id"] % 3 == k and r["snapshot_date"] >= "2023-09-01"]
        table = learn(past)
        p += [risk(table, r) for r in future]
        y += [r["churned"] for r in future]
    return {"roc_auc": float(roc_auc_score(y, p)), "rows": float(len(y))}


def train(data, model_dir):
    (Path(model_dir) / "risk.json").write_text(json.dumps(learn(data.drop_duplicates().to_dict("records")), indent=1))


def predict(data, model_dir):
    table = json.loads((Path(model_dir) / "risk.json").read_text())
    return [risk(table, r) for r in data.to_dict("records")]
