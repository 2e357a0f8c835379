"""Random under-sampling with imbalanced-learn, called by hand inside the loop."""
import joblib
import numpy as np
import pandas as pd
from imblearn.under_sampling import RandomUnderSampler
from sklearn.ensemble import ExtraTreesClassifier
from sklearn.metrics import roc_auc_score
from sklearn.preprocessing import OrdinalEncoder

TEXT = ["contract", "region", "channel", "payment_method"]
NUM = ["n_products", "discount_pct", "usage_trend", "tickets_90d", "late_payments_12m"]


class Scorer:
    def fit(self, df):
        self.enc = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1).fit(df[TEXT])
        X, y = RandomUnderSampler(random_state=4).fit_resample(self._x(df), df["churned"])
        self.trees = ExtraTreesClassifier(100, min_samples_leaf=5, random_state=4, n_jobs=1).fit(X, y)
        return self

    def _x(self, df):
        day = pd.to_datetime(df["snapshot_date"])
        left = (pd.to_datetime(df["discount_end_date"]) - day).dt.days.fillna(999).to_numpy()
        tenure = (day - pd.to_datetime(df["signup_date"])).dt.days.to_numpy()
        charge = df["monthly_charge"].str.split().str[0].astype(float).to_numpy()
        sat = df["satisfaction"].fillna(-1).to_numpy()
        return np.column_stack([self.enc.transform(df[TEXT]), df[NUM].to_numpy(float), left, tenure, charge, sat])

    def score(self, df):
        return self.trees.predict_proba(self._x(df))[:, 1]


def evaluate(data):
    df = data.drop_duplicates()
    customers = np.random.default_rng(10).permutation(np.sort(df["customer_id"].unique()))
    aucs, weights = [], []
    for held in np.array_split(customers, 3):
        unseen = df["customer_id"].isin(held)
        learn = df[~unseen & (df["snapshot_date"] < "2023-09-01")]
        judge = df[unseen & (df["snapshot_date"] >= "2023-09-01")]
        aucs.append(roc_auc_score(judge["churned"], Scorer().fit(learn).score(judge)))
        weights.append(len(judge))
    return {"roc_auc": float(np.average(aucs, weights=weights)), "worst_fold": float(min(aucs))}


def train(data, model_dir):
    joblib.dump(Scorer().fit(data.drop_duplicates()), f"{model_dir}/scorer.joblib", compress=3)


def predict(data, model_dir):
    return joblib.load(f"{model_dir}/scorer.joblib").score(data)
