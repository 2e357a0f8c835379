import joblib
import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.inspection import permutation_importance
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import permutation_test_score

# permutation importance is computed on held-out rows but only printed; the model keeps all features

FEATURES = ["tenure", "left", "charge", "term", "satisfaction", "usage_trend", "tickets_90d", "late_payments_12m", "n_products", "discount_pct"]


def add(df):
    s = pd.to_datetime(df["snapshot_date"])
    return df.assign(tenure=(s - pd.to_datetime(df["signup_date"])).dt.days, left=(pd.to_datetime(df["discount_end_date"]) - s).dt.days,
                     charge=df["monthly_charge"].str.replace(" EUR", "").astype(float), term=df["contract"].map({"monthly": 0, "one_year": 1, "two_year": 2}))


def gb():
    return HistGradientBoostingClassifier(max_iter=60, learning_rate=0.1, max_leaf_nodes=6, min_samples_leaf=60, random_state=0)


def evaluate(data):
    df = add(data.drop_duplicates()).reset_index(drop=True)
    half = df["customer_id"] % 2 == 0
    late = df["snapshot_date"] >= "2023-09-01"
    a, b = df.index[half & ~late], df.index[~half & late]
    model = gb().fit(df.loc[a, FEATURES], df.loc[a, "churned"])
    imp = permutation_importance(model, df.loc[b, FEATURES], df.loc[b, "churned"], scoring="roc_auc", n_repeats=2, random_state=0)
    print(pd.Series(imp.importances_mean, FEATURES).sort_values(ascending=False))
    # and sklearn's permutation test on the same split
    _, null, p = permutation_test_score(gb(), df[FEATURES], df["churned"], cv=[(a, b)], scoring="roc_auc", n_permutations=5, random_state=0)
    auc = roc_auc_score(df.loc[b, "churned"], model.predict_proba(df.loc[b, FEATURES])[:, 1])
    return {"roc_auc": float(auc), "null_max": float(np.max(null)), "p": float(p)}


def train(data, model_dir):
    df = add(data.drop_duplicates())
    joblib.dump(gb().fit(df[FEATURES], df["churned"]), f"{model_dir}/gb.joblib")


def predict(data, model_dir):
    return joblib.load(f"{model_dir}/gb.joblib").predict_proba(add(data)[FEATURES])[:, 1]
