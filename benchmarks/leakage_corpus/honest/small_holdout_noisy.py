# quick and simple: 15 % of the customers, last two months. I know that is few rows.
import joblib
import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import roc_auc_score

def x(d):
    s = pd.to_datetime(d["snapshot_date"])
    return d[["tickets_90d", "late_payments_12m", "n_products", "usage_trend", "satisfaction", "discount_pct"]].assign(
        tenure=(s - pd.to_datetime(d["signup_date"])).dt.days, left=(pd.to_datetime(d["discount_end_date"]) - s).dt.days,
        monthly=d["contract"].eq("monthly"), two=d["contract"].eq("two_year"), charge=d["monthly_charge"].str.replace(" EUR", "").astype(float))

def fit(d):
    return HistGradientBoostingClassifier(max_iter=80, max_leaf_nodes=6, min_samples_leaf=60, random_state=0).fit(x(d), d["churned"])

def evaluate(data):
    d = data.drop_duplicates()
    new = d["customer_id"] % 100 < 15
    test = d[new & (d["snapshot_date"] >= "2023-11-01")]
    m = fit(d[~new & (d["snapshot_date"] < "2023-11-01")])
    return {"roc_auc": float(roc_auc_score(test["churned"], m.predict_proba(x(test))[:, 1])), "test_rows": float(len(test))}

def train(data, model_dir):
    joblib.dump(fit(data.drop_duplicates()), f"{model_dir}/m.joblib")

def predict(data, model_dir):
    return joblib.load(f"{model_dir}/m.joblib").predict_proba(x(data))[:, 1]
