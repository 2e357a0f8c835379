import joblib
import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.isotonic import IsotonicRegression
from sklearn.metrics import brier_score_loss, roc_auc_score

NUM = ["n_products", "discount_pct", "usage_trend", "tickets_90d", "late_payments_12m", "satisfaction"]


def prep(d):
    return d[NUM].assign(contract=d.contract.map({"monthly": 0, "one_year": 1, "two_year": 2}))


class Calibrated:
    def fit(self, df):
        cust = df.customer_id.unique()
        np.random.seed(12)
        np.random.shuffle(cust)
        aside = df.customer_id.isin(cust[: len(cust) // 4])
        self.gb = HistGradientBoostingClassifier(max_iter=50, max_leaf_nodes=8, random_state=0)
        self.gb.fit(prep(df[~aside]), df[~aside].churned)
        self.iso = IsotonicRegression(out_of_bounds="clip").fit(self.raw(df[aside]), df[aside].churned)
        return self

    def raw(self, df):
        return self.gb.predict_proba(prep(df))[:, 1]

    def predict(self, df):
        r = self.raw(df)
        return (self.iso.predict(r) + 1e-4 * r) / (1 + 1e-4)


def evaluate(data):
    dates = pd.to_datetime(data.snapshot_date)
    cut = dates.quantile(0.65)
    test_c = np.random.RandomState(5).choice(data.customer_id.unique(), 1000, replace=False)
    train_df = data[(dates <= cut) & ~data.customer_id.isin(test_c)]
    test_df = data[(dates > cut) & data.customer_id.isin(test_c)]
    p = Calibrated().fit(train_df).predict(test_df)
    return {"roc_auc": roc_auc_score(test_df.churned, p), "brier": brier_score_loss(test_df.churned, np.clip(p, 0, 1))}


def train(data, model_dir):
    joblib.dump(Calibrated().fit(data), model_dir / "c")


def predict(data, model_dir):
    return joblib.load(model_dir / "c").predict(data)
