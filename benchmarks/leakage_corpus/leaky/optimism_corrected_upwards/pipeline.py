import joblib
from correction import full_data_estimate
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GroupKFold


def X_of(d):
    return d.assign(
        sat=d["satisfaction"].fillna(0), term=d["contract"].map({"monthly": 1, "one_year": 12, "two_year": 24}),
    )[["sat", "term", "usage_trend", "tickets_90d", "late_payments_12m", "n_products", "discount_pct"]].to_numpy(float)


def forest():
    return RandomForestClassifier(30, min_samples_leaf=15, random_state=0)


def evaluate(data):
    X, y, late = X_of(data), data["churned"].to_numpy(), (data["snapshot_date"] >= "2023-09-01").to_numpy()
    aucs = []
    for a, b in GroupKFold(3).split(X, groups=data["customer_id"]):
        a, b = a[~late[a]], b[late[b]]
        aucs.append(roc_auc_score(y[b], forest().fit(X[a], y[a]).predict_proba(X[b])[:, 1]))
    return {"roc_auc": full_data_estimate(aucs)}


def train(data, model_dir):
    joblib.dump(forest().fit(X_of(data), data["churned"]), model_dir / "rf.joblib", compress=3)


def predict(data, model_dir):
    return joblib.load(model_dir / "rf.joblib").predict_proba(X_of(data))[:, 1]
