import category_encoders as ce
import joblib
import numpy as np
from sklearn.ensemble import ExtraTreesClassifier
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GroupKFold

CATS = ["signup_month", "area", "region", "contract", "plan", "channel", "payment_method"]


def rows(d):
    r = d[["region", "contract", "plan", "channel", "payment_method", "n_products", "tickets_90d",
           "late_payments_12m", "usage_trend"]].copy()
    r["signup_month"] = d["signup_date"].str[:7]
    r["area"] = (d["postcode"] // 100).astype(str)
    r[CATS] = r[CATS].astype(object)
    return r


def encoder():
    return ce.TargetEncoder(cols=CATS, smoothing=1.0, min_samples_leaf=1)


def trees():
    return ExtraTreesClassifier(50, min_samples_leaf=10, random_state=3)


def evaluate(data):
    data = data.drop_duplicates().reset_index(drop=True)
    y = data["churned"].to_numpy()
    Z = encoder().fit_transform(rows(data), data["churned"]).to_numpy()
    late = (data["snapshot_date"] >= "2023-09-01").to_numpy()
    aucs = []
    for a, b in GroupKFold(3).split(Z, groups=data["customer_id"]):
        a, b = a[~late[a]], b[late[b]]
        aucs.append(roc_auc_score(y[b], trees().fit(Z[a], y[a]).predict_proba(Z[b])[:, 1]))
    return {"roc_auc": float(np.mean(aucs))}


def train(data, model_dir):
    enc = encoder().fit(rows(data), data["churned"])
    joblib.dump((enc, trees().fit(enc.transform(rows(data)).to_numpy(), data["churned"])), model_dir / "et.joblib", compress=3)


def predict(data, model_dir):
    enc, model = joblib.load(model_dir / "et.joblib")
    return model.predict_proba(enc.transform(rows(data)).to_numpy())[:, 1]
