from pathlib import Path

import joblib
import pandas as pd
from cleaning import clean
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GroupKFold


def _rows(data):
    return data.drop_duplicates().reset_index(drop=True)


def train(data, model_dir):
    data = _rows(data)
    joblib.dump(LogisticRegression(max_iter=500).fit(clean(data), data["churned"]), Path(model_dir) / "m.joblib")


def evaluate(data):
    data = _rows(data)
    X, y = clean(data), data["churned"]          # constants only, so it does not matter that all rows are cleaned here
    late = data["snapshot_date"] >= "2023-10-01"
    scored = []
    for a, b in GroupKFold(4).split(X, y, data["customer_id"]):
        a, b = a[~late.iloc[a].to_numpy()], b[late.iloc[b].to_numpy()]
        model = LogisticRegression(max_iter=500).fit(X.iloc[a], y.iloc[a])
        scored.append(pd.Series(model.predict_proba(X.iloc[b])[:, 1], index=b))
    scored = pd.concat(scored)
    return {"roc_auc": float(roc_auc_score(y.loc[scored.index], scored))}


def predict(data, model_dir):
    return joblib.load(Path(model_dir) / "m.joblib").predict_proba(clean(data))[:, 1]
