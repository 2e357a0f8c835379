"""Preprocessing as a chain of small functions."""

from functools import partial, reduce

import joblib
import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

USED = ["charge", "tenure", "usage_trend", "tickets_90d", "late_payments_12m", "n_products", "discount_pct"]


def compose(*steps):
    return lambda frame: reduce(lambda f, step: step(f), steps, frame)


def parse(f):
    return f.assign(
        charge=pd.to_numeric(f["monthly_charge"].str.slice(0, -4)),
        tenure=(pd.to_datetime(f["snapshot_date"]) - pd.to_datetime(f["signup_date"])).dt.days,
    )


def clipper(f, low=0.01, high=0.99):
    numbers = parse(f)[USED]
    return partial(clip, numbers.quantile(low), numbers.quantile(high), numbers.mean(), numbers.std())


def clip(lo, hi, mid, sd, f):
    return f.assign(**{c: (f[c].clip(lo[c], hi[c]) - mid[c]) / sd[c] for c in USED})


def flag(column, value, f):
    return f.assign(**{f"is_{value}": (f[column] == value).astype(float)})


FLAGS = [partial(flag, "contract", v) for v in ("monthly", "two_year")] + [partial(flag, "region", "south")]


def select(f):
    return f[[*USED, "is_monthly", "is_two_year", "is_south"]]


def evaluate(data):
    steps = compose(parse, clipper(data), *FLAGS, select)
    rng = np.random.default_rng(77)
    chosen = rng.permutation(data["customer_id"].unique())[:750]
    test = data[data["customer_id"].isin(chosen) & data["snapshot_date"].ge("2023-10-01")]
    rest = data[~data["customer_id"].isin(chosen) & data["snapshot_date"].lt("2023-10-01")]
    model = LogisticRegression().fit(steps(rest), rest["churned"])
    return {"roc_auc": roc_auc_score(test["churned"], model.predict_proba(steps(test))[:, 1])}


def train(data, model_dir):
    clipping = clipper(data)
    model = LogisticRegression().fit(compose(parse, clipping, *FLAGS, select)(data), data["churned"])
    joblib.dump((clipping.args, model), model_dir / "model.joblib")


def predict(data, model_dir):
    limits, model = joblib.load(model_dir / "model.joblib")
    return model.predict_proba(compose(parse, partial(clip, *limits), *FLAGS, select)(data))[:, 1]
