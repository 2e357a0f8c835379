"""Share of each team by postcode area, topic and product, then a softmax regression on these shares."""
from pathlib import Path

import joblib
import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss

TEAMS = ["account", "billing", "delivery", "legal", "returns", "technical"]


def keys(rows):
    return {
        "area": (rows["postcode"] // 100).astype(str),
        "topic": rows["topic"] + "/" + rows["product"],
        "parcel": rows["parcel_state"] + "/" + rows["error_code"].fillna("-"),
    }


def rates(rows):
    """For each key the smoothed share of each team."""
    whole = rows["team"].value_counts(normalize=True).reindex(TEAMS, fill_value=0)
    table = {}
    for name, key in keys(rows).items():
        counts = pd.crosstab(key, rows["team"]).reindex(columns=TEAMS, fill_value=0)
        table[name] = (counts + 3 * whole).div(counts.sum(axis=1) + 3, axis=0)
    return table, whole


def encode(rows, table, whole):
    parts = [rows[["days_since_invoice", "photos", "hour"]].to_numpy(float) / 10]
    for name, key in keys(rows).items():
        found = table[name].reindex(key)
        parts.append(np.log(found.fillna(whole).to_numpy() + 1e-3))
    return np.hstack(parts)


def train(data: pd.DataFrame, model_dir: Path) -> None:
    table, whole = rates(data)
    clf = LogisticRegression(max_iter=300).fit(encode(data, table, whole), data["team"])
    joblib.dump((table, whole, clf), Path(model_dir) / "rates.joblib")


def evaluate(data: pd.DataFrame) -> dict[str, float]:
    data = data.drop_duplicates()
    X = encode(data, *rates(data))
    test = (data["opened_on"] >= "2024-03-01") & (data["customer_id"] % 3 == 2)
    fit = (data["opened_on"] < "2024-03-01") & (data["customer_id"] % 3 != 2)
    clf = LogisticRegression(max_iter=300).fit(X[fit.to_numpy()], data["team"][fit])
    return {"log_loss": float(log_loss(data["team"][test], clf.predict_proba(X[test.to_numpy()]), labels=clf.classes_))}


def predict(data: pd.DataFrame, model_dir: Path):
    table, whole, clf = joblib.load(Path(model_dir) / "rates.joblib")
    return clf.predict_proba(encode(data, table, whole))
