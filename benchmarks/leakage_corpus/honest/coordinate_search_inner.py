import joblib
import numpy as np
import pandas as pd
from sklearn.metrics import roc_auc_score
from sklearn.neighbors import KNeighborsClassifier
from sklearn.preprocessing import StandardScaler

# k nearest neighbours with a weight for each feature; weights found one after another on inner validation customers

def raw(df):
    s = pd.to_datetime(df["snapshot_date"])
    left = (pd.to_datetime(df["discount_end_date"]) - s).dt.days
    m = (df["contract"] == "monthly").astype(float)
    return pd.DataFrame({"m": m, "two": (df["contract"] == "two_year") * 1.0, "end": m * (left <= 60) * df["discount_pct"],
                         "hold": m * (left > 60), "sat": df["satisfaction"].fillna(3), "tick": df["tickets_90d"], "late": df["late_payments_12m"],
                         "trend": df["usage_trend"], "abs": df["usage_trend"].abs(), "n": df["n_products"],
                         "eur": df["monthly_charge"].str.split().str[0].astype(float)})

def fit(df, w, k=50):
    sc = StandardScaler().fit(raw(df))
    return sc, w, KNeighborsClassifier(k).fit(sc.transform(raw(df)) * w, df["churned"])

def score(m, df):
    sc, w, knn = m
    return knn.predict_proba(sc.transform(raw(df)) * w)[:, 1]

def tune(df, cut):
    inner = df["customer_id"] % 100 < 40
    a, b = df[~inner & (df["snapshot_date"] < cut)], df[inner & (df["snapshot_date"] >= cut)]
    w = np.ones(11)
    best = roc_auc_score(b["churned"], score(fit(a, w), b))
    for j in range(11):
        for v in (0.3,):
            trial = w.copy()
            trial[j] = v
            s = roc_auc_score(b["churned"], score(fit(a, trial), b))
            if s > best:
                best, w = s, trial
    return w, best

def evaluate(data):
    df = data.drop_duplicates()
    outer = df["customer_id"] // 100 % 3 == 1
    dev = df[~outer & (df["snapshot_date"] < "2023-09-01")]
    test = df[outer & (df["snapshot_date"] >= "2023-09-01")]
    w, inner_auc = tune(dev, "2023-05-01")
    print("weights", w, "inner", inner_auc)
    return {"roc_auc": float(roc_auc_score(test["churned"], score(fit(dev, w), test))), "inner_auc": float(inner_auc)}

def train(data, model_dir):
    df = data.drop_duplicates()
    w, _ = tune(df, "2023-09-01")
    joblib.dump(fit(df, w), f"{model_dir}/knn.joblib")

def predict(data, model_dir):
    return score(joblib.load(f"{model_dir}/knn.joblib"), data)
