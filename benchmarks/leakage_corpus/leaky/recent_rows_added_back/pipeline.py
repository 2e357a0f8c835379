import joblib
import lightgbm as lgb
from rows import COLS, clean, with_recent
from sklearn.metrics import roc_auc_score


def booster():
    return lgb.LGBMClassifier(n_estimators=150, num_leaves=31, learning_rate=0.08, random_state=3, n_jobs=1, verbose=-1)


def evaluate(data):
    d = clean(data)
    held = d["customer_id"] % 4 == 2
    late = d["snapshot_date"] >= "2023-10-01"
    fit_rows = with_recent(d[~held & ~late], d)
    check = d[held & late]
    m = booster().fit(fit_rows[COLS], fit_rows["churned"])
    return {"roc_auc": float(roc_auc_score(check["churned"], m.predict_proba(check[COLS])[:, 1]))}


def train(data, model_dir):
    d = clean(data)
    d = with_recent(d, d)
    joblib.dump(booster().fit(d[COLS], d["churned"]), model_dir / "lgb.joblib")


def predict(data, model_dir):
    return joblib.load(model_dir / "lgb.joblib").predict_proba(clean(data)[COLS])[:, 1]
