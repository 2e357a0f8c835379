import joblib
import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score, precision_recall_curve, roc_auc_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

NUM = ["n_products", "discount_pct", "usage_trend", "tickets_90d", "late_payments_12m"]


def x(df):
    return df[NUM].assign(monthly=df["contract"].eq("monthly") * 1, gone=df["satisfaction"].isna() * 1)


def build():
    return make_pipeline(StandardScaler(), LogisticRegression(class_weight="balanced"))


def evaluate(data):
    held = data["customer_id"].mod(7).lt(2)
    late = data["snapshot_date"].ge("2023-08-01")
    fit, judged = data[~held & ~late], data[held & late]
    p = build().fit(x(fit), fit["churned"]).predict_proba(x(judged))[:, 1]
    auc = roc_auc_score(judged["churned"], p)
    # which threshold to start the campaign with; the AUC above does not depend on it
    precision, recall, cuts = precision_recall_curve(judged["churned"], p)
    best = cuts[np.argmax((2 * precision * recall / np.maximum(precision + recall, 1e-9))[:-1])]
    grid = {t: f1_score(judged["churned"], p > t) for t in np.linspace(0.2, 0.8, 13)}
    return {"roc_auc": auc, "suggested_threshold": float(best), "f1_at_it_optimistic": max(grid.values())}


def train(data, model_dir):
    joblib.dump(build().fit(x(data), data["churned"]), model_dir / "m")


def predict(data, model_dir):
    return joblib.load(model_dir / "m").predict_proba(x(data))[:, 1]
