"""Two base models and a logistic regression on top, fed with out-of-fold scores of the training customers only."""
from pathlib import Path

import joblib
import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GroupKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler


def features(rows):
    day = pd.to_datetime(rows["snapshot_date"])
    left = (pd.to_datetime(rows["discount_end_date"]) - day).dt.days.fillna(365)
    monthly = rows["contract"].eq("monthly")
    out = rows[["n_products", "discount_pct", "usage_trend", "tickets_90d", "late_payments_12m"]].astype(float)
    return out.assign(
        monthly=monthly * 1, two_year=rows["contract"].eq("two_year") * 1, left=left,
        jump=(monthly & (left <= 60)) * rows["discount_pct"], tenure=np.log((day - pd.to_datetime(rows["signup_date"])).dt.days + 30),
        charge=rows["monthly_charge"].str.replace(" EUR", "").astype(float),
        mood=rows["satisfaction"].fillna(7), silent=rows["satisfaction"].isna() * 1, swing=rows["usage_trend"].abs())


def base_models():
    return [
        make_pipeline(StandardScaler(), LogisticRegression(max_iter=300)),
        HistGradientBoostingClassifier(max_iter=80, max_leaf_nodes=8, min_samples_leaf=80, random_state=0),
    ]


def logit(p):
    p = np.clip(p, 1e-4, 1 - 1e-4)
    return np.log(p / (1 - p))


class Stack:
    def fit(self, rows):
        rows = rows.reset_index(drop=True)
        X, y = features(rows), rows["churned"]
        level_one = np.zeros((len(rows), 2))
        for seen, unseen in GroupKFold(3).split(X, y, rows["customer_id"]):
            for j, model in enumerate(base_models()):
                level_one[unseen, j] = logit(model.fit(X.iloc[seen], y.iloc[seen]).predict_proba(X.iloc[unseen])[:, 1])
        self.top = LogisticRegression().fit(level_one, y)
        self.base = [model.fit(X, y) for model in base_models()]
        return self

    def score(self, rows):
        X = features(rows)
        Z = np.column_stack([logit(m.predict_proba(X)[:, 1]) for m in self.base])
        return self.top.predict_proba(Z)[:, 1]


def evaluate(data):
    data = data.drop_duplicates()
    last = data["snapshot_date"] >= "2023-10-01"
    y, p = [], []
    for k in range(3):
        mine = data["customer_id"] % 3 == k
        stack = Stack().fit(data[~mine & ~last])
        y.append(data.loc[mine & last, "churned"])
        p.append(stack.score(data[mine & last]))
    return {"roc_auc": float(roc_auc_score(np.concatenate(y), np.concatenate(p)))}


def train(data, model_dir):
    joblib.dump(Stack().fit(data.drop_duplicates()), Path(model_dir) / "stack.joblib")


def predict(data, model_dir):
    return joblib.load(Path(model_dir) / "stack.joblib").score(data)
