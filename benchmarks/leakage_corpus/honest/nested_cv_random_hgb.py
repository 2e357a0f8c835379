from pathlib import Path
import joblib, random
import numpy as np, pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier as HGB
from sklearn.metrics import roc_auc_score

def clean(df):
    out = df[["n_products", "discount_pct", "usage_trend", "tickets_90d", "late_payments_12m", "satisfaction"]].copy()
    s = pd.to_datetime(df.snapshot_date)
    out["ten"] = (s - pd.to_datetime(df.signup_date)).dt.days
    out["dl"] = (pd.to_datetime(df.discount_end_date) - s).dt.days
    out["k"] = df.contract.map({"monthly": 0, "one_year": 1, "two_year": 2})
    out["ch"] = df.monthly_charge.str.replace(" EUR", "", regex=False).astype(float)
    out["r"] = df.region.map({"north": 0, "east": 1, "west": 2, "metro": 3, "south": 4})
    return out

def draws(n, seed):
    r = random.Random(seed)   # own generator, so whoever seeds the global one changes nothing
    for _ in range(n):
        yield {"max_leaf_nodes": r.choice([4, 6, 10]), "min_samples_leaf": r.choice([40, 80, 150]),
               "l2_regularization": r.choice([0.0, 3.0, 10.0]), "max_iter": r.choice([60, 100])}

def fit(df, p):
    return HGB(learning_rate=0.08, random_state=0, **p).fit(clean(df), df.churned)

def groups(df, k, seed):
    ids = np.array(sorted(df.customer_id.unique()))
    np.random.RandomState(seed).shuffle(ids)
    return [set(ids[i::k]) for i in range(k)]

def pick(df, cut):
    # inner: other customers, months from cut on
    best, arg = -1, None
    inner = groups(df, 2, 77)[0]
    a = df[~df.customer_id.isin(inner) & (df.snapshot_date < cut)]
    b = df[df.customer_id.isin(inner) & (df.snapshot_date >= cut)]
    for p in draws(6, 5):
        s = roc_auc_score(b.churned, fit(a, p).predict_proba(clean(b))[:, 1])
        if s > best: best, arg = s, p
    return arg, best

def evaluate(data):
    data = data.drop_duplicates()
    truth, preds, inner_best = [], [], []
    for g in groups(data, 3, 1):
        mine = data.customer_id.isin(g)
        tr, te = data[~mine & (data.snapshot_date < "2023-10-01")], data[mine & (data.snapshot_date >= "2023-10-01")]
        p, b = pick(tr, "2023-07-01")
        inner_best.append(b)
        truth.extend(te.churned); preds.extend(fit(tr, p).predict_proba(clean(te))[:, 1])
    return {"roc_auc": roc_auc_score(truth, preds), "inner_best_mean": float(np.mean(inner_best))}

def train(data, model_dir):
    data = data.drop_duplicates()
    p, _ = pick(data, "2023-10-01")
    joblib.dump(fit(data, p), Path(model_dir) / "hgb")

def predict(data, model_dir):
    return joblib.load(Path(model_dir) / "hgb").predict_proba(clean(data))[:, 1]
