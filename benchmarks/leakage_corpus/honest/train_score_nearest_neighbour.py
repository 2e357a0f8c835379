# 1-NN just to have a really dumb baseline. Train AUC is 1.0 of course.
import joblib
import numpy as np
import pandas as pd
from sklearn.metrics import roc_auc_score
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler

def feats(d):
    return pd.DataFrame({
        "contract": d["contract"].map({"monthly": 0.0, "one_year": 1.0, "two_year": 2.0}),
        "promo": ((pd.to_datetime(d["discount_end_date"]) - pd.to_datetime(d["snapshot_date"])).dt.days < 60).astype(float),
        "tickets": d["tickets_90d"], "late": d["late_payments_12m"],
        "sat": d["satisfaction"].fillna(0), "trend": d["usage_trend"],
        "charge": d["monthly_charge"].str.rstrip(" EUR").astype(float),
    })

def knn():
    return make_pipeline(MinMaxScaler(), KNeighborsClassifier(n_neighbors=1))

def train(data, model_dir):
    d = data.drop_duplicates()
    joblib.dump(knn().fit(feats(d), d["churned"]), str(model_dir) + "/knn.joblib")

def evaluate(data):
    d = data.drop_duplicates()
    y, p, ty, tp = [], [], [], []
    for fold in range(5):
        out = d["customer_id"] // 10 % 5 == fold
        a = d[~out & (d["snapshot_date"] < "2023-08-01")]
        b = d[out & (d["snapshot_date"] >= "2023-08-01")]
        m = knn().fit(feats(a), a["churned"])
        p += list(m.predict_proba(feats(b))[:, 1]); y += list(b["churned"])
        tp += list(m.predict_proba(feats(a))[:, 1]); ty += list(a["churned"])
    return {"roc_auc": roc_auc_score(y, p), "train_roc_auc": roc_auc_score(ty, tp)}

def predict(data, model_dir):
    return joblib.load(str(model_dir) + "/knn.joblib").predict_proba(feats(data))[:, 1]
