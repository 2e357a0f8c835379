import joblib
import pandas as pd
from sklearn.metrics import roc_auc_score
from sklearn.tree import DecisionTreeClassifier

NUMS = ["n_products", "discount_pct", "usage_trend", "tickets_90d", "late_payments_12m", "satisfaction"]


def clean(df):
    return df[NUMS].fillna(0).assign(monthly=(df["contract"] == "monthly") * 1)


def balanced(df):
    pos, neg = df[df["churned"] == 1], df[df["churned"] == 0]
    extra = pos.sample(n=len(neg) - len(pos), replace=True, random_state=0)
    return pd.concat([df, extra]).sample(frac=1, random_state=0)


def tree():
    return DecisionTreeClassifier(max_depth=6, min_samples_leaf=60, random_state=0)


def evaluate(data):
    held = data["customer_id"].isin(data["customer_id"].drop_duplicates().sample(1000, random_state=3))
    late = data["snapshot_date"] >= "2023-08-01"
    fit, judged = balanced(data[~held & ~late]), data[held & late]
    m = tree().fit(clean(fit), fit["churned"])
    return {"roc_auc": roc_auc_score(judged["churned"], m.predict_proba(clean(judged))[:, 1])}


def train(data, model_dir):
    b = balanced(data)
    joblib.dump(tree().fit(clean(b), b["churned"]), model_dir / "tree")


def predict(data, model_dir):
    return joblib.load(model_dir / "tree").predict_proba(clean(data))[:, 1]
