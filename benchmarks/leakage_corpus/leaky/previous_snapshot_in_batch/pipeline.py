import joblib
import xgboost as xgb
from lags import COLS, with_lags
from sklearn.metrics import roc_auc_score


def model():
    return xgb.XGBClassifier(n_estimators=60, max_depth=4, learning_rate=0.1, random_state=1, n_jobs=1)


def evaluate(data):
    data = data.drop_duplicates()
    held = data["customer_id"] % 3 == 0
    past = with_lags(data[~held & (data["snapshot_date"] < "2023-09-01")])
    future = with_lags(data[held & (data["snapshot_date"] >= "2023-09-01")])
    m = model().fit(past[COLS], past["churned"])
    return {"roc_auc": float(roc_auc_score(future["churned"], m.predict_proba(future[COLS])[:, 1]))}


def train(data, model_dir):
    rows = with_lags(data.drop_duplicates())
    joblib.dump(model().fit(rows[COLS], rows["churned"]), model_dir / "xgb.joblib")


def predict(data, model_dir):
    return joblib.load(model_dir / "xgb.joblib").predict_proba(with_lags(data)[COLS])[:, 1]
