import pickle
from pathlib import Path

import numpy as np
from sklearn.compose import make_column_transformer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import KBinsDiscretizer, OneHotEncoder

numeric = ["age", "tickets_90d", "late_payments_12m", "usage_trend"]
texts = ["contract", "region", "payment_method", "channel"]

pipe = make_pipeline(
    make_column_transformer(
        (KBinsDiscretizer(6, encode="onehot", strategy="quantile"), numeric),
        (OneHotEncoder(handle_unknown="ignore"), texts),
    ),
    LogisticRegression(C=0.3, max_iter=500),
)


def evaluate(data):
    s = cross_val_score(pipe, data, data["churned"], groups=data["customer_id"], cv=GroupKFold(5), scoring="roc_auc")
    return {"roc_auc": float(np.mean(s)), "sd": float(np.std(s))}


def train(data, model_dir):
    Path(model_dir, "p.pkl").write_bytes(pickle.dumps(pipe.fit(data, data["churned"])))


def predict(data, model_dir):
    return pickle.loads(Path(model_dir, "p.pkl").read_bytes()).predict_proba(data)[:, 1]
