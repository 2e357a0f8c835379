from pathlib import Path

import joblib
import numpy as np
import pandas as pd
from scipy.stats import loguniform
from sklearn.compose import ColumnTransformer
from sklearn.feature_selection import SelectKBest, f_classif
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GroupKFold, RandomizedSearchCV
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

CAT = ["contract", "region", "channel", "payment_method", "plan"]


class Task:
    """Keeps table, target, customers and months of one call together."""

    def __init__(self, data: pd.DataFrame):
        self.rows = data.drop_duplicates().reset_index(drop=True)

    @property
    def y(self):
        return self.rows["churned"]

    def split(self, k, cut):
        late = (self.rows["snapshot_date"] >= cut).to_numpy()
        for a, b in GroupKFold(k).split(self.rows, groups=self.rows["customer_id"]):
            yield a[~late[a]], b[late[b]]


def X(rows):
    day = pd.to_datetime(rows["snapshot_date"])
    left = (pd.to_datetime(rows["discount_end_date"]) - day).dt.days
    monthly = rows["contract"] == "monthly"
    return rows[CAT + ["n_products", "usage_trend", "tickets_90d", "late_payments_12m", "satisfaction"]].assign(
        plan=rows["plan"].str.lower(), left=left.fillna(400), jump=(monthly & (left < 61)) * rows["discount_pct"],
        held=(monthly & (left > 60)) * 1, tenure=np.log((day - pd.to_datetime(rows["signup_date"])).dt.days + 1),
        charge=rows["monthly_charge"].str[:-4].astype(float), swing=rows["usage_trend"] ** 2,
        silent=rows["satisfaction"].isna() * 1, age=rows["age"].replace(999, np.nan),
    )


def search(task, cut):
    numeric = Pipeline([("i", SimpleImputer()), ("s", StandardScaler())])
    pipe = Pipeline([
        ("c", ColumnTransformer([("cat", OneHotEncoder(handle_unknown="ignore"), CAT)], remainder=numeric)),
        ("k", SelectKBest(f_classif)),
        ("m", LogisticRegression(max_iter=300)),
    ])
    space = {"k__k": [10, 20, "all"], "m__C": loguniform(1e-2, 1e1)}
    rs = RandomizedSearchCV(pipe, space, n_iter=6, cv=list(task.split(3, cut)), scoring="roc_auc", random_state=0)
    return rs.fit(X(task.rows), task.y)


def evaluate(data):
    task = Task(data)
    y, p, inner = [], [], []
    for a, b in task.split(3, "2023-10-01"):
        found = search(Task(task.rows.iloc[a]), "2023-07-01")
        inner.append(found.best_score_)
        y.append(task.y.iloc[b])
        p.append(found.predict_proba(X(task.rows.iloc[b]))[:, 1])
    return {"roc_auc": float(roc_auc_score(np.concatenate(y), np.concatenate(p))), "mean_best_score": float(np.mean(inner))}


def train(data, model_dir):
    joblib.dump(search(Task(data), "2023-10-01").best_estimator_, Path(model_dir) / "pipe.joblib")


def predict(data, model_dir):
    return joblib.load(Path(model_dir) / "pipe.joblib").predict_proba(X(data))[:, 1]
