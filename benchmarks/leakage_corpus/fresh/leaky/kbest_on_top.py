import itertools

import numpy as np
import pandas as pd
from joblib import dump, load
from sklearn.feature_selection import SelectKBest, f_classif
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GroupKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

BASE = ["age", "n_products", "discount_pct", "usage_trend", "tickets_90d", "late_payments_12m", "income_k", "postcode"]


def wide(df):
    x = df[BASE].fillna(0).astype(float)
    for a, b in itertools.combinations(BASE, 2):
        x[f"{a}*{b}"] = x[a] * x[b]
        x[f"{a}/{b}"] = x[a] / (1 + x[b].abs())
    return x.join(pd.get_dummies(df["contract"]).astype(float).reindex(columns=["monthly", "one_year"], fill_value=0.0))


def evaluate(data):
    X, y, g = wide(data), data["churned"], data["customer_id"]
    t = data["snapshot_date"].to_numpy()
    sel = SelectKBest(f_classif, k=12).fit(X, y)
    X = X.loc[:, sel.get_support()]
    res = []
    for tr, te in GroupKFold(n_splits=4).split(X, y, g):
        tr, te = tr[t[tr] < "2023-07-01"], te[t[te] >= "2023-07-01"]
        m = make_pipeline(StandardScaler(), LogisticRegression(max_iter=300)).fit(X.iloc[tr], y.iloc[tr])
        res.append(roc_auc_score(y.iloc[te], m.predict_proba(X.iloc[te])[:, 1]))
    return {"roc_auc": float(np.mean(res))}


def train(data, model_dir):
    X = wide(data)
    m = make_pipeline(SelectKBest(f_classif, k=12), StandardScaler(), LogisticRegression(max_iter=300))
    dump(m.fit(X, data["churned"]), model_dir / "m")


def predict(data, model_dir):
    return load(model_dir / "m").predict_proba(wide(data))[:, 1]
