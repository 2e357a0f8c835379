"""Churn: the table goes into SQLite, usual values come from a query, LightGBM does the rest.

Customers are dealt by a digit of a hash of their number; side 'judged' holds later months of one part of them.
"""

import sqlite3
import zlib
from contextlib import closing
from pathlib import Path

import joblib
import lightgbm as lgb
import numpy as np
import pandas as pd
from sklearn.metrics import roc_auc_score

CUT = "2023-07-01"
COLUMNS = """
    tenure, charge, usage, usage_trend, tickets_90d, late_payments_12m, n_products, discount_pct, monthly, two_year,
    discount_left, no_answer, coalesce(c.satisfaction, u.satisfaction) satisfaction, coalesce(c.age, u.age) age,
    coalesce(c.income_k, u.income_k) income_k, charge / u.charge_there dear_for_the_place
"""
USUAL = """
    create table usual as
    select region, plan, avg(satisfaction) satisfaction, avg(age) age, avg(income_k) income_k, avg(charge) charge_there
    from customers where side = 'fit' group by region, plan
"""


def clean(df):
    snap = pd.to_datetime(df["snapshot_date"])
    return pd.DataFrame(
        {
            "row": np.arange(len(df)),
            "region": df["region"].to_numpy(),
            "plan": df["plan"].str.upper().to_numpy(),
            "age": df["age"].where(df["age"] < 120).to_numpy(),
            "income_k": df["income_k"].to_numpy(),
            "satisfaction": df["satisfaction"].to_numpy(),
            "no_answer": df["satisfaction"].isna().to_numpy().astype(int),
            "tenure": (snap - pd.to_datetime(df["signup_date"])).dt.days.to_numpy(),
            "discount_left": (pd.to_datetime(df["discount_end_date"]) - snap).dt.days.fillna(-999).to_numpy(),
            "charge": df["monthly_charge"].str[:-4].astype(float).to_numpy(),
            "usage": (df["usage_gb"] / np.where(df["snapshot_date"] < CUT, 1024, 1)).to_numpy(),
            "monthly": (df["contract"] == "monthly").to_numpy().astype(int),
            "two_year": (df["contract"] == "two_year").to_numpy().astype(int),
            **{
                name: df[name].to_numpy()
                for name in ("usage_trend", "tickets_90d", "late_payments_12m", "n_products", "discount_pct")
            },
        }
    )


def side_of(df):
    """'fit': other customers before the cut; 'judged': a quarter of the customers after it; '' for neither."""
    picked = df["customer_id"].map(lambda number: zlib.crc32(str(number).encode()) % 4 == 0)
    late = df["snapshot_date"] >= CUT
    return np.select([~picked & ~late, picked & late], ["fit", "judged"], "")


def joined(database, side):
    query = f"""select row, {COLUMNS} from customers c left join usual u using (region, plan)
                where side = ? order by row"""
    return pd.read_sql_query(query, database, params=(side,)).set_index("row").astype(float)


def learner():
    return lgb.LGBMClassifier(
        n_estimators=150, learning_rate=0.04, num_leaves=12, min_child_samples=50, n_jobs=1, verbose=-1, random_state=0
    )


def evaluate(data):
    df = data.drop_duplicates().reset_index(drop=True)
    with closing(sqlite3.connect(":memory:")) as database:
        clean(df).assign(side=side_of(df)).to_sql("customers", database, index=False)
        database.execute(USUAL)
        X, X_judged = joined(database, "fit"), joined(database, "judged")
    y = df["churned"]
    model = learner().fit(X, y[X.index])
    return {"roc_auc": float(roc_auc_score(y[X_judged.index], model.predict_proba(X_judged)[:, 1]))}


def train(data, model_dir):
    df = data.drop_duplicates().reset_index(drop=True)
    with closing(sqlite3.connect(":memory:")) as database:
        clean(df).assign(side="fit").to_sql("customers", database, index=False)
        database.execute(USUAL)
        model = learner().fit(joined(database, "fit"), df["churned"])
        usual = pd.read_sql_query("select * from usual", database)
    joblib.dump((usual, model), Path(model_dir) / "model.joblib")


def predict(data, model_dir):
    usual, model = joblib.load(Path(model_dir) / "model.joblib")
    with closing(sqlite3.connect(":memory:")) as database:
        usual.to_sql("usual", database, index=False)
        clean(data).assign(side="new").to_sql("customers", database, index=False)
        return model.predict_proba(joined(database, "new"))[:, 1]
