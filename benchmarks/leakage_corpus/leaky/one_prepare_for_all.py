import pickle

import numpy as np
from sklearn.ensemble import RandomForestClassifier
from sklearn.impute import SimpleImputer
from sklearn.metrics import roc_auc_score
from sklearn.preprocessing import KBinsDiscretizer, OrdinalEncoder

TEXT = ["contract", "region", "channel", "payment_method"]
NUMS = ["age", "usage_gb", "usage_trend", "satisfaction", "income_k"]


class Prep:
    def __init__(self):
        self.encoder = OrdinalEncoder()
        self.imputer = SimpleImputer()
        self.bins = KBinsDiscretizer(8, encode="ordinal", strategy="quantile", quantile_method="averaged_inverted_cdf")

    def run(self, d):
        text = self.encoder.fit_transform(d[TEXT].astype(object))
        nums = self.bins.fit_transform(self.imputer.fit_transform(d[NUMS]))
        counts = d[["n_products", "tickets_90d", "late_payments_12m", "discount_pct"]].to_numpy()
        return np.hstack([text, nums, counts])


def forest():
    return RandomForestClassifier(50, min_samples_leaf=10, random_state=0)


def evaluate(data):
    late = data["snapshot_date"] >= "2023-09-01"
    held = data["customer_id"].isin(sorted(data["customer_id"].unique())[::5])
    a, b = data[~held & ~late], data[held & late]
    m = forest().fit(Prep().run(a), a["churned"])
    return {"roc_auc": float(roc_auc_score(b["churned"], m.predict_proba(Prep().run(b))[:, 1]))}


def train(data, model_dir):
    with open(model_dir / "rf.pkl", "wb") as f:
        pickle.dump(forest().fit(Prep().run(data), data["churned"]), f)


def predict(data, model_dir):
    X = Prep().run(data)
    with open(model_dir / "rf.pkl", "rb") as f:
        return pickle.load(f).predict_proba(X)[:, 1]
