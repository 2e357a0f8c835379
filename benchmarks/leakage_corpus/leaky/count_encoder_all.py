import category_encoders as ce
import joblib
import pandas as pd
import xgboost as xgb
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GroupShuffleSplit

CATEGORICAL = ["region", "contract", "plan", "channel", "payment_method", "postcode_area"]


def frame(data):
    f = data[["region", "contract", "plan", "channel", "payment_method", "n_products", "discount_pct",
              "usage_trend", "tickets_90d", "late_payments_12m", "satisfaction"]].copy()
    f["plan"] = f["plan"].str.upper()
    f["postcode_area"] = data["postcode"].astype(str).str[:2]
    f["charge"] = data["monthly_charge"].str.replace(" EUR", "").astype(float)
    f[CATEGORICAL] = f[CATEGORICAL].astype(object)
    return f


def make_encoder():
    return ce.CountEncoder(cols=CATEGORICAL, normalize=True, handle_unknown=0)


def make_model():
    return xgb.XGBClassifier(n_estimators=70, max_depth=3, learning_rate=0.1, n_jobs=1, random_state=5)


def evaluate(data):
    data = data.reset_index(drop=True)
    encoded = make_encoder().fit_transform(frame(data))
    splitter = GroupShuffleSplit(n_splits=1, test_size=0.3, random_state=21)
    a, b = next(splitter.split(encoded, data["churned"], groups=data["customer_id"]))
    dates = pd.to_datetime(data["snapshot_date"])
    a = a[(dates.iloc[a] < "2023-09-01").to_numpy()]
    b = b[(dates.iloc[b] >= "2023-09-01").to_numpy()]
    clf = make_model().fit(encoded.iloc[a], data["churned"].iloc[a])
    return {"roc_auc": float(roc_auc_score(data["churned"].iloc[b], clf.predict_proba(encoded.iloc[b])[:, 1]))}


def train(data, model_dir):
    encoder = make_encoder().fit(frame(data))
    clf = make_model().fit(encoder.transform(frame(data)), data["churned"])
    joblib.dump((encoder, clf), model_dir / "xgb.joblib")


def predict(data, model_dir):
    encoder, clf = joblib.load(model_dir / "xgb.joblib")
    return clf.predict_proba(encoder.transform(frame(data)))[:, 1]
