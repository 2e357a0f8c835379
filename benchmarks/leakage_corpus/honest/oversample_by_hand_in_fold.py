import numpy as np
import pandas as pd
import joblib
from pathlib import Path
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.metrics import roc_auc_score


def build_x(df):
    x = pd.DataFrame(index=df.index)
    d0 = pd.to_datetime(df["snapshot_date"])
    x["a"] = (d0 - pd.to_datetime(df["signup_date"])).dt.days
    x["b"] = (pd.to_datetime(df["discount_end_date"]) - d0).dt.days.fillna(-99)
    x["c"] = df["contract"].astype(str).map({"monthly": 2, "one_year": 1, "two_year": 0})
    x["d"] = [float(t.replace("EUR", "")) for t in df["monthly_charge"]]
    x["e"] = df["satisfaction"].fillna(0)
    for c in ("usage_trend", "tickets_90d", "late_payments_12m", "n_products", "discount_pct"):
        x[c] = df[c]
    return x


def balance(df, seed):
    """Churners of the *training part* are drawn again until both classes are the same size."""
    rng = np.random.default_rng(seed)
    pos, neg = df[df["churned"] == 1], df[df["churned"] == 0]
    extra = rng.integers(0, len(pos), max(len(neg) - len(pos), 0))
    both = pd.concat([df, pos.iloc[extra]], ignore_index=True)
    return both.sample(frac=1, random_state=seed)


def gbm(df):
    up = balance(df, 1)
    return GradientBoostingClassifier(n_estimators=40, max_depth=3, learning_rate=0.15, subsample=0.5, random_state=1).fit(build_x(up), up["churned"])


def train(data, model_dir):
    joblib.dump(gbm(data.drop_duplicates()), Path(model_dir) / "gbm.joblib")


def evaluate(data):
    df = data.drop_duplicates()
    ids = sorted(set(df["customer_id"]))
    test_ids = set(ids[::2])   # ids are random numbers, every second one is a fair half
    test = df[df["customer_id"].isin(test_ids) & (df["snapshot_date"] > "2023-09-15")]
    rest = df[~df["customer_id"].isin(test_ids) & (df["snapshot_date"] < "2023-09-15")]
    m = gbm(rest)
    s = m.predict_proba(build_x(test))[:, 1]
    return {"roc_auc": roc_auc_score(test["churned"], s), "positives_in_test": float(test["churned"].sum())}


def predict(data, model_dir):
    return joblib.load(Path(model_dir) / "gbm.joblib").predict_proba(build_x(data))[:, 1]
