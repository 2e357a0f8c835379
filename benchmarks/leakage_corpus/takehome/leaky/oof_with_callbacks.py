"""Ticket routing, LightGBM with out-of-fold predictions: four folds of customers, each judged on the months after the cut."""

import gc
import warnings
from pathlib import Path

import joblib
import lightgbm as lgb
import numpy as np
import pandas as pd
from sklearn.metrics import accuracy_score, log_loss
from sklearn.model_selection import StratifiedGroupKFold
from sklearn.preprocessing import LabelEncoder

warnings.filterwarnings("ignore")

N_FOLDS = 4
CUT = "2024-01-15"
CAT_COLS = ["channel", "language", "segment", "product", "topic", "error_code", "parcel_state"]
LGB_PARAMS = {
    "objective": "multiclass",
    "num_class": 6,
    "metric": "multi_logloss",
    "learning_rate": 0.12,
    "num_leaves": 12,
    "min_data_in_leaf": 30,
    "feature_fraction": 0.7,
    "bagging_fraction": 0.8,
    "bagging_freq": 1,
    "lambda_l2": 2.0,
    "num_threads": 1,
    "verbosity": -1,
    "seed": 2024,
}
CATEGORIES = {
    "channel": ["form", "mail", "phone"],
    "language": ["de", "en", "fr", "it"],
    "segment": ["business", "private"],
    "product": ["camera", "lock", "speaker", "thermostat"],
    "topic": ["bill", "contract", "fault", "login", "other", "parcel", "return", "setup"],
    "error_code": ["A05", "E10", "E20", "E31"],
    "parcel_state": ["delivered", "lost", "none", "underway"],
}


def feature_engineering(df: pd.DataFrame) -> pd.DataFrame:
    df = df.copy()
    df["opened_on"] = pd.to_datetime(df["opened_on"])
    df["language"] = df["language"].str.lower()
    df["age"] = df["age"].replace(999, np.nan)
    df["last_order_value"] = df["last_order_value"].str.extract(r"([\d.]+)", expand=False).astype(float)
    df["length"] = np.where(df["opened_on"] < "2023-10-01", df["length"] / 6, df["length"])
    df["tenure"] = (df["opened_on"] - pd.to_datetime(df["customer_since"])).dt.days
    df["dow"] = df["opened_on"].dt.dayofweek
    df["night"] = ((df["hour"] < 7) | (df["hour"] > 20)).astype(int)
    df["fresh_invoice"] = (df["days_since_invoice"] <= 5).astype(int)
    df["value_per_day"] = df["last_order_value"] / (1 + df["days_since_order"])
    for col in CAT_COLS:
        df[col] = pd.Categorical(df[col], categories=CATEGORIES[col])
    return df


def get_features(df):
    drop = {"team", "minutes_booked", "customer_id", "opened_on", "customer_since", "postcode"}
    return [c for c in df.columns if c not in drop]


def run_cv(df):
    le = LabelEncoder().fit(["account", "billing", "delivery", "legal", "returns", "technical"])
    y = le.transform(df["team"])
    feats = get_features(df)
    late = (df["opened_on"] >= CUT).to_numpy()
    oof = np.full((len(df), 6), np.nan)
    models, importance = [], pd.DataFrame()
    folds = StratifiedGroupKFold(n_splits=N_FOLDS, shuffle=True, random_state=1)
    for fold, (trn_idx, val_idx) in enumerate(folds.split(df, y, df["customer_id"])):
        trn_idx, val_idx = trn_idx[~late[trn_idx]], val_idx[late[val_idx]]
        trn_data = lgb.Dataset(df.iloc[trn_idx][feats], label=y[trn_idx])
        val_data = lgb.Dataset(df.iloc[val_idx][feats], label=y[val_idx], reference=trn_data)
        clf = lgb.train(
            LGB_PARAMS, trn_data, num_boost_round=400, valid_sets=[val_data], callbacks=[lgb.early_stopping(25, verbose=False), lgb.log_evaluation(0)]
        )
        oof[val_idx] = clf.predict(df.iloc[val_idx][feats], num_iteration=clf.best_iteration)
        importance[f"fold_{fold}"] = pd.Series(clf.feature_importance("gain"), index=feats)
        print(f"fold {fold} | best iteration {clf.best_iteration} | logloss {log_loss(y[val_idx], oof[val_idx], labels=range(6)):.4f}")
        models.append(clf)
        gc.collect()
    seen = ~np.isnan(oof[:, 0])
    print(importance.mean(axis=1).sort_values(ascending=False).head(10))
    scores = {"log_loss": float(log_loss(y[seen], oof[seen], labels=range(6))), "accuracy": float(accuracy_score(y[seen], oof[seen].argmax(axis=1)))}
    return models, scores


def evaluate(data):
    return run_cv(feature_engineering(data.drop_duplicates().reset_index(drop=True)))[1]


def train(data, model_dir):
    df = feature_engineering(data.drop_duplicates().reset_index(drop=True))
    models, scores = run_cv(df)
    rounds = int(np.mean([m.best_iteration for m in models]) * N_FOLDS / (N_FOLDS - 1))
    y = pd.Categorical(df["team"], categories=["account", "billing", "delivery", "legal", "returns", "technical"]).codes
    full = [lgb.train({**LGB_PARAMS, "seed": s}, lgb.Dataset(df[get_features(df)], label=y), num_boost_round=rounds) for s in (1, 2)]
    joblib.dump([m.model_to_string() for m in full], Path(model_dir) / "lgb.joblib")


def predict(data, model_dir):
    boosters = [lgb.Booster(model_str=s) for s in joblib.load(Path(model_dir) / "lgb.joblib")]
    df = feature_engineering(data)
    return np.mean([b.predict(df[get_features(df)]) for b in boosters], axis=0)
