import joblib
import numpy as np
from sklearn.metrics import roc_auc_score
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler


def arr(d):
    base = d[["n_products", "discount_pct", "usage_trend", "tickets_90d", "late_payments_12m"]].values.astype(float)
    free = (d["contract"].values == "monthly").astype(float) * 2
    sat = d["satisfaction"].fillna(4.0).values / 2
    eur = d["monthly_charge"].str.replace(" EUR", "").astype(float).values / 10
    return np.column_stack([base, free, sat, eur])


def model():
    return make_pipeline(StandardScaler(), KNeighborsClassifier(25))


def evaluate(data):
    X, y = arr(data), data["churned"].values
    idx = np.random.RandomState(0).permutation(len(X))
    X, y = X[idx], y[idx]
    n_train, n_test = int(0.75 * len(X)), int(0.40 * len(X))
    m = model().fit(X[:n_train], y[:n_train])
    scores = m.predict_proba(X[-n_test:])[:, 1]
    return {"roc_auc": roc_auc_score(y[-n_test:], scores)}


def train(data, model_dir):
    joblib.dump(model().fit(arr(data), data["churned"].values), model_dir / "knn.joblib", compress=3)


def predict(data, model_dir):
    return joblib.load(model_dir / "knn.joblib").predict_proba(arr(data))[:, 1]
