from pathlib import Path

import joblib
import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GridSearchCV, GroupKFold
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

NUM = ["age", "n_products", "discount_pct", "usage_trend", "tickets_90d", "late_payments_12m", "satisfaction"]
CAT = ["contract", "channel", "payment_method", "region"]


def build() -> Pipeline:
    num = Pipeline([("imp", SimpleImputer(strategy="median", add_indicator=True)), ("sc", StandardScaler())])
    ct = ColumnTransformer([("num", num, NUM), ("cat", OneHotEncoder(handle_unknown="ignore"), CAT)])
    return Pipeline([("ct", ct), ("lr", LogisticRegression(max_iter=300))])


def search(df: pd.DataFrame) -> GridSearchCV:
    gs = GridSearchCV(build(), {"lr__C": [0.01, 0.1, 1.0]}, scoring="roc_auc", cv=GroupKFold(3))
    return gs.fit(df[NUM + CAT], df["churned"], groups=df["customer_id"])


def evaluate(data: pd.DataFrame) -> dict:
    people = pd.Series(data["customer_id"].unique()).sample(frac=0.3, random_state=1)
    held = data["customer_id"].isin(people)
    late = data["snapshot_date"] >= "2023-07-01"
    gs = search(data[~held & ~late])
    test = data[held & late]
    return {
        "roc_auc": roc_auc_score(test["churned"], gs.predict_proba(test[NUM + CAT])[:, 1]),
        "cv_auc": gs.best_score_,
        "C": gs.best_params_["lr__C"],
    }


def train(data: pd.DataFrame, model_dir: Path) -> None:
    joblib.dump(search(data).best_estimator_, Path(model_dir) / "pipe.pkl")


def predict(data: pd.DataFrame, model_dir: Path):
    return joblib.load(Path(model_dir) / "pipe.pkl").predict_proba(data[NUM + CAT])[:, 1]
