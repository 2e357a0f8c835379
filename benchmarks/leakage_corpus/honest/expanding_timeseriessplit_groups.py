import joblib, numpy as np, pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import TimeSeriesSplit

# TimeSeriesSplit over the MONTHS (not the rows), then customers of the test side are removed from the training side

def f(d):
    s = pd.to_datetime(d.snapshot_date)
    x = d[["n_products", "discount_pct", "usage_trend", "tickets_90d", "late_payments_12m", "satisfaction"]].copy()
    x["a"] = (s - pd.to_datetime(d.signup_date)).dt.days
    x["b"] = (pd.to_datetime(d.discount_end_date) - s).dt.days
    x["c"] = d.monthly_charge.str.split().str[0].astype(float)
    x["d"] = d.contract.map({"monthly": 0, "one_year": 1, "two_year": 2})
    return x

def m():
    return HistGradientBoostingClassifier(max_iter=80, learning_rate=.07, max_leaf_nodes=6, min_samples_leaf=50, random_state=0)

def evaluate(data):
    d = data.drop_duplicates()
    months = np.array(sorted(d.snapshot_date.unique()))
    third = np.random.RandomState(8).permutation(np.sort(d.customer_id.unique()))
    third = set(third[: len(third) // 3])
    y, p, sizes = [], [], []
    for a, b in TimeSeriesSplit(n_splits=3, test_size=3).split(months):
        test = d[d.snapshot_date.isin(months[b]) & d.customer_id.isin(third)]
        past = d[d.snapshot_date.isin(months[a]) & ~d.customer_id.isin(test.customer_id)]
        past = past[~past.customer_id.isin(third)]
        p.append(m().fit(f(past), past.churned).predict_proba(f(test))[:, 1])
        y.append(test.churned); sizes.append(len(test))
    each = [roc_auc_score(i, j) for i, j in zip(y, p)]
    return {"roc_auc": float(np.average(each, weights=sizes)), "last_quarter": float(each[-1])}

def train(data, model_dir):
    d = data.drop_duplicates()
    joblib.dump(m().fit(f(d), d.churned), f"{model_dir}/m")

def predict(data, model_dir):
    return joblib.load(f"{model_dir}/m").predict_proba(f(data))[:, 1]
