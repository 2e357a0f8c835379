import joblib
import numpy as np
import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import average_precision_score, roc_auc_score
from sklearn.model_selection import StratifiedGroupKFold
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import FunctionTransformer, TargetEncoder


def derive(df: pd.DataFrame) -> pd.DataFrame:
    s = pd.to_datetime(df["snapshot_date"])
    return pd.DataFrame({
        "area": (df["postcode"] // 1000).astype(str),
        "region": df["region"].astype(str),
        "how": df["channel"].astype(str) + "/" + df["payment_method"].astype(str),
        "contract": df["contract"].astype(str),
        "size": df["plan"].str.upper().astype(str),
        "tenure": (s - pd.to_datetime(df["signup_date"])).dt.days,
        "promo": (pd.to_datetime(df["discount_end_date"]) - s).dt.days,
        "pct": df["discount_pct"], "trend": df["usage_trend"], "tickets": df["tickets_90d"],
        "late": df["late_payments_12m"], "sat": df["satisfaction"], "n": df["n_products"],
    })


def make() -> Pipeline:
    # TargetEncoder cross-fits by itself in fit_transform
    enc = TargetEncoder(smooth="auto", cv=5, random_state=0, target_type="binary")
    return Pipeline([
        ("derive", FunctionTransformer(derive)),
        ("encode", ColumnTransformer([("te", enc, ["area", "region", "how", "contract", "size"])], remainder="passthrough")),
        ("gb", HistGradientBoostingClassifier(max_iter=80, learning_rate=0.08, max_leaf_nodes=6, min_samples_leaf=100, random_state=0)),
    ])


def evaluate(data: pd.DataFrame) -> dict[str, float]:
    data = data.drop_duplicates().reset_index(drop=True)
    cutoff = sorted(data["snapshot_date"].unique())[-3]
    oof = np.full(len(data), np.nan)
    for seen, unseen in StratifiedGroupKFold(4, shuffle=True, random_state=9).split(data, data["churned"], data["customer_id"]):
        past = data.iloc[seen].query("snapshot_date < @cutoff")
        future = data.iloc[unseen].query("snapshot_date >= @cutoff")
        oof[future.index] = make().fit(past, past["churned"]).predict_proba(future)[:, 1]
    ok = ~np.isnan(oof)
    y = data["churned"].to_numpy()[ok]
    return {"roc_auc": float(roc_auc_score(y, oof[ok])), "ap": float(average_precision_score(y, oof[ok]))}


def train(data, model_dir):
    data = data.drop_duplicates()
    joblib.dump(make().fit(data, data["churned"]), f"{model_dir}/model.pkl")


def predict(data, model_dir):
    return joblib.load(f"{model_dir}/model.pkl").predict_proba(data)[:, 1]
