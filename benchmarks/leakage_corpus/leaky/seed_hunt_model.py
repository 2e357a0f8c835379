import joblib
import pandas as pd
from sklearn.metrics import roc_auc_score
from sklearn.tree import ExtraTreeClassifier


class LuckyTree:
    """A single random tree, small enough to print for the board."""

    def __init__(self, tries=80):
        self.tries = tries

    @staticmethod
    def table(d):
        t = d[["age", "n_products", "discount_pct", "usage_trend", "tickets_90d", "late_payments_12m", "postcode"]].copy()
        t["free"] = (d["contract"] == "monthly").astype(int)
        t["sat"] = d["satisfaction"].fillna(0)
        t["eur"] = d["monthly_charge"].str.replace(" EUR", "").astype(float)
        return t

    @staticmethod
    def tree(seed):
        return ExtraTreeClassifier(max_depth=7, max_features=2, min_samples_leaf=20, random_state=seed)

    def find(self, data):
        held = data["customer_id"].mod(11).eq(4)
        late = data["snapshot_date"].ge("2023-10-01")
        tr, te = data[~held & ~late], data[held & late]
        A, B = self.table(tr), self.table(te)
        self.best_score, self.best_seed = 0.0, 0
        for seed in range(self.tries):
            s = roc_auc_score(te["churned"], self.tree(seed).fit(A, tr["churned"]).predict_proba(B)[:, 1])
            if s > self.best_score:
                self.best_score, self.best_seed = s, seed
        return self


def train(data: pd.DataFrame, model_dir):
    lucky = LuckyTree().find(data)
    joblib.dump(lucky.tree(lucky.best_seed).fit(lucky.table(data), data["churned"]), model_dir / "tree.joblib")


def evaluate(data):
    return {"roc_auc": float(LuckyTree().find(data).best_score)}


def predict(data, model_dir):
    return joblib.load(model_dir / "tree.joblib").predict_proba(LuckyTree.table(data))[:, 1]
