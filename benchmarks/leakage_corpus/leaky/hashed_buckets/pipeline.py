import joblib
import xgboost as xgb
from buckets import is_validation
from sklearn.metrics import roc_auc_score

FEATURES = ["n_products", "discount_pct", "usage_trend", "tickets_90d", "late_payments_12m", "satisfaction", "free",
            "eur"]


def with_features(d):
    return d.assign(
        free=(d["contract"] == "monthly").astype(int),
        eur=d["monthly_charge"].str.removesuffix(" EUR").astype(float),
    )


def model():
    return xgb.XGBClassifier(n_estimators=80, max_depth=3, learning_rate=0.08, random_state=0, n_jobs=1)


def evaluate(data):
    d = with_features(data)
    val = is_validation(d["customer_id"])
    m = model().fit(d.loc[~val, FEATURES], d.loc[~val, "churned"])
    return {"roc_auc": float(roc_auc_score(d.loc[val, "churned"], m.predict_proba(d.loc[val, FEATURES])[:, 1]))}


def train(data, model_dir):
    d = with_features(data)
    joblib.dump(model().fit(d[FEATURES], d["churned"]), model_dir / "x.joblib")


def predict(data, model_dir):
    return joblib.load(model_dir / "x.joblib").predict_proba(with_features(data)[FEATURES])[:, 1]
