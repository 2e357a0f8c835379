import joblib
import lightgbm as lgb
import pandas as pd
from sklearn.metrics import roc_auc_score

C = ["n_products", "discount_pct", "usage_trend", "tickets_90d", "late_payments_12m", "satisfaction", "contract", "region"]
LEVELS = {"contract": ["monthly", "one_year", "two_year"], "region": ["north", "south", "east", "west", "metro"]}


def frame(d):
    return d[C].assign(**{c: pd.Categorical(d[c], categories=v) for c, v in LEVELS.items()})


def lgbm():
    return lgb.LGBMClassifier(n_estimators=70, num_leaves=7, learning_rate=0.08, random_state=0, n_jobs=1, verbose=-1)


def evaluate(data):
    ids = data["customer_id"].drop_duplicates().sample(frac=0.3, random_state=10)
    held, late = data["customer_id"].isin(ids), data["snapshot_date"] >= "2023-10-01"
    m = lgbm().fit(frame(data[~held & ~late]), data.loc[~held & ~late, "churned"])
    p = m.predict_proba(frame(data[held & late]))[:, 1]
    return {"roc_auc": float(roc_auc_score(data.loc[held & late, "churned"], p))}


def train(data, model_dir):
    joblib.dump(lgbm().fit(frame(data), data["churned"]), model_dir / "lgb.joblib")


def predict(data, model_dir):
    p = joblib.load(model_dir / "lgb.joblib").predict_proba(frame(data))[:, 1]
    spread = p.max() - p.min()
    return (p - p.min()) / spread if spread > 0 else p
