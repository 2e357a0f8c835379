# successive halving on the development customers; the exam customers are opened once
import itertools, json, pickle
import numpy as np, pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import roc_auc_score

def feat(d):
    s = pd.to_datetime(d.snapshot_date)
    return np.nan_to_num(np.c_[
        d[["tickets_90d", "late_payments_12m", "n_products", "usage_trend", "discount_pct"]].to_numpy(float),
        (s - pd.to_datetime(d.signup_date)).dt.days, (pd.to_datetime(d.discount_end_date) - s).dt.days.fillna(500),
        d.contract.map({"monthly": 2, "one_year": 1, "two_year": 0}), d.satisfaction.fillna(-1),
        [float(v[:-3]) for v in d.monthly_charge], d.channel == "partner", d.region == "south"])

def forest(trees, cfg):
    leaf, feats = cfg
    return RandomForestClassifier(trees, min_samples_leaf=leaf, max_features=feats, random_state=1, n_jobs=1)

def halve(dev, cut):
    is_val = dev.customer_id % 3 == 0
    a, b = dev[~is_val & (dev.snapshot_date < cut)], dev[is_val & (dev.snapshot_date >= cut)]
    Xa, Xb = feat(a), feat(b)
    alive, trees, best = list(itertools.product([3, 10, 30], [0.3, 0.6])), 10, None
    while True:
        scores = {c: roc_auc_score(b.churned, forest(trees, c).fit(Xa, a.churned).predict_proba(Xb)[:, 1]) for c in alive}
        ranked = sorted(alive, key=lambda c: -scores[c])
        best = (ranked[0], scores[ranked[0]])
        if len(alive) == 1:
            return best
        alive, trees = ranked[: max(1, len(alive) // 2)], trees * 2

def evaluate(data):
    d = data.drop_duplicates()
    exam = (d.customer_id // 5) % 2 == 0
    cut = "2023-09-01"
    dev = d[~exam & (d.snapshot_date < cut)]
    cfg, best = halve(dev, "2023-06-01")
    m = forest(60, cfg).fit(feat(dev), dev.churned)
    e = d[exam & (d.snapshot_date >= cut)]
    return {"roc_auc": roc_auc_score(e.churned, m.predict_proba(feat(e))[:, 1]), "best_score_": float(best),
            "train_auc": roc_auc_score(dev.churned, m.predict_proba(feat(dev))[:, 1])}

def train(data, model_dir):
    d = data.drop_duplicates()
    cfg, _ = halve(d, "2023-09-01")
    with open(f"{model_dir}/rf.pkl", "wb") as f:
        pickle.dump(forest(60, cfg).fit(feat(d), d.churned), f)
    with open(f"{model_dir}/cfg.json", "w") as f:
        json.dump({"leaf": cfg[0], "max_features": cfg[1]}, f)

def predict(data, model_dir):
    with open(f"{model_dir}/rf.pkl", "rb") as f:
        return pickle.load(f).predict_proba(feat(data))[:, 1]
