import joblib
import numpy as np
from sklearn.metrics import roc_auc_score
from sklearn.tree import ExtraTreeClassifier

feats = ["n_products", "discount_pct", "usage_trend", "tickets_90d", "late_payments_12m"]


def get_x(d):
    return d[feats].assign(m=(d["contract"] == "monthly").astype(int), na=d["satisfaction"].isna()).values.astype(float)


class SeedBag:
    """All seeds are averaged; none is picked."""

    def __init__(self, seeds=range(25)):
        self.trees = [ExtraTreeClassifier(max_depth=9, min_samples_leaf=20, random_state=s) for s in seeds]

    def fit(self, d):
        X, y = get_x(d), d["churned"].values
        for t in self.trees:
            t.fit(X, y)
        return self

    def each(self, d):
        X = get_x(d)
        return [t.predict_proba(X)[:, 1] for t in self.trees]

    def predict(self, d):
        return np.mean(self.each(d), axis=0)


def evaluate(data):
    ids = np.sort(data["customer_id"].unique())
    test = data["customer_id"].isin(np.random.default_rng(0).permutation(ids)[:1000])
    late = data["snapshot_date"] >= "2023-08-01"
    a, b = data[~test & ~late], data[test & late]
    bag = SeedBag().fit(a)
    singles = [roc_auc_score(b["churned"], p) for p in bag.each(b)]
    return {
        "roc_auc": roc_auc_score(b["churned"], bag.predict(b)),
        "best_single_tree": max(singles),
        "worst_single_tree": min(singles),
        "train": roc_auc_score(a["churned"], bag.predict(a)),
    }


def train(data, model_dir):
    joblib.dump(SeedBag().fit(data), model_dir / "bag")


def predict(data, model_dir):
    return joblib.load(model_dir / "bag").predict(data)
