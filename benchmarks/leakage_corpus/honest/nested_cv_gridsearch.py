"""Nested cross-validation: grid search inside, grouped and forward splits inside and outside."""
import warnings
from pathlib import Path

import joblib
import numpy as np
import pandas as pd
from sklearn.compose import make_column_transformer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GridSearchCV, GroupKFold
from sklearn.pipeline import make_pipeline
from sklearn.impute import SimpleImputer
from sklearn.preprocessing import OneHotEncoder, StandardScaler

warnings.filterwarnings("ignore", category=FutureWarning)
GRID = {"logisticregression__C": [0.01, 0.1, 1.0]}
NUMERIC = ["age", "charge", "tenure", "ending", "n_products", "usage_trend", "abs_trend", "tickets_90d",
           "late_payments_12m", "satisfaction", "no_answer"]
CATEGORICAL = ["contract", "region", "channel", "payment_method", "plan"]


def features(data):
    snapshot = pd.to_datetime(data["snapshot_date"])
    ends = pd.to_datetime(data["discount_end_date"])
    return data.assign(
        age=data["age"].where(data["age"] < 120),
        plan=data["plan"].str.upper(),
        charge=data["monthly_charge"].str[:-4].astype(float),
        tenure=np.log1p((snapshot - pd.to_datetime(data["signup_date"])).dt.days.clip(lower=0)),
        ending=((ends - snapshot).dt.days <= 60) * (data["contract"] == "monthly") * data["discount_pct"],
        abs_trend=data["usage_trend"].abs(),
        no_answer=data["satisfaction"].isna().astype(float),
    )[NUMERIC + CATEGORICAL]


def forward_splits(rows, folds, months):
    """(learning positions, held-out positions): other customers, and only months after those learnt from."""
    first = sorted(rows["snapshot_date"].unique())[-months]
    late = (rows["snapshot_date"] >= first).to_numpy()
    for known, unseen in GroupKFold(folds).split(rows, groups=rows["customer_id"]):
        yield known[~late[known]], unseen[late[unseen]]


def search(rows):
    numbers = make_pipeline(SimpleImputer(strategy="median"), StandardScaler())
    columns = make_column_transformer((numbers, NUMERIC), (OneHotEncoder(handle_unknown="ignore"), CATEGORICAL))
    model = make_pipeline(columns, LogisticRegression(max_iter=400))
    inner = list(forward_splits(rows, folds=3, months=3))
    return GridSearchCV(model, GRID, scoring="roc_auc", cv=inner).fit(features(rows), rows["churned"])


def evaluate(data):
    rows = data.drop_duplicates().reset_index(drop=True)
    truth, score = [], []
    for learn, held_out in forward_splits(rows, folds=4, months=3):
        found = search(rows.iloc[learn].reset_index(drop=True))
        truth.append(rows["churned"].iloc[held_out])
        score.append(found.predict_proba(features(rows.iloc[held_out]))[:, 1])
    return {"roc_auc": float(roc_auc_score(np.concatenate(truth), np.concatenate(score)))}


def train(data, model_dir):
    joblib.dump(search(data.drop_duplicates().reset_index(drop=True)).best_estimator_, Path(model_dir) / "m.joblib")


def predict(data, model_dir):
    return joblib.load(Path(model_dir) / "m.joblib").predict_proba(features(data))[:, 1]
