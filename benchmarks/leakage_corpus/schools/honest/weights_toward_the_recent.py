"""Churn, functional style: odd training rows are left out, recent-looking training rows weigh more, gaps by neighbours.

The weights come from a model that tells the last months *of the training part* from its earlier ones.
"""

from functools import partial, reduce
from pathlib import Path

import joblib
import numpy as np
import pandas as pd
from sklearn.ensemble import IsolationForest, RandomForestClassifier
from sklearn.impute import KNNImputer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import RobustScaler

KEEP = [
    "age", "n_products", "discount_pct", "usage_gb", "usage_trend", "tickets_90d", "late_payments_12m", "satisfaction",
    "charge", "tenure", "left", "monthly", "two_year", "plan_size", "noanswer", "ends",
]  # fmt: skip


def pipe(value, *steps):
    return reduce(lambda v, step: step(v), steps, value)


def with_dates(rows):
    at = pd.to_datetime(rows["snapshot_date"])
    left = (pd.to_datetime(rows["discount_end_date"]) - at).dt.days
    return rows.assign(tenure=(at - pd.to_datetime(rows["signup_date"])).dt.days, left=left.fillna(999).clip(-50, 999), ends=(left < 60).astype(float))


def with_units(rows):
    mega = rows["snapshot_date"] < "2023-07-01"
    return rows.assign(usage_gb=np.log1p(rows["usage_gb"] * np.where(mega, 0.001, 1.0)), age=rows["age"].mask(rows["age"] > 110))


def with_words(rows):
    return rows.assign(
        charge=rows["monthly_charge"].str[:-4].astype(float),
        monthly=(rows["contract"] == "monthly").astype(float),
        two_year=(rows["contract"] == "two_year").astype(float),
        plan_size=rows["plan"].str.upper().map({"S": 1.0, "M": 2.0, "L": 3.0}),
        noanswer=rows["satisfaction"].isna().astype(float),
    )


def only(columns, rows):
    return rows[columns].astype(float)


clean = partial(pipe)


def matrix(rows):
    return clean(rows, with_dates, with_units, with_words, partial(only, KEEP))


def ordinary(x, seed=0):
    """True for rows that are no outliers among themselves."""
    return IsolationForest(n_estimators=60, contamination=0.02, random_state=seed).fit_predict(x.fillna(x.median())) == 1


def recency(x, months, share=0.3):
    """Odds of being of the last months, clipped."""
    recent = months >= np.quantile(np.unique(months), 1 - share)
    told = make_pipeline(RobustScaler(), LogisticRegression(C=0.05)).fit(x.fillna(x.median()), recent)
    p = told.predict_proba(x.fillna(x.median()))[:, 1]
    return np.clip(p / (1 - p), 0.3, 3.0)


def learn(past):
    x, months = matrix(past), pd.to_datetime(past["snapshot_date"]).dt.strftime("%Y%m").astype(int).to_numpy()
    use = ordinary(x)
    x, y, months = x[use], past["churned"].to_numpy()[use], months[use]
    model = make_pipeline(RobustScaler(), KNNImputer(n_neighbors=5), RandomForestClassifier(120, min_samples_leaf=8, max_features=0.4, random_state=1))
    sample = np.random.default_rng(0).permutation(len(x))[:4500]
    return model.fit(x.iloc[sample], y[sample], randomforestclassifier__sample_weight=recency(x, months)[sample])


def forward(rows, fold):
    """Others, later."""
    cut = sorted(rows["snapshot_date"].unique())[-4 - fold]
    until = sorted(rows["snapshot_date"].unique())[-1 - fold]
    mine = rows["customer_id"] % 5 == fold
    return rows[~mine & (rows["snapshot_date"] < cut)], rows[mine & (rows["snapshot_date"] >= cut) & (rows["snapshot_date"] <= until)]


def evaluate(data):
    rows = data.drop_duplicates()
    parts = (forward(rows, fold) for fold in range(2))
    scores = [roc_auc_score(test["churned"], learn(past).predict_proba(matrix(test))[:, 1]) for past, test in parts]
    return {"roc_auc": float(np.mean(scores)), "spread": float(np.ptp(scores))}


def train(data, model_dir):
    joblib.dump(learn(data.drop_duplicates()), Path(model_dir) / "m.joblib", compress=3)


def predict(data, model_dir):
    return joblib.load(Path(model_dir) / "m.joblib").predict_proba(matrix(data))[:, 1]
