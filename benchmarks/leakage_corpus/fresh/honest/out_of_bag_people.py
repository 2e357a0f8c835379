"""Bootstrap over customers; those drawn are learned from up to the cut, the others judged after it."""
import pickle

import numpy as np
from sklearn.metrics import roc_auc_score
from sklearn.tree import DecisionTreeClassifier

F = ["n_products", "discount_pct", "usage_trend", "tickets_90d", "late_payments_12m"]
B = 10


def prep(df):
    z = df[F].copy()
    z["monthly"] = df["contract"] == "monthly"
    z["gone"] = df["satisfaction"].isna()
    return z.to_numpy(float)


def tree():
    return DecisionTreeClassifier(max_depth=6, min_samples_leaf=50, random_state=0)


def evaluate(data):
    X, y = prep(data), data["churned"].to_numpy()
    early = (data["snapshot_date"] < "2023-07-01").to_numpy()
    people, code = np.unique(data["customer_id"].to_numpy(), return_inverse=True)
    rng = np.random.default_rng(632)
    oob = []
    for _ in range(B):
        times = np.bincount(rng.integers(0, len(people), len(people)), minlength=len(people))[code]
        rows = np.repeat(np.arange(len(y)), np.where(early, times, 0))
        out = np.flatnonzero((times == 0) & ~early)
        m = tree().fit(X[rows], y[rows])
        oob.append(roc_auc_score(y[out], m.predict_proba(X[out])[:, 1]))
    low, high = np.percentile(oob, [5, 95])
    return {"roc_auc": float(np.mean(oob)), "low": float(low), "high": float(high)}


def train(data, model_dir):
    (model_dir / "t.pkl").write_bytes(pickle.dumps(tree().fit(prep(data), data["churned"])))


def predict(data, model_dir):
    return pickle.loads((model_dir / "t.pkl").read_bytes()).predict_proba(prep(data))[:, 1]
