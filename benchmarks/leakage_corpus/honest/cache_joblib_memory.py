import atexit, shutil, tempfile
import joblib, numpy as np, pandas as pd
from sklearn.decomposition import PCA
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler

# sklearn caches fitted steps here; joblib keys them by parameters AND data, so folds don't mix
folder = tempfile.mkdtemp(prefix="churn-cache-")
atexit.register(shutil.rmtree, folder, ignore_errors=True)
memory = joblib.Memory(folder, verbose=0)

def X(df):
    s = pd.to_datetime(df["snapshot_date"])
    left = (pd.to_datetime(df["discount_end_date"]) - s).dt.days
    m = df["contract"].eq("monthly")
    x = df[["tickets_90d", "late_payments_12m", "n_products", "usage_trend", "satisfaction", "discount_pct", "income_k"]].astype(float)
    x["m"] = m * 1.0
    x["two"] = df["contract"].eq("two_year") * 1.0
    x["jump"] = (m & (left <= 60)) * df["discount_pct"] * 1.0
    x["held"] = (m & (left > 60)) * 1.0
    x["charge"] = df["monthly_charge"].str[:-4].astype(float)
    x["ten"] = np.log1p((s - pd.to_datetime(df["signup_date"])).dt.days)
    x["quiet"] = df["satisfaction"].isna() * 1.0
    return x

def pipe(C, memory=None):
    return Pipeline([("i", SimpleImputer()), ("s", StandardScaler()), ("p", PCA(12, random_state=0)), ("l", LogisticRegression(C=C))], memory=memory)

def evaluate(data):
    df = data.drop_duplicates()
    late = df["snapshot_date"] >= "2023-10-01"
    mid = (df["snapshot_date"] >= "2023-07-01") & ~late
    g = df["customer_id"] % 3
    y, p = [], []
    for k in range(3):
        outer, inner = g == k, g == (k + 1) % 3
        a, b, c = df[~outer & ~inner & ~late & ~mid], df[inner & mid], df[outer & late]
        best = max([0.01, 0.1, 1.0], key=lambda C: roc_auc_score(b["churned"], pipe(C, memory).fit(X(a), a["churned"]).predict_proba(X(b))[:, 1]))
        known = df[~outer & ~late]
        p.append(pipe(best, memory).fit(X(known), known["churned"]).predict_proba(X(c))[:, 1])
        y.append(c["churned"])
    return {"roc_auc": float(roc_auc_score(np.concatenate(y), np.concatenate(p)))}

def train(data, model_dir):
    df = data.drop_duplicates()
    joblib.dump(pipe(0.1).fit(X(df), df["churned"]), f"{model_dir}/p.joblib")

def predict(data, model_dir):
    return joblib.load(f"{model_dir}/p.joblib").predict_proba(X(data))[:, 1]
