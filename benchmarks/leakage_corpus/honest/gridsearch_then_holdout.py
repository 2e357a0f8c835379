"""GridSearchCV on the training customers, one look at the held-out ones.  best_score_ is reported next to it."""
import joblib
import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GridSearchCV, GroupShuffleSplit

GRID = {"max_leaf_nodes": [4, 8], "min_samples_leaf": [50, 150]}


def get_features(df):
    snap = pd.to_datetime(df["snapshot_date"])
    X = df[["n_products", "discount_pct", "usage_trend", "tickets_90d", "late_payments_12m", "satisfaction"]].copy()
    X["tenure_days"] = (snap - pd.to_datetime(df["signup_date"])).dt.days
    X["promo_days"] = (pd.to_datetime(df["discount_end_date"]) - snap).dt.days
    X["charge"] = df["monthly_charge"].str.replace(" EUR", "").astype(float)
    X["contract_code"] = df["contract"].map({"monthly": 0, "one_year": 1, "two_year": 2})
    X["partner"] = (df["channel"] == "partner").astype(int)
    return X


def forward(df, cut, test_size, seed, n=1):
    """Positions of (known customers before cut, other customers from cut on)."""
    late = (df["snapshot_date"] >= cut).to_numpy()
    gss = GroupShuffleSplit(n, test_size=test_size, random_state=seed)
    return [(a[~late[a]], b[late[b]]) for a, b in gss.split(df, groups=df["customer_id"])]


def grid_search(df, cut):
    hgb = HistGradientBoostingClassifier(max_iter=70, learning_rate=0.08, random_state=0)
    gs = GridSearchCV(hgb, GRID, cv=forward(df, cut, 0.4, 1, n=2), scoring="roc_auc", refit=True)
    return gs.fit(get_features(df), df["churned"])


def evaluate(data):
    data = data.drop_duplicates().reset_index(drop=True)
    [(tr, te)] = forward(data, "2023-10-01", 0.5, 0)
    train_df, test_df = data.iloc[tr].reset_index(drop=True), data.iloc[te]
    gs = grid_search(train_df, "2023-07-01")
    print(gs.best_params_, gs.best_score_)
    return {
        "roc_auc": float(roc_auc_score(test_df["churned"], gs.predict_proba(get_features(test_df))[:, 1])),
        "best_score": float(gs.best_score_),
        "train_roc_auc": float(roc_auc_score(train_df["churned"], gs.predict_proba(get_features(train_df))[:, 1])),
    }


def train(data, model_dir):
    data = data.drop_duplicates().reset_index(drop=True)
    joblib.dump(grid_search(data, "2023-10-01").best_estimator_, f"{model_dir}/best.joblib")


def predict(data, model_dir):
    return joblib.load(f"{model_dir}/best.joblib").predict_proba(get_features(data))[:, 1]
