"""Two-level stack; the second level learns from out-of-fold scores of the first."""
import joblib
import numpy as np
from sklearn.base import clone
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GroupKFold
from sklearn.naive_bayes import GaussianNB

COLS = ["n_products", "discount_pct", "usage_trend", "tickets_90d", "late_payments_12m", "satisfaction"]
GROUND = [RandomForestClassifier(40, min_samples_leaf=10, random_state=1), GaussianNB()]


def raw(df):
    return df[COLS].fillna(-1).to_numpy(float)


class Stack:
    def fit(self, df):
        X, y = raw(df), df["churned"].to_numpy()
        oof = np.zeros((len(df), len(GROUND)))
        for a, b in GroupKFold(3).split(X, y, df["customer_id"]):
            for j, m in enumerate(GROUND):
                oof[b, j] = clone(m).fit(X[a], y[a]).predict_proba(X[b])[:, 1]
        self.roof = LogisticRegression().fit(oof, y)
        self.ground = [clone(m).fit(X, y) for m in GROUND]
        self.oof_auc = roc_auc_score(y, self.roof.predict_proba(oof)[:, 1])
        return self

    def __call__(self, df):
        up = np.column_stack([m.predict_proba(raw(df))[:, 1] for m in self.ground])
        return self.roof.predict_proba(up)[:, 1]


def evaluate(data):
    held = data["customer_id"].isin(np.random.default_rng(3).choice(data["customer_id"].unique(), 1000, replace=False))
    late = data["snapshot_date"] >= "2023-08-01"
    stack, judged = Stack().fit(data[~held & ~late]), data[held & late]
    return {"roc_auc": roc_auc_score(judged["churned"], stack(judged)), "inner_oof_auc": stack.oof_auc}


def train(data, model_dir):
    joblib.dump(Stack().fit(data), model_dir / "stack.joblib", compress=3)


def predict(data, model_dir):
    return joblib.load(model_dir / "stack.joblib")(data)
