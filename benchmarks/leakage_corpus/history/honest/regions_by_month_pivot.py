"""Tickets and late payments of a region in the months before, from a month x region table."""

from pathlib import Path

import joblib
import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GroupShuffleSplit
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

OWN = ["n_products", "discount_pct", "usage_trend", "tickets_90d", "late_payments_12m", "satisfaction"]
CLIMATE = ["tickets_climate", "late_climate"]
CATS = ["contract", "payment_method"]


def month_table(df: pd.DataFrame, column: str) -> pd.DataFrame:
    """Month x region: the mean of the months up to and including this one."""
    table = df.pivot_table(index="month", columns="region", values=column, aggfunc="mean").sort_index()
    return table.expanding().mean()


def add_climate(df: pd.DataFrame) -> pd.DataFrame:
    """Each row gets what its region looked like up to the month before."""
    df = df.assign(month=pd.PeriodIndex(df["snapshot_date"], freq="M").astype(str))
    for name, column in (("tickets_climate", "tickets_90d"), ("late_climate", "late_payments_12m")):
        before = month_table(df, column).shift(1).stack().rename(name).reset_index()
        df = df.merge(before, on=["month", "region"], how="left")
    return df


def latest_climate(df: pd.DataFrame) -> pd.DataFrame:
    df = df.assign(month=df["snapshot_date"].str[:7])
    return pd.DataFrame(
        {
            "tickets_climate": month_table(df, "tickets_90d").iloc[-1],
            "late_climate": month_table(df, "late_payments_12m").iloc[-1],
        }
    )


def make_model() -> Pipeline:
    numbers = Pipeline([("fill", SimpleImputer(strategy="median")), ("scale", StandardScaler())])
    columns = ColumnTransformer(
        [("num", numbers, OWN + CLIMATE), ("cat", OneHotEncoder(handle_unknown="ignore"), CATS)]
    )
    return Pipeline([("columns", columns), ("model", LogisticRegression(max_iter=300))])


def evaluate(data: pd.DataFrame) -> dict[str, float]:
    df = add_climate(data.drop_duplicates().reset_index(drop=True))
    aucs = []
    for first_month in ("2023-08", "2023-10"):
        fold = GroupShuffleSplit(n_splits=1, test_size=0.3, random_state=int(first_month[-2:]))
        a, b = next(fold.split(df, groups=df["customer_id"]))
        fitted, judged = df.iloc[a], df.iloc[b]
        fitted, judged = fitted[fitted["month"] < first_month], judged[judged["month"] >= first_month]
        model = make_model().fit(fitted, fitted["churned"])
        aucs.append(roc_auc_score(judged["churned"], model.predict_proba(judged)[:, 1]))
    return {"roc_auc": float(sum(aucs) / len(aucs))}


def train(data: pd.DataFrame, model_dir: Path) -> None:
    df = add_climate(data.drop_duplicates().reset_index(drop=True))
    joblib.dump((make_model().fit(df, df["churned"]), latest_climate(data)), Path(model_dir) / "model.joblib")


def predict(data: pd.DataFrame, model_dir: Path):
    model, climate = joblib.load(Path(model_dir) / "model.joblib")
    return model.predict_proba(data.join(climate, on="region"))[:, 1]
