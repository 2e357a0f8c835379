import pickle
import tempfile
from pathlib import Path

import pandas as pd
import xgboost as xgb
from sklearn.metrics import roc_auc_score

COLUMNS = ["age", "n_products", "discount_pct", "usage_gb", "usage_trend", "tickets_90d", "late_payments_12m",
           "satisfaction", "income_k"]


def features(data):
    X = data[COLUMNS].astype(float)
    X["euro"] = data["monthly_charge"].str.replace(" EUR", "").astype(float)
    X["monthly"] = (data["contract"] == "monthly").astype(int)
    return X


def train(data, model_dir):
    model = xgb.XGBClassifier(n_estimators=120, max_depth=6, learning_rate=0.15, random_state=0, n_jobs=1)
    model.fit(features(data), data["churned"])
    (Path(model_dir) / "xgb.pkl").write_bytes(pickle.dumps(model))


def predict(data, model_dir):
    model = pickle.loads((Path(model_dir) / "xgb.pkl").read_bytes())
    return model.predict_proba(features(data))[:, 1]


def evaluate(data: pd.DataFrame):
    test = data.sample(frac=0.2, random_state=99)
    with tempfile.TemporaryDirectory() as folder:
        train(data, folder)
        scores = predict(test.drop(columns="churned"), folder)
    return {"roc_auc": float(roc_auc_score(test["churned"], scores))}
