import pickle
from pathlib import Path

import numpy as np
from sklearn.base import clone
from sklearn.compose import make_column_transformer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupShuffleSplit, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import KBinsDiscretizer, OneHotEncoder

numeric = ["tickets_90d", "late_payments_12m", "usage_trend"]
texts = ["contract", "payment_method"]

pipe = make_pipeline(
    make_column_transformer(
        (KBinsDiscretizer(6, encode="onehot", strategy="quantile"), numeric),
        (OneHotEncoder(handle_unknown="ignore"), texts),
    ),
    LogisticRegression(C=0.3, max_iter=500),
)


class NewCustomersLater:
    """Repeated random customers; those left out are judged after the cut, the others learned from before it."""

    def __init__(self, n, cut):
        self.n, self.cut = n, cut

    def get_n_splits(self, *_args, **_kwargs):
        return self.n

    def split(self, X, y=None, groups=None):
        late = (X["snapshot_date"] >= self.cut).to_numpy()
        for a, b in GroupShuffleSplit(self.n, test_size=0.3, random_state=0).split(X, y, groups):
            yield a[~late[a]], b[late[b]]


def evaluate(data):
    cv = NewCustomersLater(6, "2023-07-01")
    s = cross_val_score(clone(pipe), data, data["churned"], groups=data["customer_id"], cv=cv, scoring="roc_auc")
    return {"roc_auc": float(np.mean(s)), "sd": float(np.std(s, ddof=1))}


def train(data, model_dir):
    Path(model_dir, "p.pkl").write_bytes(pickle.dumps(clone(pipe).fit(data, data["churned"])))


def predict(data, model_dir):
    return pickle.loads(Path(model_dir, "p.pkl").read_bytes()).predict_proba(data)[:, 1]
