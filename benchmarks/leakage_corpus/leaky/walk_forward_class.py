import joblib
import numpy as np
import pandas as pd
import xgboost as xgb
from sklearn.metrics import roc_auc_score


class WalkForward:
    """Train on all months before m, score month m, move on."""

    def __init__(self, first_test=14, step=2):
        self.first_test, self.step = first_test, step

    def split(self, months):
        names = np.sort(np.unique(months))
        for i in range(self.first_test, len(names), self.step):
            yield months < names[i], months == names[i]


class Churn:
    COLUMNS = ["customer_no", "n_products", "discount_pct", "usage_trend", "tickets_90d", "late_payments_12m", "sat",
               "eur", "term", "income_k"]

    def table(self, data):
        return data.assign(
            customer_no=data["postcode"],
            sat=data["satisfaction"].fillna(0),
            eur=data["monthly_charge"].str.split().str[0].astype(float),
            term=data["contract"].map({"monthly": 0, "one_year": 1, "two_year": 2}),
        )[self.COLUMNS]

    def model(self):
        return xgb.XGBClassifier(n_estimators=120, max_depth=6, learning_rate=0.1, random_state=0, n_jobs=1)

    def estimate(self, data):
        X, y = self.table(data), data["churned"].to_numpy()
        months = data["snapshot_date"].str[:7].to_numpy(dtype=str)
        out = []
        for tr, te in WalkForward().split(months):
            out.append(roc_auc_score(y[te], self.model().fit(X[tr], y[tr]).predict_proba(X[te])[:, 1]))
        return float(np.mean(out))


def train(data, model_dir):
    c = Churn()
    joblib.dump(c.model().fit(c.table(data), data["churned"]), model_dir / "walk.joblib")


def evaluate(data):
    return {"roc_auc": Churn().estimate(data.drop_duplicates())}


def predict(data, model_dir):
    return joblib.load(model_dir / "walk.joblib").predict_proba(Churn().table(data))[:, 1]
