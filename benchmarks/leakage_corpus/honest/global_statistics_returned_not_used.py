import joblib, numpy as np, pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GroupKFold
from sklearn.preprocessing import StandardScaler

def X(d):
    s = pd.to_datetime(d["snapshot_date"])
    return np.c_[(s - pd.to_datetime(d["signup_date"])).dt.days, (pd.to_datetime(d["discount_end_date"]) - s).dt.days,
                 d["contract"].map({"monthly": 0, "one_year": 1, "two_year": 2}), d["monthly_charge"].str[:-4].astype(float),
                 d[["tickets_90d", "late_payments_12m", "n_products", "usage_trend", "satisfaction", "discount_pct"]]].astype(float)

def overview(d):
    """Numbers for the report: how skewed are the columns over all rows? (never handed to the model)"""
    sc = StandardScaler().fit(np.nan_to_num(X(d)))
    z = sc.transform(np.nan_to_num(X(d)))
    return {"overview_rows": float(len(d)), "overview_customers": float(d["customer_id"].nunique()),
            "overview_base_rate": float(d["churned"].mean()), "overview_max_z": float(np.abs(z).max()),
            "overview_missing_satisfaction": float(d["satisfaction"].isna().mean())}

def hgb():
    return HistGradientBoostingClassifier(max_iter=70, learning_rate=0.1, max_leaf_nodes=5, min_samples_leaf=100, random_state=2)

def evaluate(data):
    d = data.drop_duplicates().reset_index(drop=True)
    stats = overview(d)
    cut = "2023-10-01"
    pred = pd.Series(index=d.index, dtype=float)
    for a, b in GroupKFold(5).split(d, groups=d["customer_id"]):
        tr = d.iloc[a].loc[lambda x: x["snapshot_date"] < cut]
        te = d.iloc[b].loc[lambda x: x["snapshot_date"] >= cut]
        pred[te.index] = hgb().fit(X(tr), tr["churned"]).predict_proba(X(te))[:, 1]
    got = pred.dropna()
    return {"roc_auc": float(roc_auc_score(d["churned"][got.index], got)), **stats}

def train(data, model_dir):
    d = data.drop_duplicates()
    joblib.dump(hgb().fit(X(d), d["churned"]), f"{model_dir}/hgb.pkl")

def predict(data, model_dir):
    return joblib.load(f"{model_dir}/hgb.pkl").predict_proba(X(data))[:, 1]
