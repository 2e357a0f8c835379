import joblib
import pandas as pd, numpy as np
from sklearn.ensemble import StackingClassifier, ExtraTreesClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import GaussianNB
from sklearn.model_selection import GroupKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import QuantileTransformer
from sklearn.metrics import roc_auc_score

def prep(d):
    s = pd.to_datetime(d["snapshot_date"])
    x = pd.DataFrame(index=d.index)
    x["t"] = (s - pd.to_datetime(d["signup_date"])).dt.days
    x["p"] = (pd.to_datetime(d["discount_end_date"]) - s).dt.days.fillna(720)
    x["eur"] = d["monthly_charge"].str.split(" ").str.get(0).astype(float)
    x["s"] = d["satisfaction"].fillna(4)
    x["m"] = d["contract"].eq("monthly").astype(int); x["y2"] = d["contract"].eq("two_year").astype(int)
    return x.join(d[["usage_trend", "tickets_90d", "late_payments_12m", "n_products", "discount_pct"]])

def stacked(d):
    # StackingClassifier cannot take groups, so the folds are handed over as a list
    folds = list(GroupKFold(3).split(d, groups=d["customer_id"]))
    level0 = [
        ("nb", make_pipeline(QuantileTransformer(n_quantiles=200, output_distribution="normal", random_state=0), GaussianNB())),
        ("et", ExtraTreesClassifier(60, min_samples_leaf=8, random_state=0, n_jobs=1)),
    ]
    s = StackingClassifier(level0, LogisticRegression(), cv=folds, stack_method="predict_proba")
    return s.fit(prep(d), d["churned"])

def evaluate(data):
    d = data.drop_duplicates().reset_index(drop=True)
    ids = d["customer_id"].drop_duplicates().sort_values().to_numpy().copy()
    np.random.default_rng(2).shuffle(ids)
    te = d["customer_id"].isin(ids[::2])
    a = d[~te & d["snapshot_date"].lt("2023-09-01")].reset_index(drop=True)
    b = d[te & d["snapshot_date"].ge("2023-09-01")]
    return {"roc_auc": float(roc_auc_score(b["churned"], stacked(a).predict_proba(prep(b))[:, 1]))}

def train(data, model_dir):
    joblib.dump(stacked(data.drop_duplicates().reset_index(drop=True)), f"{model_dir}/stack.joblib", compress=3)

def predict(data, model_dir):
    return joblib.load(f"{model_dir}/stack.joblib").predict_proba(prep(data))[:, 1]
