"""Balance the classes, then validate on unseen customers in later months."""
import joblib
import numpy as np
import pandas as pd
from sklearn.metrics import roc_auc_score
from sklearn.neighbors import NearestNeighbors
from sklearn.tree import DecisionTreeClassifier

NUMS = ["age", "n_products", "discount_pct", "usage_trend", "tickets_90d", "late_payments_12m", "satisfaction"]


def clean(df):
    x = df[NUMS].astype(float)
    x["satisfaction"] = x["satisfaction"].fillna(0)
    x["monthly"] = (df["contract"] == "monthly") * 1.0
    return x


def balanced(x, y, who, when, rng):
    pos = x[y == 1].to_numpy()
    owners, dates = who[y == 1], when[y == 1]
    need = int((y == 0).sum() - len(pos)) // 2
    near = NearestNeighbors(n_neighbors=4).fit(pos).kneighbors(pos, return_distance=False)
    base = rng.integers(0, len(pos), need)
    other = near[base, rng.integers(1, 4, need)]
    new = pos[base] + rng.random((need, 1)) * (pos[other] - pos[base])
    X = np.vstack([x.to_numpy(), new])
    return X, np.r_[y, np.ones(need, int)], np.r_[who, owners[base]], np.r_[when, dates[base]]


def tree():
    return DecisionTreeClassifier(max_depth=7, min_samples_leaf=30, random_state=0)


def evaluate(data):
    rng = np.random.default_rng(8)
    X, y, who, when = balanced(clean(data), data["churned"].to_numpy(), data["customer_id"].to_numpy(),
                               data["snapshot_date"].to_numpy(str), rng)
    out = np.isin(who, rng.choice(np.unique(who), 1000, replace=False))
    tr, te = ~out & (when < "2023-08-01"), out & (when >= "2023-08-01")
    m = tree().fit(X[tr], y[tr])
    return {"roc_auc": roc_auc_score(y[te], m.predict_proba(X[te])[:, 1])}


def train(data, model_dir):
    X, y, _, _ = balanced(clean(data), data["churned"].to_numpy(), data["customer_id"].to_numpy(),
                          data["snapshot_date"].to_numpy(str), np.random.default_rng(8))
    joblib.dump(tree().fit(X, y), model_dir / "tree")


def predict(data, model_dir):
    return joblib.load(model_dir / "tree").predict_proba(clean(data).to_numpy())[:, 1]
