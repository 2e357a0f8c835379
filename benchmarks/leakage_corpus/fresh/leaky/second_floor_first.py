"""Two-level stack."""
import joblib
import numpy as np
import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.naive_bayes import GaussianNB

COLS = ["age", "n_products", "discount_pct", "usage_trend", "tickets_90d", "late_payments_12m", "satisfaction", "postcode"]


class Stack:
    def __init__(self):
        self.ground = [RandomForestClassifier(50, min_samples_leaf=4, random_state=1), GaussianNB()]
        self.roof = LogisticRegression()

    @staticmethod
    def raw(df):
        return df[COLS].fillna(-1).to_numpy(float)

    def fit_ground(self, df):
        for m in self.ground:
            m.fit(self.raw(df), df["churned"])
        return self

    def up(self, df):
        return np.column_stack([m.predict_proba(self.raw(df))[:, 1] for m in self.ground])

    def fit_roof(self, up, y):
        self.roof.fit(up, y)
        return self

    def __call__(self, df):
        return self.roof.predict_proba(self.up(df))[:, 1]


def evaluate(data):
    stack = Stack().fit_ground(data)
    level1 = pd.DataFrame(stack.up(data), index=data.index)
    held = data["customer_id"].isin(np.random.default_rng(3).choice(data["customer_id"].unique(), 1000, replace=False))
    late = data["snapshot_date"] >= "2023-08-01"
    stack.fit_roof(level1[~held & ~late], data.loc[~held & ~late, "churned"])
    part = held & late
    return {"roc_auc": roc_auc_score(data.loc[part, "churned"], stack.roof.predict_proba(level1[part])[:, 1])}


def train(data, model_dir):
    s = Stack().fit_ground(data)
    joblib.dump(s.fit_roof(s.up(data), data["churned"]), model_dir / "stack.joblib", compress=3)


def predict(data, model_dir):
    return joblib.load(model_dir / "stack.joblib")(data)
