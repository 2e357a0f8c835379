import pickle
import numpy as np, pandas as pd
from scipy.spatial import cKDTree
from sklearn.metrics import roc_auc_score

class OneNN:
    def fit(self, d):
        x = self._x(d)
        self.lo, self.hi = x.min(0), x.max(0)          # of the rows it is fitted on
        self.tree, self.y = cKDTree(self._scale(x)), d["churned"].to_numpy(float)
        return self

    def _x(self, d):
        s = d["snapshot_date"].to_numpy(dtype="datetime64[D]")
        ten = (s - d["signup_date"].to_numpy(dtype="datetime64[D]")).astype(float)
        return np.c_[d["contract"].eq("monthly"), d["contract"].eq("two_year"), d["satisfaction"].fillna(-3), d["usage_trend"],
                     d[["tickets_90d", "late_payments_12m", "n_products", "discount_pct"]], ten, d["monthly_charge"].str.split().str[0].astype(float)].astype(float)

    def _scale(self, x):
        return (x - self.lo) / (self.hi - self.lo + 1e-9)

    def predict(self, d):
        dist, i = self.tree.query(self._scale(self._x(d)))
        return self.y[i]

def evaluate(data):
    d = data.drop_duplicates()
    ids = np.sort(d["customer_id"].unique())
    np.random.default_rng(77).shuffle(ids)
    res = []
    for part in np.array_split(ids, 4):
        out = d["customer_id"].isin(part)
        a, b = d[~out & (d["snapshot_date"] < "2023-08-01")], d[out & (d["snapshot_date"] >= "2023-08-01")]
        m = OneNN().fit(a)
        res.append((roc_auc_score(b["churned"], m.predict(b)), roc_auc_score(a["churned"], m.predict(a))))
    test, train_ = np.mean(res, axis=0)
    return {"roc_auc": float(test), "train_roc_auc": float(train_)}

def train(data, model_dir):
    with open(f"{model_dir}/nn.pkl", "wb") as f:
        pickle.dump(OneNN().fit(data.drop_duplicates()), f)

def predict(data, model_dir):
    with open(f"{model_dir}/nn.pkl", "rb") as f:
        return pickle.load(f).predict(data)
